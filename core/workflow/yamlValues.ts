import type { Span } from '../text/span.ts';
import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from '../text/yamlLibrary.ts';

/** One scalar of a YAML file. */
export interface YamlValue {
  /** The keys and indexes that lead to it. */
  readonly path: readonly string[];
  /** As a template engine would print it: `1.10` stays `1.10`. */
  readonly text: string;
  readonly span: Span;
}

/** Larger files are not read: nobody writes them. */
const maxSize = 256 * 1024;
const maxValues = 5_000;
const maxDepth = 32;

/** The scalars of all documents of a YAML file, in order; what aliases stand for is left out. Never throws. */
export function yamlValues(text: string): readonly YamlValue[] {
  if (text.length > maxSize) return [];
  const found: YamlValue[] = [];
  for (const document of parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false })) {
    if ('contents' in document) collect(document.contents as Node | null, [], found);
  }
  return found;
}

function collect(node: unknown, path: readonly string[], found: YamlValue[]): void {
  if (found.length >= maxValues || path.length > maxDepth || isAlias(node)) return;
  if (isMap(node)) {
    for (const { key, value } of node.items) if (isScalar(key)) collect(value, [...path, String(key.value)], found);
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) collect(item, [...path, String(index)], found);
  } else if (isScalar(node) && node.value !== null) {
    const [start, end] = node.range ?? [0, 0];
    found.push({ path, text: typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)), span: { start, end } });
  }
}
