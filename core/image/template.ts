import type { Place, Span } from '../text/span.ts';
import type { Author, Shape } from './shape.ts';

/** A station on a value's way: where it was written or passed on, and as what (`env IMAGE`, `shell variable TAG`). */
export interface Waypoint extends Place {
  readonly what: string;
}

/** When an item is there at all: a row of metadata-action gives its tag with some runs only. */
export interface Given {
  /** The runs with which it is, as `event kind` (`push tag`); absent for all. */
  readonly runs?: ReadonlySet<string>;
  /** An expression that nobody can tell decides. */
  readonly perhaps: boolean;
}

interface PartBase {
  /** Where the part stands at the place of use, in the file under analysis. */
  readonly at: Span;
  /** The way here, the origin first; empty for what is written where it is used. */
  readonly via: readonly Waypoint[];
  /** All parts of an item have the same; absent for what is always there. */
  readonly given?: Given;
  /** A branch of a script wrote the value: where that did not run it is empty. */
  readonly unset?: true;
}

/** Known characters. */
export interface TextPart extends PartBase {
  readonly kind: 'text';
  readonly text: string;
  /** Computed (by `format()`, by an escape): the characters at `at` are not these. */
  readonly derived?: true;
}

/** An unknown part: what it may hold and where it comes from. */
export interface HolePart extends PartBase {
  readonly kind: 'hole';
  readonly shape: Shape;
  /** The expression or command that makes it, `github.event.pull_request.head.ref`. */
  readonly source: string;
  readonly author: Author;
  /** The only events that fill it; with others it is empty. */
  readonly events?: ReadonlySet<string>;
  /** What a shell did to the value on its way, as written: `${TAG#v}`, `tr / -`. Absent for the value as its source gives it. */
  readonly changes?: readonly string[];
  /** How many characters a `shortSha` has, where that is known; it says nothing of other shapes. */
  readonly length?: number;
  /** The registry whose host the value is: the output of a login. */
  readonly registry?: 'ecr';
  /** The image that the value, a file, makes run: a rendered task definition. */
  readonly carries?: Template;
}

/** One of several known strings (an `||`, a branch, a matrix). */
export interface ChoicePart extends PartBase {
  readonly kind: 'choice';
  readonly options: readonly Template[];
  /** The expression that has one of these as its value, the same wherever it stands: an input with a default. */
  readonly source?: string;
}

export type Part = TextPart | HolePart | ChoicePart;

/** What a string may become: literal parts, holes and choices, in order. */
export type Template = readonly Part[];

/** More alternatives than this are not told apart: the rest becomes one unknown hole. */
const maxAlternatives = 64;

export function text(value: string, at: Span): Template {
  return value === '' ? [] : [{ kind: 'text', text: value, at, via: [] }];
}

export function hole(source: string, shape: Shape, at: Span, author: Author = 'trusted', events?: ReadonlySet<string>): Template {
  return [{ kind: 'hole', source, shape, at, via: [], author, ...(events && { events }) }];
}

/** Of more changes than people make the last are kept. */
const maxChanges = 15;

/** The hole after something was done to its value that leaves it `shape`. */
export function changedHole(part: HolePart, change: string, shape: Shape): HolePart {
  return { ...part, shape, changes: [...(part.changes ?? []).slice(-maxChanges), change] };
}

/** Known text that is not written as such at `at`. */
export function derived(value: string, at: Span): Template {
  return value === '' ? [] : [{ kind: 'text', text: value, at, via: [], derived: true }];
}

/** One of the options; equal ones are merged, a single one is itself. */
export function choice(options: readonly Template[], at: Span): Template {
  const [only] = options;
  if (only && options.length === 1 && !hasChoice(only)) return only;
  const unique = new Map<string, Template>();
  for (const option of options) for (const form of alternatives(option)) unique.set(render(form, identity), form);
  const [first] = unique.values();
  if (!first) return [];
  return unique.size === 1 ? first : [{ kind: 'choice', options: [...unique.values()], at, via: [] }];
}

/** What tells a hole from others that stand at the same place of a text. */
function identity({ source, shape, length, changes }: HolePart): string {
  const value = `\u0001${source}\u0002${shape}\u0002${length ?? ''}`;
  return changes ? `${value}\u0002${changes.join('\u0002')}\u0001` : `${value}\u0001`;
}

/** Every string form without choices, at most 64 of them. */
export function alternatives(template: Template): readonly Template[] {
  // Most values have one form, and are asked for it often.
  if (!hasChoice(template)) return [template];
  const [only] = template;
  if (template.length === 1 && only?.kind === 'choice' && only.options.length <= maxAlternatives && !only.options.some(hasChoice))
    return only.options;
  const known = forms.get(template);
  if (known) return known;
  const found = combined(template);
  forms.set(template, found);
  return found;
}

const forms = new WeakMap<Template, readonly Template[]>();

function combined(template: Template): readonly Template[] {
  let found: Part[][] = [[]];
  for (const part of template) {
    if (part.kind !== 'choice') {
      for (const form of found) form.push(part);
      continue;
    }
    const options = part.options.flatMap(alternatives);
    if (found.length * options.length > maxAlternatives) {
      return [hole('too many alternatives', 'unknown', part.at)];
    }
    found = found.flatMap(head => options.map(option => [...head, ...option]));
  }
  return found;
}

/** Asked of nearly every value, and often: a loop without calls. */
function hasChoice(template: Template): boolean {
  for (const { kind } of template) if (kind === 'choice') return true;
  return false;
}

/** The string when every part is known. */
export function literal(template: Template): string | undefined {
  let value = '';
  for (const part of template) {
    if (part.kind !== 'text') return undefined;
    value += part.text;
  }
  return value;
}

/** The template as a string, holes written by `write`; choices become their first option. */
export function render(template: Template, write: (part: HolePart) => string): string {
  let value = '';
  for (const part of template) {
    if (part.kind === 'text') value += part.text;
    else if (part.kind === 'hole') value += write(part);
    else value += render(part.options[0] ?? [], write);
  }
  return value;
}

/** The template for people: `ghcr.io/acme/app:${{ github.sha }}`. */
export function display(template: Template): string {
  return render(template, part => (/^[$`(]/.test(part.source) ? part.source : `\${{ ${part.source} }}`));
}

/** A value of more parts than people put together is one that nobody knows. */
const maxParts = 256;

/** More stations than anybody would follow: a value that goes further keeps where it came from. */
const maxStations = 32;

/** The template used elsewhere: `at` is the new place, and where it stood before becomes a station on its way. */
export function passOn(template: Template, at: Span, path: string, what: string): Template {
  if (template.length > maxParts) return hole(`(a long value at ${path}:${at.start})`, 'unknown', at);
  const passed: Part[] = [];
  for (const part of template) {
    const station = { path, span: part.at, what };
    const via = part.via.length === 0 ? [station] : part.via.length < maxStations ? [...part.via, station] : part.via;
    if (part.kind !== 'choice') passed.push({ ...part, at, via });
    else passed.push({ ...part, at, via, options: part.options.map(option => passOn(option, at, path, what)) });
  }
  return passed;
}

/** The place of use that all parts cover, `undefined` for the empty template. */
export function extent(template: Template): Span | undefined {
  let span: { start: number; end: number } | undefined;
  for (const { at } of template) {
    if (!span) span = { ...at };
    else {
      span.start = Math.min(span.start, at.start);
      span.end = Math.max(span.end, at.end);
    }
  }
  return span;
}

const none: readonly HolePart[] = [];

/** All holes, also those inside choices. */
export function holes(template: Template): readonly HolePart[] {
  let found: HolePart[] | undefined;
  for (const part of template) {
    if (part.kind === 'text') continue;
    found ??= [];
    if (part.kind === 'hole') found.push(part);
    else for (const option of part.options) found.push(...holes(option));
  }
  return found ?? none;
}
