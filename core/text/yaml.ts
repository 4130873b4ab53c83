import type { Document, DocumentOptions, YAMLParseError as ParseError, ParseOptions, SchemaOptions } from 'yaml';
import { isCollection, isMap, isScalar, isSeq, parseDocument, YAMLParseError } from './yamlLibrary.ts';

type Options = Pick<ParseOptions & DocumentOptions & SchemaOptions, 'prettyErrors' | 'strict' | 'logLevel' | 'schema'>;

/**
 * Parses one YAML document, in time that grows with its length alone: the library looks through a whole mapping for each of its keys.
 * Keys that stand twice are errors like the library's own (`DUPLICATE_KEY`), after the others. Never throws.
 */
export function parseYaml(source: string, options: Options): Document.Parsed {
  const document = parseDocument(source, { ...options, uniqueKeys: false });
  document.errors.push(...duplicateKeys(document));
  return document;
}

function duplicateKeys({ contents }: Document): readonly ParseError[] {
  const errors: ParseError[] = [];
  const left: unknown[] = [contents];
  const later = (node: unknown) => {
    if (isCollection(node)) left.push(node);
  };
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (!isMap(node)) {
      if (isSeq(node)) node.items.forEach(later);
      continue;
    }
    const seen = new Set<unknown>();
    for (const { key, value } of node.items) {
      later(key);
      later(value);
      if (!isScalar(key)) continue;
      if (seen.has(key.value)) errors.push(duplicate(key.range?.[0] ?? 0));
      seen.add(key.value);
    }
  }
  return errors.sort((a, b) => a.pos[0] - b.pos[0]);
}

function duplicate(at: number): ParseError {
  return new YAMLParseError([at, at + 1], 'DUPLICATE_KEY', 'Map keys must be unique');
}
