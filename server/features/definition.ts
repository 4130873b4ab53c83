import type { Location, Position } from 'vscode-languageserver';
import { type ImageUse, imageUses } from '../../core/live/uses.ts';
import { intersects } from '../../core/text/span.ts';
import type { TagUse } from '../../core/workspace/tagFlow.ts';
import { readersOf, writersOf } from '../../core/workspace/tagLinks.ts';
import type { Analysed } from '../analysis.ts';
import type { Context } from '../context.ts';
import { toRange, toSpan } from '../convert.ts';
import type { Folder } from '../folders.ts';
import { aMoment } from './moment.ts';

/** From a tag to where the workspace pushes it, and to all places that read it. The workflows alone are asked. */
export function definition({ connection, analysis, loaded }: Context): void {
  connection.onDefinition(async ({ textDocument: { uri }, position }) => {
    await loaded();
    const analysed = await analysis.settled(uri, aMoment);
    return analysed ? linked(analysed, position, ({ reference }, path, { flow }) => writersOf(reference, path, flow)) : [];
  });
  connection.onReferences(async ({ textDocument: { uri }, position, context: { includeDeclaration } }) => {
    await loaded();
    const analysed = await analysis.settled(uri, aMoment);
    if (!analysed) return [];
    return linked(analysed, position, ({ reference }, path, { flow }) => [
      ...(includeDeclaration ? writersOf(reference, path, flow) : []),
      ...readersOf(reference, path, flow),
    ]);
  });
}

type Find = (use: ImageUse, path: string, workspace: Folder['workspace']) => readonly TagUse[];

function linked({ folder, path }: Analysed, position: Position, find: Find): Location[] {
  const { workspace } = folder;
  const lines = workspace.lines(path);
  if (!lines) return [];
  const at = toSpan(lines, { start: position, end: position });
  const here = imageUses(workspace, path, {}).filter(use => use.role !== 'cache' && intersects(use.at, at));
  const found = new Map<string, Location>();
  for (const { place } of here.flatMap(use => find(use, path, workspace))) {
    const uri = folder.uriOf(place.path);
    const map = workspace.lines(place.path);
    if (uri && map) found.set(`${uri} ${place.span.start} ${place.span.end}`, { uri, range: toRange(map, place.span) });
  }
  return [...found.values()];
}
