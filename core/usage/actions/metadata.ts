import { join } from '../../image/split.ts';
import { choice, derived, literal, render, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { give } from '../given.ts';
import { attributesOf } from '../metadata/attributes.ts';
import { type Flavor, readFlavor } from '../metadata/flavor.ts';
import { jsonOf, labelLines } from '../metadata/outputs.ts';
import { defaultRows, priority, type Row, type RowTag, readRow, tagOf } from '../metadata/rows.ts';
import { type CommitNaming, commitHash, handlebars, lowerCase } from '../metadata/text.ts';
import type { Start } from '../starts.ts';
import { type ActionAdapter, type ActionFacts, items, type StepReader } from '../stepReader.ts';
import type { FactOf, Item, Metadata, MetadataRow } from '../usage.ts';

/** docker/metadata-action. Rows, defaults, order and sanitising after its source (src/tag.ts, src/meta.ts). */
export const metadata: ActionAdapter = {
  names: ['docker/metadata-action', 'crazy-max/ghaction-docker-meta'],
  read(step: StepReader): ActionFacts {
    const { usage, images, tags, version, naming } = readMetadata(step, '');
    return { facts: [usage], ...outputs(step, images, tags, version, naming) };
  },
};

/** The usage and the references of inputs whose names begin with `prefix`. */
export function referencesOf(step: StepReader, prefix: string): { readonly usage: FactOf<Metadata>; readonly references: readonly Item[] } {
  const { usage, images, tags } = readMetadata(step, prefix);
  const references = images.flatMap(({ template, span }) =>
    tags.map(tag => ({ template: withImage(template, tag, step.at), span: tag[0]?.at ?? span })),
  );
  return { usage, references };
}

function readMetadata(step: StepReader, prefix: string) {
  const images = step.list(`${prefix}images`).filter(isNoComment).flatMap(imageNames);
  const flavor = readFlavor(step.list(`${prefix}flavor`).filter(isNoComment));
  const isDefault = step.inputSpan(`${prefix}tags`) === undefined;
  const rows = isDefault ? defaultRows(step.at) : step.list(`${prefix}tags`).filter(isNoComment).flatMap(readRow);
  const naming = commitNaming(step);
  const runs = step.starts.map(start => runOf(start, rows, flavor, naming, step, `${prefix}tags`));
  const usage: FactOf<Metadata> = {
    kind: 'metadata',
    at: step.at,
    images,
    rows: rows.flatMap(row => metadataRow(row, runs)),
    defaultRows: isDefault,
    latest: flavor.latest,
    addsLatest: flavor.latest === 'auto' && runs.some(({ latest }) => latest !== undefined),
    latestStarts: runs.flatMap(({ start, latest }) => (latest ? [start] : [])),
  };
  return { usage, images, tags: merged(runs, step), version: version(runs, step), naming };
}

/** What the action makes in a run that began like `start`. */
interface Run {
  readonly start: Start;
  /** In the order of their priority. */
  readonly tags: readonly { readonly row: Row; readonly tag: RowTag }[];
  /** Absent where `latest` is not added. */
  readonly latest?: { readonly template: Template; readonly perhaps: boolean };
}

function runOf(start: Start, rows: readonly Row[], flavor: Flavor, naming: CommitNaming, step: StepReader, input: string): Run {
  const enables = enablesIn(start, rows, step, input);
  const tags = rows
    .flatMap((row, index) => {
      const tag = tagOf(row, start, enables[index], flavor, naming);
      return tag ? [{ row, tag }] : [];
    })
    .sort((a, b) => priority(b.row) - priority(a.row));
  const latest = latestOf(
    tags.map(({ tag }) => tag),
    flavor,
    naming,
    start,
    step.at,
  );
  return { start, tags, ...(latest && { latest }) };
}

/** Each row's `enable`; where an expression makes one, as it is in a run that began like this. */
function enablesIn(start: Start, rows: readonly Row[], step: StepReader, input: string): readonly (Template | undefined)[] {
  const general = rows.map(({ byKey }) => byKey.get('enable'));
  if (!general.some(value => value?.some(({ kind }) => kind !== 'text'))) return general;
  const assumed = items(step.input(input, step.scope.assuming(start)) ?? [], /\n/)
    .filter(isNoComment)
    .flatMap(readRow);
  return assumed.length === rows.length ? assumed.map(({ byKey }) => byKey.get('enable')) : general;
}

/** `auto` follows the first tag that is made: releases bring `latest`. */
function latestOf(tags: readonly RowTag[], flavor: Flavor, naming: CommitNaming, start: Start, at: Span): Run['latest'] {
  if (tags.length === 0 || flavor.latest === 'false') return undefined;
  const sure = tags.findIndex(({ perhaps }) => !perhaps);
  const first = sure < 0 ? tags : tags.slice(0, sure + 1);
  const adds = flavor.latest === 'auto' ? first.map(({ release }) => release) : [true];
  if (!adds.includes(true)) return undefined;
  const around = (part: Template, applies: boolean) => (applies ? handlebars(part, start, naming) : []);
  return {
    template: [...around(flavor.prefix, flavor.prefixLatest), ...derived('latest', at), ...around(flavor.suffix, flavor.suffixLatest)],
    perhaps: flavor.latest === 'unknown' || adds.includes(false) || sure < 0,
  };
}

/** All runs' tags, each once, with the runs that it is given in. */
function merged(runs: readonly Run[], step: StepReader): readonly Template[] {
  const found = new Map<string, { template: Template; starts: Start[]; perhaps: boolean }>();
  const ordered = [...runs.flatMap(({ start, tags }) => tags.map(({ row, tag }) => ({ start, tag, rank: priority(row) })))];
  ordered.sort((a, b) => b.rank - a.rank);
  for (const { start, latest } of runs) if (latest) ordered.push({ start, tag: { ...latest, release: true }, rank: 0 });
  for (const { start, tag } of ordered) {
    const key = render(tag.template, ({ source }) => `\u0001${source}\u0001`);
    const known = found.get(key);
    if (!known) found.set(key, { template: tag.template, starts: [start], perhaps: tag.perhaps });
    else if (!known.starts.includes(start)) {
      known.starts.push(start);
      known.perhaps ||= tag.perhaps;
    }
  }
  return [...found.values()].map(({ template, starts, perhaps }) =>
    give(template, starts.length === step.starts.length ? undefined : starts, perhaps),
  );
}

function metadataRow(row: Row, runs: readonly Run[]): readonly MetadataRow[] {
  const found = runs.flatMap(({ start, tags }) => tags.filter(tag => tag.row === row).map(({ tag }) => ({ start, tag })));
  if (literal(row.byKey.get('enable') ?? []) === 'false') return [];
  const tag = choice(
    found.map(({ tag: { template } }) => template),
    row.item.span,
  );
  const { item, type, attributes } = row;
  return [{ item, type, tag, attributes, perhaps: found.some(one => one.tag.perhaps), starts: found.map(({ start }) => start) }];
}

/** `outputs.version`: the tag of the highest priority. */
function version(runs: readonly Run[], { at }: StepReader): Template {
  const forms = runs.flatMap(({ tags }) => {
    const sure = tags.findIndex(({ tag }) => !tag.perhaps);
    return (sure < 0 ? tags : tags.slice(0, sure + 1)).map(({ tag }) => tag.template);
  });
  return choice(forms, at);
}

function outputs(
  step: StepReader,
  images: readonly Item[],
  tags: readonly Template[],
  version: Template,
  naming: CommitNaming,
): Omit<ActionFacts, 'facts'> {
  const { at } = step;
  const references = images.flatMap(({ template }) => tags.map(tag => withImage(template, tag, at)));
  const separator = literal(step.input('sep-tags') ?? []) || '\n';
  const names = join(tags, separator, at);
  const value = images.length === 0 ? names : join(references, separator, at);
  const commits = step.starts.map(start => commitHash('long', start, naming, at));
  const labels = labelLines(version, choice(commits, at), step.list('labels').filter(isNoComment), at);
  const all = new Map<string, Template>([
    ['tags', value],
    ['tag-names', names],
    ['version', version],
    ['labels', join(labels, literal(step.input('sep-labels') ?? []) || '\n', at)],
    ['json', jsonOf(images.length === 0 ? tags : references, labels, at)],
    step.output('annotations', 'anything'),
    ...['bake-file', 'bake-file-tags', 'bake-file-labels', 'bake-file-annotations'].map(name => step.output(name, 'line')),
  ]);
  if (step.environment('DOCKER_METADATA_SET_OUTPUT_ENV') === 'false') return { outputs: all };
  const env = [...all].map(([name, output]) => [`DOCKER_METADATA_OUTPUT_${name.replace(/\W/g, '_').toUpperCase()}`, output] as const);
  return { outputs: all, env: new Map(env) };
}

/** An image that is given perhaps takes its tags along. */
function withImage(image: Template, tag: Template, at: Span): Template {
  const given = tag.find(part => part.given)?.given;
  const perhaps = image.some(part => part.given?.perhaps) || given?.perhaps === true;
  const reference = [...image, ...derived(':', at), ...tag];
  return given || perhaps ? reference.map(part => ({ ...part, given: { ...given, perhaps } })) : reference;
}

function isNoComment({ template: [first] }: Item): boolean {
  return !(first?.kind === 'text' && first.text.startsWith('#'));
}

/** The names of one line: `name=a/b,enable=…`, or bare ones by comma. */
function imageNames({ template, span }: Item): readonly Item[] {
  const { all, byKey } = attributesOf(template);
  if (literal(byKey.get('enable') ?? []) === 'false') return [];
  const named = byKey.get('name');
  const names = named ? [named] : all.map(({ value }) => value);
  const perhaps = byKey.has('enable') && literal(byKey.get('enable') ?? []) !== 'true';
  return names.filter(name => name.length > 0).map(name => ({ template: give(lowerCase(name), undefined, perhaps), span }));
}

function commitNaming(step: StepReader): CommitNaming {
  const length = Number(step.environment('DOCKER_METADATA_SHORT_SHA_LENGTH') ?? 7);
  return {
    headOfPullRequest: step.environment('DOCKER_METADATA_PR_HEAD_SHA')?.toLowerCase() === 'true',
    length: Number.isInteger(length) && length > 0 ? length : 7,
  };
}
