import type { ScalarStyle } from '../text/sourceMap.ts';
import type { Span } from '../text/span.ts';
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from '../text/yamlLibrary.ts';
import type { Entries, Entry, SyntaxProblem } from './model.ts';
import { Scalar } from './scalar.ts';

/** GitHub's own limit on what aliases may expand to; past it an alias reads as absent. */
const maxAliases = 1000;

/** More steps than people write in one file: aliases make many of few, and each costs time. */
const maxSteps = 6_000;

/** What YAML's core schema takes for nothing. */
const isNull = /^(?:~|null|Null|NULL)?$/;

export type YamlNode = Node | null | undefined;

/** Reads typed pieces out of a YAML tree; what has another form than asked is `undefined`, never an exception. */
export class TreeReader {
  readonly #text: string;
  readonly #document: Document;
  #aliases = 0;
  #steps = 0;
  #anchors: ReadonlyMap<string, readonly Node[]> | undefined;
  readonly problems: SyntaxProblem[] = [];

  constructor(text: string, document: Document) {
    this.#text = text;
    this.#document = document;
  }

  /** The node behind an alias, else the node. */
  resolve(node: unknown): YamlNode {
    if (!isAlias(node)) return node as YamlNode;
    if (++this.#aliases > maxAliases) {
      if (this.#aliases === maxAliases + 1) {
        this.problems.push({ message: `More than ${maxAliases} aliases are expanded here; the rest is not read.`, span: this.span(node) });
      }
      return undefined;
    }
    return this.#anchored(node);
  }

  /** The last node of that name before the alias. The anchors are found once: the library would walk the document for each alias. */
  #anchored(alias: Alias): YamlNode {
    if (!this.#anchors) {
      const anchors = new Map<string, Node[]>();
      visit(this.#document, {
        Node(_key, node) {
          if (isAlias(node) || !node.anchor) return;
          const same = anchors.get(node.anchor);
          if (same) same.push(node);
          else anchors.set(node.anchor, [node]);
        },
      });
      this.#anchors = anchors;
    }
    const at = alias.range?.[0] ?? 0;
    return this.#anchors.get(alias.source)?.findLast(node => (node.range?.[0] ?? 0) < at);
  }

  /** As many of a job's steps as the file may have in all. */
  take(steps: readonly YamlNode[]): readonly YamlNode[] {
    const left = maxSteps - this.#steps;
    this.#steps += steps.length;
    if (steps.length <= left) return steps;
    if (left >= 0)
      this.problems.push({
        message: `The jobs have more than ${maxSteps} steps in all; the rest is not read.`,
        span: this.span(steps[left]),
      });
    return steps.slice(0, Math.max(0, left));
  }

  span(node: YamlNode): Span {
    const range = node?.range;
    return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
  }

  map(node: unknown): YAMLMap | undefined {
    const resolved = this.resolve(node);
    return isMap(resolved) ? resolved : undefined;
  }

  /** The items of a sequence; a single node is a sequence of one where `orOne` is set. */
  items(node: unknown, orOne = false): readonly YamlNode[] {
    const resolved = this.resolve(node);
    if (isSeq(resolved)) return resolved.items.map(item => this.resolve(item));
    return orOne && resolved ? [resolved] : [];
  }

  pairs(node: unknown): readonly { key: Scalar; value: unknown }[] {
    const map = this.map(node);
    if (!map) return [];
    return map.items.flatMap((pair: Pair) => {
      const key = this.scalar(pair.key);
      return key ? [{ key, value: pair.value }] : [];
    });
  }

  /** Every key that is a plain name, with its value and its own node. */
  each(node: unknown, read: (key: string, value: unknown, written: Node) => void): void {
    for (const { key, value } of this.map(node)?.items ?? []) if (isScalar(key)) read(String(key.value), value, key);
  }

  get(node: unknown, name: string): unknown {
    for (const pair of this.map(node)?.items ?? []) if (isScalar(pair.key) && pair.key.value === name) return pair.value;
    return undefined;
  }

  scalar(node: unknown): Scalar | undefined {
    const resolved = this.resolve(node);
    if (!isScalar(resolved)) return undefined;
    const span = this.span(resolved);
    const style = (resolved.type ?? 'PLAIN') as ScalarStyle;
    const value = String(resolved.value);
    if (style === 'PLAIN' && isNull.test(value)) return undefined;
    return new Scalar(this.#text, value, span, style);
  }

  /** The scalar under a key. */
  field(node: unknown, name: string): Scalar | undefined {
    return this.scalar(this.get(node, name));
  }

  /** A mapping of scalars; entries of another form are left out. */
  entries(node: unknown): Entries | undefined {
    const resolved = this.resolve(node);
    if (!resolved) return undefined;
    if (!isMap(resolved))
      return isScalar(resolved) ? { entries: new Map(), dynamic: true, span: this.span(resolved), flow: true } : undefined;
    const entries = new Map<string, Entry>();
    for (const { key, value } of this.pairs(resolved)) {
      const scalar = this.scalar(value);
      if (scalar) entries.set(key.value, { key, value: scalar });
    }
    return { entries, dynamic: false, span: this.span(resolved), flow: resolved.flow === true };
  }

  /** The scalars of a sequence, or the one that stands in its place. */
  scalars(node: unknown): readonly Scalar[] {
    return this.items(node, true).flatMap(item => this.scalar(item) ?? []);
  }

  strings(node: unknown): readonly string[] {
    return this.scalars(node).map(({ value }) => value);
  }
}
