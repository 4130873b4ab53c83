import { string, type Value } from '../../expression/value.ts';
import { splitOnce } from '../../image/split.ts';
import { derived, hole, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { type ComposeService, readCompose } from '../../workflow/compose.ts';
import { composeText } from '../composeText.ts';
import type { BakeFile, Block, Expression } from './syntax.ts';

/** The names under which Compose looks for its file: docs.docker.com/compose/intro/compose-application-model. */
export const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/** Where bake is called, and what its variables are. */
export interface BakePlace {
  readonly at: Span;
  environment(name: string): Template | undefined;
}

const maps: ReadonlySet<string> = new Set(['args', 'labels', 'contexts']);
const lists: ReadonlySet<string> = new Set(['tags', 'cache-from', 'cache-to', 'platforms', 'output']);

/** The services of a compose file that build, as bake takes them: a target each, and all of them by default (buildx, bake/compose.go). */
export function parseCompose(path: string, text: string, place: BakePlace): BakeFile {
  const targets = readCompose(text).flatMap(service => (service.builds ? [target(service, path, place)] : []));
  const names = targets.map(({ label }): Value => string(derived(label, place.at)));
  const group: Block = { type: 'group', label: 'default', attributes: new Map([['targets', given({ kind: 'array', items: names })]]) };
  return { path, blocks: targets.length > 0 ? [...targets, group] : [] };
}

function target({ name, image, build }: ComposeService, path: string, place: BakePlace): Block {
  const { at } = place;
  const attributes = new Map<string, Expression>();
  const all = new Map(build);
  // The image's name counts where no tags are given.
  if (image && !all.has('tags')) all.set('tags', [image]);
  for (const [key, texts] of all) {
    const use = { path, at, what: `${key} of service ${name}`, variable: place.environment };
    const values = texts.map(one => composeText(one, use));
    if (maps.has(key)) attributes.set(key, given(pairs(values)));
    else if (lists.has(key)) attributes.set(key, given({ kind: 'array', items: values.map(string) }));
    else attributes.set(key, given(string(values.at(-1) ?? [])));
  }
  return { type: 'target', label: name.replaceAll('.', '_'), attributes };
}

function given(value: Value): Expression {
  return { kind: 'value', value };
}

/** `NAME=value`, and a bare `NAME`, which the environment fills. */
function pairs(values: readonly Template[]): Value {
  const entries = new Map<string, Value>();
  for (const value of values) {
    const cut = splitOnce(value, '=');
    const name = literal(cut?.[0] ?? value);
    if (name !== undefined) entries.set(name, cut ? string(cut[1]) : string(hole(name, 'unknown', value[0]?.at ?? { start: 0, end: 0 })));
  }
  return { kind: 'object', entries };
}
