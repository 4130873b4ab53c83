/** A mistake in HCL: the block that it stands in is not understood. */
export class HclError extends Error {}

/** Where a reader of HCL is; `depth` counts what it is inside of. */
export interface Cursor {
  readonly text: string;
  offset: number;
  depth: number;
}

export function cursor(text: string): Cursor {
  return { text, offset: 0, depth: 0 };
}

const wordPattern = /[A-Za-z_][\w-]*/y;

export function takeWord(at: Cursor): string {
  wordPattern.lastIndex = at.offset;
  const word = wordPattern.exec(at.text)?.[0];
  if (word === undefined) throw new HclError(`no name at ${at.offset}`);
  at.offset += word.length;
  return word;
}

/** Passes blanks and comments, and line ends too where `lines` says so. */
export function skipSpace(at: Cursor, lines: boolean): void {
  const { text } = at;
  while (at.offset < text.length) {
    const character = text[at.offset] as string;
    if (character === ' ' || character === '\t' || character === '\r' || (lines && character === '\n')) at.offset++;
    else if (character === '#' || text.startsWith('//', at.offset)) at.offset = endOr(text.indexOf('\n', at.offset), text);
    else if (text.startsWith('/*', at.offset)) at.offset = Math.min(endOr(text.indexOf('*/', at.offset + 2), text) + 2, text.length);
    else return;
  }
}

function endOr(found: number, text: string): number {
  return found < 0 ? text.length : found;
}

/** Goes to the next line after `start` that begins with a name: there the next block may begin. */
export function skipToLine(at: Cursor, start: number): void {
  const { text } = at;
  for (let line = text.indexOf('\n', start); line >= 0; line = text.indexOf('\n', line + 1)) {
    if (line + 1 >= at.offset && /[A-Za-z_]/.test(text[line + 1] ?? '')) {
      at.offset = line + 1;
      return;
    }
  }
  at.offset = text.length;
}

/** Deeper nesting than this is no file that a person wrote. */
const maxDepth = 64;

/** Reads something inside of something else; throws HclError where that leads too deep. */
export function deeper<T>(at: Cursor, read: () => T): T {
  if (at.depth >= maxDepth) throw new HclError('too deep');
  at.depth++;
  const found = read();
  at.depth--;
  return found;
}

/** Passes a character; throws HclError where another stands. */
export function expect(at: Cursor, character: string): void {
  if (at.text[at.offset] !== character) throw new HclError(`no ${character} at ${at.offset}`);
  at.offset++;
}
