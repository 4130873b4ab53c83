import type { Shape } from '../../image/shape.ts';
import { join, split, trim } from '../../image/split.ts';
import { choice, derived, hole, literal, type Part, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { readAttributes } from '../attributes.ts';
import type { RefKind as StartKind } from '../starts.ts';
import type { ActionAdapter, ActionFacts, StepReader } from '../stepReader.ts';
import type { Attribute, Item } from '../usage.ts';

/** docker/metadata-action: its tag rows as Templates. Rows, defaults and sanitising after its source (src/tag.ts, src/meta.ts). */
export const metadata: ActionAdapter = {
  names: ['docker/metadata-action', 'crazy-max/ghaction-docker-meta'],
  read(step: StepReader): ActionFacts {
    const images = step.list('images').flatMap(image => imageName(image));
    const flavor = readAttributes(step.input('flavor')?.flatMap(part => asOneLine(part)) ?? []);
    const rows = step.list('tags').filter(({ template }) => !(template[0]?.kind === 'text' && template[0].text.startsWith('#')));
    const read = rows.length > 0 ? rows.map(row => rowTag(row, step)) : defaultRows(step.at);
    const tags = read.flatMap(tag => (tag ? [decorated(tag, flavor, step.at)] : []));
    if (latest(flavor, read)) tags.push(derived('latest', step.at));
    const references = images.flatMap(image => tags.map((tag): Template => [...image, ...derived(':', step.at), ...tag]));
    const value = join(references, '\n', step.at);
    const version = versionOf(read, flavor, step) ?? hole(`steps.${step.step.id?.value ?? '?'}.outputs.version`, 'unknown', step.at);
    return {
      facts: [],
      outputs: new Map([
        ['tags', value] as const,
        ['version', version] as const,
        step.output('labels', 'anything'),
        step.output('json', 'anything'),
      ]),
      env: new Map([
        ['DOCKER_METADATA_OUTPUT_TAGS', value],
        ['DOCKER_METADATA_OUTPUT_VERSION', version],
      ]),
    };
  },
};

type RefKind = StartKind | 'schedule';

interface Tag {
  readonly template: Template;
  /** Types that make `flavor: latest=auto` add `latest`. */
  readonly release: boolean;
  /** What the run must stand on for the row to give a tag; absent where it always does. */
  readonly on?: readonly RefKind[];
  /** An expression decides whether it is given. */
  readonly perhaps: boolean;
  /** The highest is the version. */
  readonly priority: number;
  /** The row has a prefix or suffix of its own, or takes none from the flavor. */
  readonly own: boolean;
}

function imageName({ template }: Item): readonly Template[] {
  const attributes = readAttributes(template);
  if (literal(find(attributes, 'enable')?.value ?? []) === 'false') return [];
  return [find(attributes, 'name')?.value ?? attributes[0]?.value ?? []];
}

/** The last of several equal keys wins, as in the action. */
function find(attributes: readonly Attribute[], key: string): Attribute | undefined {
  return attributes.findLast(attribute => attribute.key.trim() === key);
}

function rowTag({ template, span }: Item, step: StepReader): Tag | undefined {
  const attributes = readAttributes(template);
  const text = (key: string) => {
    const attribute = find(attributes, key);
    return attribute && literal(attribute.value);
  };
  const type = find(attributes, 'type') ? text('type') : 'raw';
  if (text('enable') === 'false') return undefined;
  const value = find(attributes, 'value')?.value ?? attributes.find(({ key }) => key === '')?.value;
  const made = typeTag(type ?? 'unknown', { text, value, span, step });
  if (!made) return undefined;
  const prefix = find(attributes, 'prefix');
  const suffix = find(attributes, 'suffix');
  const start = prefix
    ? prefix.value
    : type === 'sha'
      ? derived('sha-', span)
      : type === 'ref' && text('event') === 'pr'
        ? derived('pr-', span)
        : [];
  return {
    template: [...handlebars(start), ...made, ...handlebars(suffix?.value ?? [])],
    release: type === 'semver' || type === 'pep440' || type === 'match' || (type === 'ref' && text('event') === 'tag'),
    own: prefix !== undefined || suffix !== undefined || type === 'sha',
    ...givenOn(type ?? 'unknown', text('event'), value !== undefined),
    perhaps: find(attributes, 'enable') !== undefined && text('enable') !== 'true',
    priority: Number(text('priority') ?? priorities[type ?? ''] ?? 0),
  };
}

// src/tag.ts, DefaultPriorities.
const priorities: Readonly<Record<string, number>> = {
  schedule: 1000,
  semver: 900,
  pep440: 900,
  match: 800,
  edge: 700,
  ref: 600,
  raw: 200,
  sha: 100,
};

function givenOn(type: string, event: string | undefined, hasValue: boolean): { readonly on?: readonly RefKind[] } {
  switch (type) {
    case 'schedule':
      return { on: ['schedule'] };
    case 'edge':
      return { on: ['branch', 'schedule'] };
    case 'semver':
    case 'pep440':
    case 'match':
      return hasValue ? {} : { on: ['tag'] };
    case 'ref':
      return { on: event === 'pr' ? ['pullRequest'] : event === 'tag' ? ['tag'] : ['branch', 'schedule'] };
    default:
      return {};
  }
}

/** `outputs.version`: for each thing the run may stand on, the tag of the highest priority that is given then. */
function versionOf(rows: readonly (Tag | undefined)[], flavor: readonly Attribute[], { starts, at }: StepReader): Template | undefined {
  const ordered = rows.filter(row => row !== undefined).sort((a, b) => b.priority - a.priority);
  const kinds = new Set(starts.filter(({ seldom }) => !seldom).map(({ event, on }): RefKind => (event === 'schedule' ? 'schedule' : on)));
  const found = [...kinds].flatMap(kind => {
    const given = ordered.filter(({ on }) => !on || on.includes(kind));
    const sure = given.findIndex(({ perhaps }) => !perhaps);
    return sure < 0 ? given : given.slice(0, sure + 1);
  });
  return found.length === 0
    ? undefined
    : choice(
        found.map(tag => decorated(tag, flavor, at)),
        at,
      );
}

interface Row {
  readonly text: (key: string) => string | undefined;
  readonly value: Template | undefined;
  readonly span: Span;
  readonly step: StepReader;
}

function typeTag(type: string, { text, value, span }: Row): Template | undefined {
  const made = (what: string, shape: Shape) => hole(what, shape, span);
  switch (type) {
    case 'sha':
      return made('github.sha', text('format') === 'long' ? 'sha40' : 'shortSha');
    case 'semver':
    case 'pep440':
      return patternTag(text('pattern') ?? '{{version}}', span);
    case 'match':
      return made('the part of the git tag that matches', 'tagSafe');
    case 'edge':
      return derived('edge', span);
    case 'schedule':
      return /\{\{\s*date/.test(text('pattern') ?? '') ? made('the date', 'timestamp') : derived(text('pattern') ?? 'nightly', span);
    case 'ref':
      if (text('event') === 'pr') return made('github.event.number', 'integer');
      return text('event') === 'tag' ? made('the git tag', 'semver') : made('the branch', 'branchTag');
    case 'raw':
      return value ? sanitized(handlebars(value)) : undefined;
    default:
      return made('a row that is not understood', 'unknown');
  }
}

function patternTag(pattern: string, span: Span): Template {
  if (/\{\{\s*(?:version|raw|patch)\s*\}\}/.test(pattern)) return hole('the version of the git tag', 'semver', span);
  return hole('a part of the git tag’s version', /\{\{\s*(?:major|minor)\s*\}\}/.test(pattern) ? 'partialVersion' : 'unknown', span);
}

const handlebarShapes: ReadonlyMap<string, readonly [string, Shape]> = new Map([
  ['branch', ['github.ref_name', 'branchTag']],
  ['tag', ['the git tag', 'semver']],
  ['sha', ['github.sha', 'shortSha']],
  ['base_ref', ['github.base_ref', 'branchTag']],
  ['date', ['the date', 'timestamp']],
  ['commit_date', ['the date', 'timestamp']],
  ['version', ['the version of the git tag', 'semver']],
]);

/** `{{branch}}` and its like become holes. */
function handlebars(template: Template): Template {
  return template.flatMap((part): Template => {
    if (part.kind !== 'text' || !part.text.includes('{{')) return [part];
    return part.text.split(/(\{\{[^{}]*\}\})/).flatMap((piece): Template => {
      const name = /^\{\{\s*(\w+)/.exec(piece)?.[1];
      if (!name) return piece === '' ? [] : [{ ...part, text: piece, derived: true }];
      const known = handlebarShapes.get(name);
      return hole(known?.[0] ?? piece, known?.[1] ?? 'unknown', part.at);
    });
  });
}

/** The action replaces everything outside `[a-zA-Z0-9._-]` by `-`. */
function sanitized(template: Template): Template {
  return template.map((part): Part => {
    if (part.kind === 'text')
      return /[^\w.-]/.test(part.text) ? { ...part, text: part.text.replace(/[^\w.-]+/g, '-'), derived: true } : part;
    if (part.kind === 'hole')
      return {
        ...part,
        shape: part.shape === 'gitRef' ? 'branchTag' : part.shape === 'line' || part.shape === 'anything' ? 'tagSafe' : part.shape,
      };
    return { ...part, options: part.options.map(sanitized) };
  });
}

/** `flavor` is one attribute a line, or several by comma: read as one option. */
function asOneLine(part: Part): Template {
  return part.kind === 'text'
    ? split([part], /\n/).flatMap((line, index) => (index === 0 ? trim(line) : [...derived(',', part.at), ...trim(line)]))
    : [part];
}

function latest(flavor: readonly Attribute[], rows: readonly (Tag | undefined)[]): boolean {
  const mode = literal(find(flavor, 'latest')?.value ?? []) ?? 'auto';
  if (mode === 'true') return true;
  return mode !== 'false' && rows.some(row => row?.release);
}

function decorated({ template, own }: Tag, flavor: readonly Attribute[], at: Span): Template {
  if (own) return template;
  return [...(find(flavor, 'prefix')?.value ?? []), ...template, ...(find(flavor, 'suffix')?.value ?? [])].map(part => ({
    ...part,
    at: part.at ?? at,
  }));
}

/** Without `tags`: schedule and the reference of branch, tag or pull request. */
function defaultRows(at: Span): readonly Tag[] {
  const row = (template: Template, on: RefKind, release = false): Tag => ({
    template,
    release,
    own: false,
    on: on === 'branch' ? ['branch', 'schedule'] : [on],
    perhaps: false,
    priority: on === 'schedule' ? 1000 : 600,
  });
  return [
    row(derived('nightly', at), 'schedule'),
    row(hole('the branch', 'branchTag', at), 'branch'),
    row(hole('the git tag', 'semver', at), 'tag', true),
    row([...derived('pr-', at), ...hole('github.event.number', 'integer', at)], 'pullRequest'),
  ];
}
