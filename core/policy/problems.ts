import type { z } from 'zod';
import { nearest } from '../text/nearest.ts';
import type { Span } from '../text/span.ts';
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type YAMLError } from '../text/yamlLibrary.ts';

/** What is wrong with a policy file, and where. */
export interface PolicyProblem {
  readonly message: string;
  readonly span: Span;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A parser's error in the words of its first line. */
export function yamlProblem({ code, message, pos }: YAMLError, text: string): PolicyProblem {
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]+/.exec(text.slice(pos[0], pos[0] + 200))?.[0] ?? '';
    return { message: `The key \`${key}\` stands twice in this mapping.`, span: { start: pos[0], end: pos[0] + key.length } };
  }
  // An error at the very end would point at nothing.
  const last = text.trimEnd().length;
  const start = Math.max(0, Math.min(pos[0], last - 1));
  const span = { start, end: Math.max(start, Math.min(pos[1], last)) };
  return { message: `${(message.split('\n')[0] ?? '').trimEnd().replace(/[.:]$/, '')}.`, span };
}

/** Issues of the schema as sentences with places. `known` answers the keys that a mapping may have. */
export class SchemaProblems {
  readonly #document: Document;
  readonly #text: string;
  readonly #known: (path: Path) => readonly string[];

  constructor(document: Document, text: string, known: (path: Path) => readonly string[]) {
    this.#document = document;
    this.#text = text;
    this.#known = known;
  }

  of(issue: Issue, base: Path = []): readonly PolicyProblem[] {
    const path = [...base, ...issue.path];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map(key => ({ message: this.#unknownKey(key, path), span: this.#keySpan([...path, key]) }));
      case 'invalid_union':
        return closest(issue.errors).flatMap(inner => this.of(inner, path));
      case 'invalid_key':
        return issue.issues.map(inner => ({ message: inner.message, span: this.#keySpan(path) }));
      case 'invalid_type':
        return [this.#wrongType(issue.expected, path)];
      case 'invalid_value':
        return [{ message: `${this.#name(path)} must be ${oneOf(issue.values, this.#node(path))}`, span: this.#valueSpan(path) }];
      default:
        return [{ message: issue.message, span: this.#valueSpan(path) }];
    }
  }

  #unknownKey(key: string, path: Path): string {
    const known = this.#known(path);
    const meant = meantBy(key, known);
    const what = path.at(-1) === 'rules' ? `There is no rule \`${key}\`` : `There is no key \`${key}\` here`;
    if (meant !== undefined) return `${what}. Did you mean \`${meant}\`?`;
    return known.length > 10 || known.length === 0 ? `${what}.` : `${what}: known are ${list(known, 'and')}.`;
  }

  #wrongType(expected: string, path: Path): PolicyProblem {
    const node = this.#node(path);
    const wanted = types[expected] ?? expected;
    if (node === undefined) {
      return { message: `${this.#name(path.slice(0, -1))} has no \`${String(path.at(-1))}\`.`, span: this.#keySpan(path.slice(0, -1)) };
    }
    const hint = isScalar(node) && node.value !== null ? (hints[expected] ?? '') : '';
    return { message: `${this.#name(path)} must be ${wanted}, not ${kindOf(node)}.${hint}`, span: this.#valueSpan(path) };
  }

  /** The value's key, or its place in a list. */
  #name(path: Path): string {
    const last = path.at(-1);
    if (last === undefined) return 'The policy';
    if (typeof last !== 'number') return `\`${String(last)}\``;
    return `Item ${last + 1} of ${this.#name(path.slice(0, -1))}`;
  }

  #node(path: Path): Node | null | undefined {
    let node = this.#resolve(this.#document.contents);
    for (const step of path) node = this.#resolve(isMap(node) || isSeq(node) ? node.get(step, true) : undefined);
    return node;
  }

  #resolve(node: unknown): Node | null | undefined {
    return (isAlias(node) ? node.resolve(this.#document) : node) as Node | null | undefined;
  }

  /** A value that is empty is pointed at by its key. */
  #valueSpan(path: Path): Span {
    const node = this.#node(path);
    const empty = !node?.range || node.range[1] <= node.range[0] || (isScalar(node) && node.value === null);
    return empty ? this.#keySpan(path) : this.#spanOf(node);
  }

  /** The key above a value; an item of a list, which has none, by its first line. */
  #keySpan(path: Path): Span {
    const parent = this.#node(path.slice(0, -1));
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1))) : undefined;
    if (isScalar(pair?.key)) return this.#spanOf(pair.key);
    if (path.length > 0 && typeof path.at(-1) !== 'number') return this.#keySpan(path.slice(0, -1));
    const { start, end } = this.#spanOf(this.#node(path));
    return { start, end: Math.min(end, start + this.#text.slice(start).search(/[\r\n]|$/)) };
  }

  #spanOf(node: Node | null | undefined): Span {
    const [start, end] = node?.range ?? [0, this.#text.length];
    return { start, end: start + this.#text.slice(start, end).trimEnd().length };
  }
}

const types: Readonly<Record<string, string>> = {
  object: 'a mapping (`key: value`)',
  record: 'a mapping (`key: value`)',
  array: 'a list',
  string: 'a text',
  boolean: '`true` or `false`',
};

/** What makes of a single value what is wanted. */
const hints: Readonly<Record<string, string>> = { string: ' Put it in quotes.', array: ' Put `- ` before it.' };

function kindOf(node: Node | null | undefined): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  const value = isScalar(node) ? node.value : undefined;
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${isScalar(node) ? (node.source ?? value) : value}`;
  return typeof value === 'boolean' ? `\`${value}\`` : 'a text';
}

/** The branch of a union that fits the value's kind: its issues lie inside the value, not at it. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const inside = branches.find(issues => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
  return inside ?? branches[0]?.slice(0, 1) ?? [];
}

function oneOf(values: readonly unknown[], node: Node | null | undefined): string {
  const words = values.map(String);
  const written = isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
  const meant = written === undefined ? undefined : meantBy(written, words);
  return `${list(words, 'or')}${meant === undefined ? '.' : `. Did you mean \`${meant}\`?`}`;
}

/** A slip or two away, or begun alike: `repository` for `repositories`, `warn` for `warning`. */
function meantBy(word: string, known: readonly string[]): string | undefined {
  return nearest(word, known) ?? known.find(one => word.length > 3 && one.startsWith(word.slice(0, 5)));
}

function list(words: readonly string[], conjunction: 'and' | 'or'): string {
  const quoted = words.map(word => `\`${word}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${conjunction} ${quoted.at(-1)}`;
}
