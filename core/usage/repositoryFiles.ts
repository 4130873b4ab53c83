import type { Job } from '../workflow/model.ts';
import { placeOf } from './callee.ts';
import type { RepositoryFile } from './commands/command.ts';
import { within } from './files.ts';
import { stepLength, type WorkingPlace } from './repositoryScripts.ts';
import { mayBeWritten } from './touched.ts';

/** Where in the workspace a path lies that a command names, from the step's folder; `undefined` where that is not known. */
function placeIn(path: string, { files, root, checkouts, folder }: WorkingPlace): string | undefined {
  const below = folder === undefined ? undefined : within(folder, path);
  const place = below === undefined ? undefined : placeOf(below, root, checkouts, files);
  return place && 'path' in place ? place.path : undefined;
}

/** The text of a file that a command names, by its path from the step's folder. */
export function textAt(path: string, working: WorkingPlace): string | undefined {
  const place = placeIn(path, working);
  return place === undefined ? undefined : working.files.text(place);
}

/** As `textAt`, with what else there is to know of a file that says what runs. */
export function repositoryFile(path: string, working: WorkingPlace, job: Job): RepositoryFile | undefined {
  const place = placeIn(path, working);
  const text = place === undefined ? undefined : working.files.text(place);
  if (text !== undefined) working.budget.steps -= text.length / stepLength;
  if (place === undefined || text === undefined || working.budget.steps < 0) return undefined;
  return { path: place, text, mayBeWritten: mayBeWritten(path, job) };
}

/** The names in a folder that a command names: a folder's text is its names, one a line. */
export function namesIn(path: string, working: WorkingPlace): readonly string[] {
  const place = placeIn(path, working);
  const names = place ? working.files.text(`${place}/`) : undefined;
  return names?.split('\n').filter(name => name !== '') ?? [];
}
