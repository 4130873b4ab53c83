import { coerceString, type Value } from '../../expression/value.ts';
import { alternatives, choice, derived, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { cacheFact, exportedNames, platformsOf } from '../actions/buildPush.ts';
import { readAttributes } from '../attributes.ts';
import { optionalItem } from '../optional.ts';
import type { Build, Fact, FactOf, Item } from '../usage.ts';
import { type BakePlace, composeFiles, parseCompose } from './compose.ts';
import { parseHcl, parseJson } from './parse.ts';
import type { BakeFile } from './syntax.ts';
import { type BakeInput, bakeTargets, type Target } from './targets.ts';

/** `target.key=value`, as `--set` and bake-action's `set` take it. */
export interface Override {
  readonly pattern: string;
  /** `tags`, `cache-to`, `args.NAME`. */
  readonly key: string;
  readonly value: Item;
  /** `+=`: added to what the file says. */
  readonly adds: boolean;
}

export interface BakeCall extends BakeInput {
  readonly tool: string;
  readonly overrides: readonly Override[];
  /** `--push`; `undefined` where an expression decides. */
  readonly pushes: boolean | undefined;
}

/** Files that bake reads where none is named; all that are there count, the first compose file among them. */
export function defaultBakeFiles(read: (path: string) => BakeFile | undefined): readonly BakeFile[] {
  const compose = composeFiles.map(read).find(file => file !== undefined);
  const own = ['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl'];
  return [...(compose ? [compose] : []), ...own.flatMap(path => read(path) ?? [])];
}

/** Reads a bake file or a compose file by its name's ending. */
export function parseBake(path: string, text: string, place: BakePlace): BakeFile {
  if (/\.ya?ml$/i.test(path)) return parseCompose(path, text, place);
  return /\.json$/i.test(path) ? parseJson(path, text) : parseHcl(path, text);
}

const overridePattern = /^([^.=+]+)\.([\w.-]+?)(\+?)=/;

/** An override, or nothing where its start is not known. */
export function readOverride(item: Item): Override | undefined {
  const [first, ...rest] = item.template;
  const match = first?.kind === 'text' ? overridePattern.exec(first.text) : null;
  if (first?.kind !== 'text' || !match) return undefined;
  const [all, pattern = '', key = '', plus] = match;
  const at = first.derived || first.via.length > 0 ? first.at : { start: first.at.start + all.length, end: first.at.end };
  const head = all.length < first.text.length ? [{ ...first, text: first.text.slice(all.length), at }] : [];
  return {
    pattern: pattern.trim(),
    key,
    adds: plus === '+',
    value: { template: [...head, ...rest], span: { start: at.start, end: item.span.end } },
  };
}

/** What a call of bake builds, and the caches that it reads and writes. */
export function bakeFacts(call: BakeCall): readonly Fact[] {
  const found = bakeTargets(call);
  // Where no file can be read, the overrides still say what they say.
  const unseen = found.length === 0 && call.files.length === 0 && call.overrides.length > 0;
  const targets = unseen ? (call.targets.length > 0 ? call.targets : ['*']).map(name => ({ name, attributes: new Map() })) : found;
  return targets.flatMap(target => targetFacts(target, call));
}

function targetFacts({ name, attributes }: Target, call: BakeCall): readonly Fact[] {
  const { at, tool } = call;
  const overrides = call.overrides.filter(({ pattern }) => name === '*' || matches(pattern, name));
  const list = (key: string, attribute = key) => overridden(items(attributes.get(attribute), at), key, overrides);
  const one = (key: string) => list(key).at(-1);
  const outputs = list('output').map(output => ({ output, options: readAttributes(output.template) }));
  const pushed = outputs.some(({ options }) => option(options, 'type') === 'registry' || option(options, 'push') === 'true');
  const build: FactOf<Build> = {
    kind: 'build',
    tool,
    at,
    tags: [...list('tags'), ...outputs.flatMap(({ output, options }) => exportedNames(output, options))],
    pushes: pushed ? true : call.pushes,
    byDigest: outputs.some(({ options }) => option(options, 'push-by-digest') === 'true'),
    platforms: platformsOf(list('platform', 'platforms')),
    ...optionalItem('context', one('context')),
    ...optionalItem('dockerfile', one('dockerfile')),
    ...optionalItem('target', one('target')),
    buildArgs: pairs('args', attributes.get('args'), overrides, at),
    buildContexts: pairs('contexts', attributes.get('contexts'), overrides, at),
    labels: pairs('labels', attributes.get('labels'), overrides, at),
    secrets: list('secrets', 'secret'),
  };
  const exports = list('cache-to').flatMap(entry => cacheFact('cacheExport', entry));
  const imports = list('cache-from').flatMap(entry => cacheFact('cacheImport', entry));
  return [build, ...exports, ...imports];
}

function option(options: ReturnType<typeof readAttributes>, name: string): string | undefined {
  return literal(options.find(({ key }) => key.trim() === name)?.value ?? []);
}

/** A pattern of `--set` knows `*` alone. */
function matches(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === name;
  const [start = '', ...rest] = pieces;
  const end = rest.pop() ?? '';
  return (
    name.startsWith(start) && name.endsWith(end) && name.length >= start.length + end.length && rest.every(piece => name.includes(piece))
  );
}

function overridden(own: readonly Item[], key: string, overrides: readonly Override[]): readonly Item[] {
  const set = overrides.filter(one => one.key === key || one.key === `${key}s`);
  const values = set.flatMap(({ value }) => (value.template.length > 0 ? [value] : []));
  return set.some(({ adds }) => !adds) ? values : [...own, ...values];
}

/** A list's items, or one text; an object is one option of several fields. Empty ones say nothing. */
function items(value: Value | undefined, at: Span): readonly Item[] {
  if (!value || value.kind === 'null') return [];
  const values = value.kind === 'array' ? value.items : [value];
  return values.flatMap(item => {
    const template = item.kind === 'object' ? fields(item, at) : withoutEmpty(coerceString(item, at), at);
    return template.length > 0 ? [{ template, span: at }] : [];
  });
}

/** `{ type = "registry", ref = "…" }` as `type=registry,ref=…`. */
function fields(value: Extract<Value, { kind: 'object' }>, at: Span): Template {
  return [...value.entries].flatMap(([key, inner], index) => [
    ...derived(`${index === 0 ? '' : ','}${key}=`, at),
    ...coerceString(inner, at),
  ]);
}

/** An item that is empty by a condition stands for none. */
function withoutEmpty(template: Template, at: Span): Template {
  const forms = alternatives(template);
  const filled = forms.filter(form => literal(form) !== '');
  if (filled.length === forms.length) return template;
  return choice(filled, at).map(part => ({ ...part, given: { ...part.given, perhaps: true } }));
}

function pairs(key: string, value: Value | undefined, overrides: readonly Override[], at: Span): readonly Item[] {
  const entries = value?.kind === 'object' ? [...value.entries] : [];
  const own = entries.map(([name, inner]): Item => ({ template: [...derived(`${name}=`, at), ...coerceString(inner, at)], span: at }));
  const set = overrides.filter(one => one.key.startsWith(`${key}.`));
  const names = new Set(set.map(one => one.key.slice(key.length + 1)));
  const kept = own.filter((_item, index) => !names.has(entries[index]?.[0] ?? ''));
  return [
    ...kept,
    ...set.map(
      ({ key: full, value: item }): Item => ({
        ...item,
        template: [...derived(`${full.slice(key.length + 1)}=`, item.span), ...item.template],
      }),
    ),
  ];
}

/** Whether a list of targets is written out. */
export function targetNames(given: readonly Item[]): readonly string[] | undefined {
  const names = given.flatMap(({ template }) => alternatives(template).map(form => literal(form)));
  return names.includes(undefined) ? undefined : names.flatMap(name => (name ? [name] : []));
}
