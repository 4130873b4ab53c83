import type { Span } from '../text/span.ts';
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from '../text/yamlLibrary.ts';

/** A text of a compose file as written, with the file's own variables in it. */
export interface ComposeText {
  readonly text: string;
  readonly span: Span;
}

/** A service of a compose file. */
export interface ComposeService {
  readonly name: string;
  readonly image?: ComposeText;
  /** It has a `build:`, so that `image` is what the build is called. */
  readonly builds: boolean;
  /** What `build:` says, by the names of bake's attributes (`cache-to`, `args` as `NAME=value`); empty where it does not build. */
  readonly build: ReadonlyMap<string, readonly ComposeText[]>;
}

/** Larger files are not read: nobody writes them. */
const maxSize = 256 * 1024;
/** Aliases that are followed in one file. */
const maxAliases = 200;

/** The services of a compose file; none where it cannot be read. Never throws. */
export function readCompose(text: string): readonly ComposeService[] {
  if (text.length > maxSize) return [];
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  const reader = new Reader(document);
  const services = reader.map(document.contents)?.get('services');
  return [...(reader.map(services) ?? [])].flatMap(([name, node]): readonly ComposeService[] => {
    const service = reader.map(node);
    if (!service) return [];
    const image = reader.text(service.get('image'));
    return [{ name, ...(image && { image }), builds: service.has('build'), build: reader.build(service.get('build')) }];
  });
}

// Of `build:` and of its `x-bake:` (docs.docker.com/build/bake/compose-file): the keys that bake knows by these names.
const attributes: Readonly<Record<string, string>> = {
  context: 'context',
  dockerfile: 'dockerfile',
  target: 'target',
  args: 'args',
  labels: 'labels',
  additional_contexts: 'contexts',
  contexts: 'contexts',
  tags: 'tags',
  cache_from: 'cache-from',
  'cache-from': 'cache-from',
  cache_to: 'cache-to',
  'cache-to': 'cache-to',
  platforms: 'platforms',
  output: 'output',
};

class Reader {
  readonly #document: Document;
  #aliases = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  /** A mapping with what it merges in; `undefined` for another node. */
  map(node: unknown, depth = 0): ReadonlyMap<string, unknown> | undefined {
    const found = this.#plain(node);
    if (!isMap(found) || depth > 8) return undefined;
    const entries = new Map<string, unknown>();
    for (const { key, value } of found.items) {
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === '<<') for (const merged of this.#merged(value, depth)) for (const [inner, one] of merged) setOnce(entries, inner, one);
    }
    for (const { key, value } of found.items) {
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name !== undefined && name !== '<<') entries.set(name, value);
    }
    return entries;
  }

  text(node: unknown): ComposeText | undefined {
    const found = this.#plain(node);
    if (!isScalar(found) || found.value === null) return undefined;
    const [start, end] = found.range ?? [0, 0];
    return { text: String(found.value), span: { start, end } };
  }

  /** What is built: a folder, or a mapping. */
  build(node: unknown): ComposeService['build'] {
    const found = new Map<string, readonly ComposeText[]>();
    const context = this.text(node);
    if (context) found.set('context', [context]);
    const build = this.map(node);
    const extra = this.map(build?.get('x-bake'));
    for (const [key, value] of [...(build ?? []), ...(extra ?? [])]) {
      const name = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      if (name) found.set(name, [...(found.get(name) ?? []), ...this.#list(value)]);
    }
    return found;
  }

  /** A text, a list of texts, or a mapping as `key=value`. */
  #list(node: unknown): readonly ComposeText[] {
    const found = this.#plain(node);
    if (isSeq(found)) return found.items.flatMap(item => this.text(item) ?? []);
    const map = this.map(found);
    if (!map) return [this.text(found) ?? []].flat();
    return [...map].map(([key, value]) => {
      const text = this.text(value);
      return { text: text ? `${key}=${text.text}` : key, span: text?.span ?? { start: 0, end: 0 } };
    });
  }

  #merged(node: unknown, depth: number): readonly ReadonlyMap<string, unknown>[] {
    const found = this.#plain(node);
    const all = isSeq(found) ? found.items : [found];
    return all.flatMap(one => this.map(one, depth + 1) ?? []);
  }

  #plain(node: unknown): Node | undefined {
    if (!isAlias(node)) return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
    return this.#aliases++ < maxAliases ? node.resolve(this.#document) : undefined;
  }
}

function setOnce(entries: Map<string, unknown>, name: string, value: unknown): void {
  if (!entries.has(name)) entries.set(name, value);
}
