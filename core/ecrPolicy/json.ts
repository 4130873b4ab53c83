import type { Span } from '../text/span.ts';

/** Stands for a piece of the text that nobody knows: a variable in a here-document. It may be a value, or a part of a string. */
export const unknownText = '\uE000';

/** A value with its place. A string or a number may be `unknown`: then a variable makes it. */
export type JsonNode =
  | { readonly kind: 'object'; readonly span: Span; readonly entries: readonly JsonEntry[] }
  | { readonly kind: 'array'; readonly span: Span; readonly items: readonly JsonNode[] }
  | { readonly kind: 'scalar'; readonly span: Span; readonly value: string | number | boolean | null }
  | { readonly kind: 'unknown'; readonly span: Span };

export interface JsonEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: JsonNode;
}

export interface JsonProblem {
  readonly message: string;
  readonly span: Span;
}

/** Deeper values are not read: no policy has them. */
const maximumDepth = 32;

/** JSON with the places of its values, or the first thing that is wrong with it. Never throws. */
export function readJson(text: string): { readonly root: JsonNode } | { readonly problem: JsonProblem } {
  const reader = new Reader(text);
  try {
    return { root: reader.whole() };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: { message: error.message, span: error.span } };
    throw error;
  }
}

class Unreadable extends Error {
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /[A-Za-z_$][\w$]*/y;
const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonNode {
    const root = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('Something follows the end of the JSON');
    return root;
  }

  #value(depth: number): JsonNode {
    this.#space();
    if (depth > maximumDepth) this.#fail('The JSON is nested too deeply');
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#scalar(start, this.#string());
    if (first === unknownText) return this.#unknown(start);
    const digits = this.#take(number);
    // `1$X`: what follows a number may be more of it.
    if (digits !== undefined) return this.#text[this.#at] === unknownText ? this.#unknown(start) : this.#scalar(start, Number(digits));
    const name = this.#take(word);
    const known = name === undefined ? undefined : words.get(name);
    if (known !== undefined) return this.#scalar(start, known);
    this.#at = start;
    return this.#fail(
      name === undefined ? 'A value is missing here' : `\`${name.slice(0, 40)}\` is no JSON: a text stands in double quotes`,
    );
  }

  #object(depth: number): JsonNode {
    const start = this.#at++;
    const entries: JsonEntry[] = [];
    while (!this.#ends('}', entries.length)) {
      this.#space();
      const from = this.#at;
      if (this.#text[from] !== '"') this.#fail('A key in double quotes is missing here');
      const key = this.#string();
      const keySpan = { start: from, end: this.#at };
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail(`The \`:\` after \`${key.slice(0, 40)}\` is missing`);
      this.#at++;
      entries.push({ key, keySpan, value: this.#value(depth + 1) });
    }
    return { kind: 'object', entries, span: { start, end: this.#at } };
  }

  #array(depth: number): JsonNode {
    const start = this.#at++;
    const items: JsonNode[] = [];
    while (!this.#ends(']', items.length)) items.push(this.#value(depth + 1));
    return { kind: 'array', items, span: { start, end: this.#at } };
  }

  /** Past the closing bracket, or past the comma before the next item. */
  #ends(bracket: '}' | ']', count: number): boolean {
    this.#space();
    const next = this.#text[this.#at];
    if (next === bracket) {
      this.#at++;
      return true;
    }
    if (next === undefined) this.#fail(`The closing \`${bracket}\` is missing`);
    if (count === 0) return false;
    if (next !== ',') this.#fail(`A \`,\` or the closing \`${bracket}\` is missing here`);
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === bracket) {
      this.#at--;
      this.#fail(`A \`,\` stands before the closing \`${bracket}\``);
    }
    return false;
  }

  /** A string whose text holds `unknownText` keeps it. */
  #string(): string {
    const start = this.#at++;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === '\n') {
        this.#at = start;
        return this.#fail('A text is not closed');
      }
      this.#at += character === '\\' ? 2 : 1;
      if (character === '"') break;
    }
    const written = this.#text.slice(start, this.#at);
    try {
      return JSON.parse(written) as string;
    } catch {
      this.#at = start;
      return this.#fail('A text has a character or an escape that JSON does not have');
    }
  }

  #scalar(start: number, value: string | number | boolean | null): JsonNode {
    return { kind: 'scalar', value, span: { start, end: this.#at } };
  }

  #unknown(start: number): JsonNode {
    while (this.#text[this.#at] === unknownText || /\w/.test(this.#text[this.#at] ?? ' ')) this.#at++;
    return { kind: 'unknown', span: { start, end: this.#at } };
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '-')) this.#at++;
  }

  #fail(message: string): never {
    const start = Math.min(this.#at, Math.max(0, this.#text.length - 1));
    throw new Unreadable(`${message}.`, { start, end: Math.min(start + 1, this.#text.length) });
  }
}
