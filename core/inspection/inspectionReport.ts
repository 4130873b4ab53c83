import { type Digest, shortDigest } from '../image/digest.ts';
import { formatReference } from '../image/reference.ts';
import type { Attachment, AttachmentKind } from '../registry/attachments.ts';
import type { Content } from '../registry/describe.ts';
import { type Block, bytes, data, plural, type Text } from './blocks.ts';
import { settingsOf } from './compare.ts';
import type { Inspection, Layer, PlatformImage } from './inspect.ts';
import type { Material } from './materials.ts';

const attachmentWords: Readonly<Record<AttachmentKind, string>> = {
  signature: 'signature',
  sbom: 'SBOM',
  provenance: 'provenance',
  other: 'other',
};

const contentWords: Readonly<Record<Content, string>> = {
  image: 'image',
  index: 'index of images',
  cache: 'build cache',
  artifact: 'artifact, not an image',
};

/** Rows of a history or of labels that are worth a page. */
const mostRows = 200;

/** What was read of an image, as a page for people. */
export function inspectionReport(inspection: Inspection): readonly Block[] {
  const { images, omitted, attachments, troubles, annotations } = inspection;
  const [first] = images;
  return [
    { kind: 'title', text: data(nameOf(inspection)) },
    { kind: 'facts', rows: facts(inspection) },
    ...troubles.map((text): Block => ({ kind: 'warning', text: data(text) })),
    ...(images.length > 0 ? platforms(inspection, omitted) : []),
    ...attachmentBlocks(attachments, images),
    ...mapBlocks('Annotations', annotations),
    ...(first?.config ? configBlocks(first, images.length > 1) : []),
    ...(first ? layerBlocks(first, images.length > 1) : []),
    ...(first?.config ? historyBlocks(first) : []),
  ];
}

/** `host/repository:tag`, or `host/repository@digest`. */
export function nameOf({ host, repository, reference, digest }: Pick<Inspection, 'host' | 'repository' | 'reference' | 'digest'>): string {
  return formatReference(reference === digest ? { host, repository, digest } : { host, repository, tag: reference });
}

/** An ISO date for people, to the minute. */
export function minute(date: string): string {
  return `${date.slice(0, 16).replace('T', ' ')} UTC`;
}

export function materialText({ name, digest }: Material): Text {
  return digest === undefined ? data(name) : data(`${name}@${digest}`);
}

/** `2 signatures, SBOM, provenance`; what is not known to be one of them is left out. */
export function attachedWords(attachments: readonly Attachment[]): string {
  const count = (kind: AttachmentKind) => attachments.filter(attachment => attachment.kind === kind).length;
  const words = (['signature', 'sbom', 'provenance'] as const).flatMap(kind => {
    const number = count(kind);
    return number === 0 ? [] : [number === 1 ? attachmentWords[kind] : `${number} × ${attachmentWords[kind]}`];
  });
  return words.join(', ');
}

export function layerRow({ digest, size, createdBy }: Layer): readonly Text[] {
  return [data(shortDigest(digest)), bytes(size), createdBy === undefined ? '' : data(instruction(createdBy))];
}

/** BuildKit's and the old builder's wrapping leave the instruction hard to find. */
function instruction(createdBy: string): string {
  return createdBy
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^\/bin\/sh -c /, 'RUN ')
    .replace(/# buildkit$/, '')
    .replace(/^(RUN )\/bin\/sh -c /, '$1')
    .trim();
}

function facts(inspection: Inspection): readonly (readonly [Text, Text])[] {
  const { digest, content, mediaType, created, version, revision, source, base, materials, attachments } = inspection;
  const rows: readonly (readonly [string, Text | undefined])[] = [
    ['digest', data(digest)],
    ['holds', [`${contentWords[content]} (`, data(mediaType), ')']],
    ['built', created && minute(created)],
    ['version', version && data(version)],
    ['revision', revision && data(revision)],
    ['source', source && data(source)],
    ['base image', base && materialText(base)],
    ['built from', materials.length > 0 ? materials.flatMap((one, index) => [index > 0 ? ', ' : '', data(one.name)]) : undefined],
    ['attached', attachedWords(attachments) || undefined],
  ];
  return rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));
}

function platforms({ images }: Inspection, omitted: number): readonly Block[] {
  const rows = images.map(({ platform, digest, missing, layers, size }): readonly Text[] =>
    missing
      ? [platform ? data(platform) : '-', data(shortDigest(digest)), 'missing', '']
      : [platform ? data(platform) : '-', data(shortDigest(digest)), plural(layers.length, 'layer'), bytes(size)],
  );
  return [
    { kind: 'heading', text: 'Platforms' },
    { kind: 'table', head: ['platform', 'digest', 'layers', 'size'], rows },
    ...(omitted > 0 ? [{ kind: 'line', text: `${omitted} more are not shown.` } as const] : []),
  ];
}

function attachmentBlocks(attachments: readonly Attachment[], images: readonly PlatformImage[]): readonly Block[] {
  if (attachments.length === 0) return [];
  const about = (subject: Digest) => images.find(({ digest }) => digest === subject && images.length > 1)?.platform;
  const rows = attachments.map(({ kind, digest, artifactType, predicateType, subject }): readonly Text[] => [
    attachmentWords[kind],
    data(shortDigest(digest)),
    about(subject) === undefined ? '' : data(about(subject) ?? ''),
    data(predicateType ?? artifactType ?? '-'),
  ]);
  return [
    { kind: 'heading', text: 'Attached' },
    { kind: 'table', head: ['kind', 'digest', 'of', 'type'], rows },
    { kind: 'line', text: 'None of it is verified here.' },
  ];
}

function configBlocks({ platform, config }: PlatformImage, several: boolean): readonly Block[] {
  if (!config) return [];
  const settings = settingsOf(config);
  const of: Text = several && platform ? ['Config of ', data(platform)] : 'Config';
  const rows = [...settings].map(([name, value]) => [name, data(value)] as const);
  return [
    { kind: 'heading', text: of },
    ...(rows.length > 0 ? [{ kind: 'facts', rows } as const] : []),
    ...mapBlocks('Environment', config.env),
    ...mapBlocks('Labels', config.labels),
  ];
}

function mapBlocks(title: string, map: ReadonlyMap<string, string>): readonly Block[] {
  if (map.size === 0) return [];
  const rows = [...map].slice(0, mostRows).map(([name, value]) => [data(name), data(value)] as const);
  const more = map.size - rows.length;
  return [
    { kind: 'heading', text: title },
    { kind: 'facts', rows },
    ...(more > 0 ? [{ kind: 'line', text: `${more} more are not shown.` } as const] : []),
  ];
}

function layerBlocks({ platform, layers, size }: PlatformImage, several: boolean): readonly Block[] {
  if (layers.length === 0) return [];
  const of: Text = several && platform ? ['Layers of ', data(platform)] : 'Layers';
  return [
    { kind: 'heading', text: of },
    { kind: 'table', head: ['digest', 'size', 'made by'], rows: layers.slice(0, mostRows).map(layerRow) },
    { kind: 'line', text: `${plural(layers.length, 'layer')}, ${bytes(size)} in all.` },
  ];
}

/** Only what made no layer: the layers' table has the rest. */
function historyBlocks({ config, layers }: PlatformImage): readonly Block[] {
  const known = layers.every(({ createdBy }) => createdBy !== undefined);
  const entries = (config?.history ?? []).filter(({ empty, createdBy }) => (empty || !known) && createdBy !== '');
  if (entries.length === 0) return [];
  return [
    { kind: 'heading', text: known ? 'Instructions without a layer' : 'History' },
    { kind: 'list', items: entries.slice(0, mostRows).map(({ createdBy }) => data(instruction(createdBy))) },
  ];
}
