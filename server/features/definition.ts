import type { Location, Position } from 'vscode-languageserver';
import { referenceParts } from '../../core/image/mobility.ts';
import { literal, type Template } from '../../core/image/template.ts';
import { settled } from '../../core/live/settle.ts';
import { imageUses } from '../../core/live/uses.ts';
import { intersects } from '../../core/text/span.ts';
import type { TagFlow, TagUse } from '../../core/workspace/tagFlow.ts';
import { readersOf, writersOf } from '../../core/workspace/tagLinks.ts';
import type { Analysed } from '../analysis.ts';
import type { Context } from '../context.ts';
import { toRange, toSpan } from '../convert.ts';
import type { Folder } from '../folders.ts';
import { aMoment } from './moment.ts';

/** From a tag to where the workspace pushes it, and to all places that read it, in all of its folders. The workflows alone are asked. */
export function definition(context: Context): void {
  const { connection, analysis, loaded } = context;
  connection.onDefinition(async ({ textDocument: { uri }, position }) => {
    await loaded();
    const analysed = await analysis.settled(uri, aMoment);
    return analysed ? linked(analysed, position, writersOf, context) : [];
  });
  connection.onReferences(async ({ textDocument: { uri }, position, context: { includeDeclaration } }) => {
    await loaded();
    const analysed = await analysis.settled(uri, aMoment);
    if (!analysed) return [];
    const find: Find = (reference, path, flow) => [
      ...(includeDeclaration ? writersOf(reference, path, flow) : []),
      ...readersOf(reference, path, flow),
    ];
    return linked(analysed, position, find, context);
  });
}

type Find = (reference: Template, path: string, flow: TagFlow) => readonly TagUse[];

async function linked({ folder, path }: Analysed, position: Position, find: Find, context: Context): Promise<Location[]> {
  const { workspace } = folder;
  const lines = workspace.lines(path);
  if (!lines) return [];
  const at = toSpan(lines, { start: position, end: position });
  const here = imageUses(workspace, path, {}).filter(use => use.role !== 'cache' && intersects(use.at, at));
  const found = new Map<string, Location>();
  const add = (own: Folder, { place }: TagUse) => {
    const uri = own.uriOf(place.path);
    const map = own.workspace.lines(place.path);
    if (uri && map) found.set(`${uri} ${place.span.start} ${place.span.end}`, { uri, range: toRange(map, place.span) });
  };
  for (const { reference } of here) for (const use of find(reference, path, workspace.flow)) add(folder, use);
  const around = await context.live.surroundings(folder);
  for (const other of context.folders.all().filter(one => one !== folder)) {
    const beside = await context.live.surroundings(other);
    const nameOf = (reference: Template, at: typeof around) => literal(settled(referenceParts(reference).name, at));
    for (const { reference } of here) {
      // An expression has another value in another repository, so only names that are known are compared.
      const name = nameOf(reference, around);
      if (name === undefined) continue;
      const uses = find(settled(reference, around), '', other.workspace.flow);
      for (const use of uses) if (nameOf(use.reference, beside) === name) add(other, use);
    }
  }
  return [...found.values()];
}
