import type { CommitRange } from '../git/history.ts';
import { type Digest, shortDigest } from '../image/digest.ts';
import { type Block, bytes, data, plural, type Text } from './blocks.ts';
import { type Change, type Comparison, type ImageDifference, runsTheSame } from './compare.ts';
import type { Inspection } from './inspect.ts';
import { attachedWords, layerRow, materialText, minute, nameOf } from './inspectionReport.ts';

/** Characters of the longest value that still stands beside another; longer ones stand below each other, where they are compared more easily too. */
const widestBeside = 32;

/** Two images side by side, as a page for people. */
export function comparisonReport(comparison: Comparison): readonly Block[] {
  const { a, b, same, images } = comparison;
  return [
    { kind: 'title', text: ['Compare ', data(shortName(a)), ' with ', data(shortName(b))] },
    { kind: 'line', text: verdict(comparison) },
    ...[...a.troubles, ...b.troubles].map((text): Block => ({ kind: 'warning', text: data(text) })),
    { kind: 'table', head: ['', 'first', 'second'], rows: sides(a, b) },
    ...(same ? [] : historyBlocks(comparison)),
    ...(same ? [] : [...platformBlocks(comparison), ...configBlocks(images), ...images.flatMap(image => layerBlocks(image, images))]),
  ];
}

/** What matters most, in a sentence. */
function verdict(comparison: Comparison): Text {
  const { a, b, same, images, platforms } = comparison;
  if (same) return 'Both are the same image: one digest.';
  if (runsTheSame(comparison)) return 'The digests differ, and what runs is the same: layers, entrypoint, command and environment.';
  if (images.length === 0 && platforms.both.length > 0) return 'The digests differ; what the images hold could not be read.';
  if (images.length === 0 && a.images.length + b.images.length > 0) return 'The images have no platform in common.';
  const gained = images.reduce((sum, { a: one, b: other }) => sum + other.size - one.size, 0);
  const size =
    gained === 0 ? 'the layers are equally large' : `the layers are ${bytes(Math.abs(gained))} ${gained > 0 ? 'larger' : 'smaller'}`;
  const lost = platforms.onlyA.length > 0 ? ['; the second one lacks ', data(platforms.onlyA.join(', '))] : [];
  const on = images.length === 1 ? 'on the platform' : `on the ${images.length} platforms`;
  return [`The images differ; ${on} that both have, ${size}`, ...lost, '.'];
}

function sides(a: Inspection, b: Inspection): readonly (readonly Text[])[] {
  const row = (name: string, of: (side: Inspection) => Text | undefined): readonly (readonly Text[])[] => {
    const [one, other] = [of(a) ?? '', of(b) ?? ''];
    return one === '' && other === '' ? [] : [[name, one === '' ? '-' : one, other === '' ? '-' : other]];
  };
  const optional = (value: string | undefined) => (value === undefined ? undefined : data(value));
  return [
    ...row('image', side => data(nameOf(side))),
    ...row('digest', ({ digest }) => data(shortDigest(digest))),
    ...row('built', ({ created }) => created && minute(created)),
    ...row('version', ({ version }) => optional(version)),
    ...row('revision', ({ revision }) => optional(revision?.replace(/^([0-9a-f]{12})[0-9a-f]{28}$/, '$1'))),
    ...row('source', ({ source }) => optional(source)),
    ...row('base image', ({ base }) => base && materialText(base)),
    ...row('built from', ({ materials }) => optional(materials.map(({ name }) => name).join(', ') || undefined)),
    ...row('attached', ({ attachments }) => attachedWords(attachments)),
  ];
}

/** Why the commits are not known. */
function unknownHistory({ a, b }: Comparison): string {
  if (a.revision !== undefined && b.revision !== undefined) return 'Not known: no clone here has the commits of both.';
  const which = a.revision === b.revision ? 'neither image says' : `the ${a.revision === undefined ? 'first' : 'second'} one does not say`;
  return `Not known: ${which} which commit it was built from (the label org.opencontainers.image.revision).`;
}

function historyBlocks(comparison: Comparison): readonly Block[] {
  const { direction, commits, total } = comparison.history;
  const heads: Readonly<Record<CommitRange['direction'], string>> = {
    same: 'Both were built from the same commit.',
    forward: `${plural(total, 'commit')} from the first to the second:`,
    backward: `The second one is ${plural(total, 'commit')} behind; it has not:`,
    diverged: `They lie on different branches; ${plural(total, 'commit')} that the first one has not:`,
    unknown: unknownHistory(comparison),
  };
  const items = commits.map(({ id, subject, author }): Text => [`${id.slice(0, 7)} `, data(subject), ' (', data(author), ')']);
  const more = total - items.length;
  return [
    { kind: 'heading', text: 'Commits between them' },
    { kind: 'line', text: heads[direction] },
    ...(items.length > 0 ? [{ kind: 'list', items: more > 0 ? [...items, `and ${more} more`] : items } as const] : []),
  ];
}

function platformBlocks({ a, b, platforms, images }: Comparison): readonly Block[] {
  const { both, onlyA, onlyB } = platforms;
  const sizes = (platform: string): readonly [string, string] => {
    const found = images.find(image => image.platform === platform);
    if (found) return [bytes(found.a.size), bytes(found.b.size)];
    const side = ({ images: all }: Inspection) => (all.find(image => image.platform === platform)?.missing ? 'lost' : 'there');
    return [side(a), side(b)];
  };
  const rows = [
    ...both.map((platform): readonly Text[] => [data(platform), ...sizes(platform)]),
    ...onlyA.map((platform): readonly Text[] => [data(platform), 'there', 'not there']),
    ...onlyB.map((platform): readonly Text[] => [data(platform), 'not there', 'there']),
  ];
  if (rows.length === 0) return [];
  return [
    { kind: 'heading', text: 'Platforms' },
    { kind: 'table', head: ['platform', 'first', 'second'], rows },
  ];
}

/** What is the same difference on every platform is said once. */
function configBlocks(images: readonly ImageDifference[]): readonly Block[] {
  const parts = [
    ['Entrypoint, command and the like', 'settings'],
    ['Environment', 'env'],
    ['Labels', 'labels'],
  ] as const;
  const unread = images.filter(({ configs }) => !configs);
  const unsaid = unread.map(({ platform }): Block => {
    const of = platform === undefined ? [] : [' of ', data(platform)];
    return {
      kind: 'warning',
      text: ['The configs', ...of, ' could not both be read: environment, labels and what is started are not compared.'],
    };
  });
  const said = parts.flatMap(([title, part]) => {
    const [first, ...others] = images;
    if (!first) return [];
    const key = JSON.stringify(first[part]);
    if (others.every(image => JSON.stringify(image[part]) === key)) return changeBlocks(title, first[part]);
    return images.flatMap(image => changeBlocks([`${title} of `, data(image.platform ?? 'the image')], image[part]));
  });
  return [...unsaid, ...said];
}

function changeBlocks(title: Text, changes: readonly Change[]): readonly Block[] {
  if (changes.length === 0) return [];
  const side = (value: string | undefined): Text => (value === undefined ? 'not set' : data(value));
  const long = changes.some(({ a = '', b = '' }) => Math.max(a.length, b.length) > widestBeside);
  const beside = changes.map(({ name, a, b }) => [data(name), side(a), side(b)]);
  const below = changes.flatMap(({ name, a, b }) => [
    [data(name), 'first', side(a)],
    ['', 'second', side(b)],
  ]);
  return [
    { kind: 'heading', text: title },
    long ? { kind: 'table', head: ['name', '', 'value'], rows: below } : { kind: 'table', head: ['name', 'first', 'second'], rows: beside },
  ];
}

function layerBlocks({ platform, layers, a, b }: ImageDifference, all: readonly ImageDifference[]): readonly Block[] {
  const { shared, added, removed } = layers;
  if (a.layers.length + b.layers.length === 0) return [];
  const sum = (list: readonly { readonly size: number }[]) => bytes(list.reduce((total, { size }) => total + size, 0));
  const rows = [
    ...removed.map((layer): readonly Text[] => ['only first', ...layerRow(layer)]),
    ...added.map((layer): readonly Text[] => ['only second', ...layerRow(layer)]),
  ];
  const counts = `${plural(shared.length, 'layer')} shared (${sum(shared)}), ${removed.length} only in the first (${sum(removed)}), ${added.length} only in the second (${sum(added)}).`;
  return [
    { kind: 'heading', text: all.length > 1 && platform !== undefined ? ['Layers of ', data(platform)] : 'Layers' },
    { kind: 'line', text: counts },
    ...(rows.length > 0 ? [{ kind: 'table', head: ['', 'digest', 'size', 'made by'], rows } as const] : []),
  ];
}

/** `shop-api:prod`, short enough for a title. */
export function shortName({ repository, reference, digest }: Pick<Inspection, 'repository' | 'reference' | 'digest'>): string {
  const name = repository.split('/').at(-1) ?? repository;
  return reference === digest ? `${name}@${shortDigest(reference as Digest)}` : `${name}:${reference}`;
}
