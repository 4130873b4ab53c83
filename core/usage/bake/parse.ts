import { type Cursor, cursor, deeper, HclError, skipSpace, skipToLine, takeWord } from './cursor.ts';
import { readExpression } from './expressions.ts';
import type { BakeFile, Block, Expression } from './syntax.ts';

/** Reads a bake file in HCL, as far as it is written: a block with a mistake is left out. Never throws. */
export function parseHcl(path: string, text: string): BakeFile {
  const at = cursor(text);
  const blocks: Block[] = [];
  for (skipSpace(at, true); at.offset < text.length; skipSpace(at, true)) {
    const start = at.offset;
    try {
      blocks.push(readBlock(at));
    } catch (error) {
      if (!(error instanceof HclError)) throw error;
      at.depth = 0;
      skipToLine(at, start);
    }
  }
  return { path, blocks };
}

/** A block; an attribute outside blocks is a variable with that value. */
function readBlock(at: Cursor): Block {
  const type = takeWord(at);
  skipSpace(at, false);
  if (at.text[at.offset] === '=') {
    at.offset++;
    return { type: 'variable', label: type, attributes: new Map([['default', readExpression(at)]]) };
  }
  const labels: string[] = [];
  while (at.text[at.offset] !== '{') {
    const label = at.text[at.offset] === '"' ? readExpression(at) : undefined;
    labels.push(label?.kind === 'template' ? label.parts.filter(part => typeof part === 'string').join('') : takeWord(at));
    skipSpace(at, false);
  }
  at.offset++;
  return { type, label: labels[0] ?? '', attributes: readAttributes(at) };
}

function readAttributes(at: Cursor): ReadonlyMap<string, Expression> {
  const attributes = new Map<string, Expression>();
  for (skipSpace(at, true); at.text[at.offset] !== '}'; skipSpace(at, true)) {
    const name = at.text[at.offset] === '"' ? quoted(at) : takeWord(at);
    skipSpace(at, false);
    if (at.text[at.offset] === '=') {
      at.offset++;
      attributes.set(name, readExpression(at));
    } else skipInnerBlock(at);
  }
  at.offset++;
  return attributes;
}

function quoted(at: Cursor): string {
  const label = readExpression(at);
  return label.kind === 'template' ? label.parts.filter(part => typeof part === 'string').join('') : '';
}

/** `validation { … }` in a variable says nothing of images. */
function skipInnerBlock(at: Cursor): void {
  while (at.text[at.offset] !== '{') {
    if (at.text[at.offset] === '"') readExpression(at);
    else takeWord(at);
    skipSpace(at, false);
  }
  at.offset++;
  deeper(at, () => readAttributes(at));
}

/** Reads a bake file in JSON. Its strings are templates as in HCL, but have no places of their own. */
export function parseJson(path: string, text: string): BakeFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { path, blocks: [] };
  }
  const blocks = entries(json).flatMap(([type, labelled]) =>
    entries(labelled).map(([label, body]): Block => {
      const attributes = entries(body).map(([name, value]) => [name, jsonExpression(value)] as const);
      return { type, label, attributes: new Map(attributes) };
    }),
  );
  return { path, blocks };
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function jsonExpression(value: unknown): Expression {
  if (typeof value === 'string') return templateOf(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return { kind: 'literal', value };
  if (Array.isArray(value)) return { kind: 'list', items: value.map(jsonExpression) };
  return { kind: 'object', entries: entries(value).map(([key, inner]) => [templateOf(key), jsonExpression(inner)]) };
}

const nowhere = { start: 0, end: 0 };

function templateOf(text: string): Expression {
  if (!text.includes('${')) return { kind: 'template', parts: [text], span: nowhere };
  try {
    const read = readExpression(cursor(JSON.stringify(text)));
    return read.kind === 'template' ? { ...read, span: nowhere } : read;
  } catch (error) {
    if (error instanceof HclError) return { kind: 'unknown', span: nowhere };
    throw error;
  }
}
