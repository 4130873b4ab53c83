import type { Shape } from '../../image/shape.ts';
import { isWord } from '../../image/shape.ts';
import { alternatives, derived, hole, literal, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import type { Start } from '../starts.ts';
import type { Attribute, Item } from '../usage.ts';
import { attributesOf } from './attributes.ts';
import type { Flavor } from './flavor.ts';
import { type CommitNaming, commitHash, handlebars, isEnabled, sanitized, standsOn } from './text.ts';

/** One line of `tags`, read. After docker/metadata-action, src/tag.ts. */
export interface Row {
  readonly item: Item;
  /** `unknown` where an expression is the line. */
  readonly type: string;
  readonly attributes: readonly Attribute[];
  readonly byKey: ReadonlyMap<string, Template>;
  /** An expression decides whether the line is there. */
  readonly perhaps: boolean;
}

/** What a row gives in a run. */
export interface RowTag {
  readonly template: Template;
  readonly perhaps: boolean;
  /** `flavor: latest=auto` adds `latest` because of it. */
  readonly release: boolean;
}

/** A line as a row, or as one for each form that an expression gives it. */
export function readRow(item: Item): readonly Row[] {
  const [first] = item.template;
  const forms = item.template.length === 1 && first?.kind === 'choice' ? alternatives(item.template) : [item.template];
  return forms.flatMap(form => {
    if (form.length === 0) return [];
    const { all, byKey } = attributesOf(form);
    const [only] = form;
    const isOpen = form.length === 1 && only?.kind === 'hole' && !isWord(only.shape);
    const type = isOpen ? 'unknown' : byKey.has('type') ? (literal(byKey.get('type') ?? []) ?? 'unknown') : 'raw';
    return [{ item: { ...item, template: form }, type, attributes: all, byKey, perhaps: forms.length > 1 }];
  });
}

/** The rows that the action has where `tags` is absent. */
export function defaultRows(at: Span): readonly Row[] {
  return ['type=schedule', 'type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'].flatMap(line =>
    readRow({ template: derived(line, at), span: at }),
  );
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

/** Rows are tried from the highest priority down; the first tag is the version. */
export function priority({ type, byKey }: Row): number {
  const own = literal(byKey.get('priority') ?? []);
  return own ? Number(own) : (priorities[type] ?? 0);
}

/** What a row gives in a run that began like this; `undefined` for nothing. `enable` is its attribute as far as it is known then. */
export function tagOf(row: Row, start: Start, enable: Template | undefined, flavor: Flavor, naming: CommitNaming): RowTag | undefined {
  const enabled = isEnabled(enable, start, naming);
  if (enabled === false) return undefined;
  const made = madeBy(row, start, naming);
  if (!made) return undefined;
  const { byKey, item } = row;
  const isPullRequest = row.type === 'ref' && literal(byKey.get('event') ?? []) === 'pr';
  const own = row.type === 'sha' ? 'sha-' : isPullRequest ? 'pr-' : undefined;
  const prefix = byKey.get('prefix') ?? (own === undefined ? flavor.prefix : derived(own, item.span));
  const suffix = byKey.get('suffix') ?? flavor.suffix;
  const template = sanitized([...handlebars(prefix, start, naming), ...made.template, ...handlebars(suffix, start, naming)]);
  if (template.length === 0) return undefined;
  return { template, perhaps: row.perhaps || enabled === undefined || made.perhaps === true, release: made.release === true };
}

interface Made {
  readonly template: Template;
  readonly perhaps?: boolean;
  readonly release?: boolean;
}

function madeBy({ type, byKey, item: { span } }: Row, start: Start, naming: CommitNaming): Made | undefined {
  const on = standsOn(start);
  const text = (key: string) => {
    const attribute = byKey.get(key);
    return attribute && literal(attribute);
  };
  const value = byKey.get('value');
  const given = value && value.length > 0 ? value : undefined;
  const name = (source: string, shape: Shape): Made => ({ template: hole(source, shape, span) });
  switch (type) {
    case 'sha':
      return { template: commitHash(text('format') === 'long' ? 'long' : 'short', start, naming, span) };
    case 'semver':
    case 'pep440':
      if (!given && on !== 'tag') return undefined;
      return { ...version(text('pattern') ?? '{{version}}', given && handlebars(given, start, naming), span), release: true };
    case 'match':
      if (!given && on !== 'tag') return undefined;
      return { template: matched(text('pattern') ?? '', span), release: true };
    case 'edge':
      return edge(text('branch') ?? '', start, span);
    case 'schedule':
      return start.event === 'schedule' ? { template: scheduled(text('pattern') ?? 'nightly', start, naming, span) } : undefined;
    case 'ref':
      return reference(text('event'), start, name);
    case 'raw':
      return given && { template: handlebars(given, start, naming) };
    default:
      return { ...name('a row that is not understood', 'unknown'), perhaps: true };
  }
}

function reference(event: string | undefined, start: Start, name: (source: string, shape: Shape) => Made): Made | undefined {
  const on = standsOn(start);
  if (event === 'branch') return on === 'branch' ? name('the branch', 'branchTag') : undefined;
  if (event === 'tag') return on === 'tag' ? { ...name('the git tag', 'semver'), release: true } : undefined;
  if (event === 'pr') return on === 'pullRequest' ? name('github.event.number', 'integer') : undefined;
  return { ...name('a row that is not understood', 'unknown'), perhaps: true };
}

/** `edge` on the default branch, or on the one that is named. */
function edge(branch: string, start: Start, span: Span): Made | undefined {
  if (standsOn(start) !== 'branch') return undefined;
  const template = derived('edge', span);
  const names = start.names?.filter(pattern => !pattern.startsWith('!')) ?? [];
  const areKnown = names.length > 0 && names.every(name => !/[*?+[\]\\]/.test(name));
  if (branch !== '' && areKnown) return names.includes(branch) ? { template, perhaps: names.length > 1 } : undefined;
  return { template, perhaps: branch !== '' || start.event !== 'schedule' };
}

function scheduled(pattern: string, start: Start, naming: CommitNaming, span: Span): Template {
  return handlebars(derived(pattern, span), start, naming).map(part => (part.kind === 'text' ? { ...part, at: span } : part));
}

/** `{{version}}`, `v{{major}}.{{minor}}` of the git tag, or of a value that is given. */
function version(pattern: string, value: Template | undefined, span: Span): Made {
  const known = value && literal(value);
  const numbers = known === undefined ? null : /^v?((\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+][\w.+-]*)?)$/.exec(known);
  if (numbers) {
    const [raw, full = '', major = '', minor = '', patch = ''] = numbers;
    const parts: Readonly<Record<string, string>> = { raw, version: full.replace(/\+.*/, ''), major, minor, patch };
    return {
      template: derived(
        pattern.replace(/\{\{\s*(\w+)\s*\}\}/g, (_all, name: string) => parts[name] ?? ''),
        span,
      ),
    };
  }
  const start = pattern.indexOf('{{');
  if (start < 0) return { template: derived(pattern, span) };
  const end = pattern.lastIndexOf('}}') + 2;
  const owner = value ? 'the version' : 'the version of the git tag';
  const part = value ? 'a part of the version' : 'a part of the git tag’s version';
  const whole = /\{\{\s*(?:version|raw|patch)\s*\}\}/.test(pattern);
  const partial = /\{\{\s*(?:major|minor)\s*\}\}/.test(pattern);
  const middle = whole ? hole(owner, 'semver', span) : hole(part, partial ? 'partialVersion' : 'unknown', span);
  return { template: [...derived(pattern.slice(0, start), span), ...middle, ...derived(pattern.slice(end), span)] };
}

/** What a regular expression takes of a git tag: three numbers are a version, two or one a part of it. */
function matched(pattern: string, span: Span): Template {
  const numbers = pattern.match(/\\d|\[0-9\]/g)?.length ?? 0;
  const shape: Shape = numbers >= 3 ? 'semver' : numbers > 0 && !/\.[*+]/.test(pattern) ? 'partialVersion' : 'tagSafe';
  return hole('the part of the git tag that matches', shape, span);
}
