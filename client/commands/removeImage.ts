import * as vscode from 'vscode';
import type { Registry } from '../../core/registry/registry.ts';
import type { Removal } from '../../core/removal/model.ts';
import { planRemoval, refusalsOf } from '../../core/removal/plan.ts';
import { removalDetails, removalTitle } from '../../core/removal/words.ts';
import { plain } from '../trouble.ts';
import type { Command, Parts } from './command.ts';
import { type Image, imageFor, nameOf } from './images.ts';
import { applyAll, surveying, tellOne } from './removing.ts';

/** Lines that a question has room for; more of them are shown on a page before it is asked. */
const mostLines = 24;

/** Deletes an image with every tag of it, after a question that names them all. */
export const deleteImage: Command = {
  name: 'deleteImage',
  run: (parts, argument) => remove(parts, argument, 'delete'),
};

/** Takes one tag away; the image stays where the registry keeps images without tags, or another one names it. */
export const removeTag: Command = {
  name: 'removeTag',
  run: (parts, argument) => remove(parts, argument, 'untag'),
};

async function remove(parts: Parts, argument: unknown, kind: Removal['kind']): Promise<void> {
  const { registries } = parts;
  const image = await imageFor(registries, argument, kind === 'delete' ? 'Delete an Image' : 'Remove a Tag');
  if (!image) return;
  const registry = registries.at(image.host);
  if (!offers(registry, kind)) throw new Error(cannot(image, kind));
  const { repository, reference } = image;
  const plan = await surveying(parts, `Looking at what ${nameOf(image)} is and what else names it`, options =>
    planRemoval(registry, { repository, kind, reference }, options),
  );
  const [removal] = plan.removals;
  if (!removal) return;
  const title = plain(removalTitle(plan, removal));
  const details = removalDetails(plan, removal).map(plain);
  const refused = refusalsOf(removal);
  if (refused.length > 0) {
    const why = refused.map(({ message }) => plain(message)).join('\n');
    await vscode.window.showErrorMessage(`${title}: refused`, { modal: true, detail: `${why}\n\nNothing was removed.` });
    return;
  }
  if (!(await confirm(parts, title, details, kind === 'delete' ? 'Delete' : 'Remove Tag'))) return;
  const [ended] = await applyAll(parts, plan, title);
  if (ended) tellOne(plan, ended.removal, ended.outcome);
}

/** Asks; a list too long for a question is shown on a page first, so that all of it can be read. */
export async function confirm({ pages }: Parts, title: string, details: readonly string[], action: string): Promise<boolean> {
  const long = details.length > mostLines;
  if (long) await pages.showText(`${title}.txt`, `${[title, '', ...details].join('\n')}\n`);
  const shown = long
    ? [...details.slice(0, mostLines - 4), `and ${details.length - mostLines + 4} more lines: the page behind this question has them all`]
    : details;
  const answer = await vscode.window.showWarningMessage(`${title}?`, { modal: true, detail: shown.join('\n') }, action);
  return answer === action;
}

function offers({ abilities }: Registry, kind: Removal['kind']): boolean {
  return kind === 'delete' ? abilities.remove : abilities.untag;
}

function cannot({ host }: Image, kind: Removal['kind']): string {
  return kind === 'delete'
    ? `${host} does not let images be deleted from here.`
    : `${host} cannot take a tag away alone; deleting its image would take all its tags along.`;
}
