/** A set of characters: ASCII as 128 bits, and whether other characters are in it too. */
export interface Characters {
  readonly ascii: readonly [number, number, number, number];
  readonly other: boolean;
  /** Of the others some are in it, and some are not. */
  readonly partly?: true;
}

/** The ASCII characters that pass, and all others where `other` is set. */
export function characters(allowed: (character: string) => boolean, other = false): Characters {
  const ascii: [number, number, number, number] = [0, 0, 0, 0];
  for (let code = 0; code < 128; code++) {
    if (allowed(String.fromCharCode(code))) ascii[code >> 5] = (ascii[code >> 5] ?? 0) | (1 << (code & 31));
  }
  return { ascii, other };
}

export const everyCharacter: Characters = characters(() => true, true);
export const noCharacter: Characters = characters(() => false);

/** Each ASCII character by its code. */
export const singles: readonly Characters[] = Array.from({ length: 128 }, (_, code) => characters(one => one.charCodeAt(0) === code));

/** Some character outside ASCII; which one is not told apart. */
export const foreignCharacter: Characters = { ...characters(() => false, true), partly: true };

export function singleCharacter(character: string): Characters {
  return singles[character.charCodeAt(0)] ?? foreignCharacter;
}

export function holdsCharacter({ ascii, other }: Characters, character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 128 ? ((ascii[code >> 5] ?? 0) & (1 << (code & 31))) !== 0 : other;
}

export function intersects(a: Characters, b: Characters): boolean {
  if (a === b || (a.other && b.other)) return true;
  return a.ascii.some((bits, index) => (bits & (b.ascii[index] ?? 0)) !== 0);
}

/** Whether all of `a` is in `b`. */
export function isWithin(a: Characters, b: Characters): boolean {
  return (b.other || !a.other) && a.ascii.every((bits, index) => (bits & ~(b.ascii[index] ?? 0)) === 0);
}

export function complement({ ascii, other, partly }: Characters): Characters {
  return { ascii: each(index => ~(ascii[index] ?? 0)), other: !other || partly === true, ...(partly && { partly }) };
}

export function union(a: Characters, b: Characters): Characters {
  const partly = [a, b].some(each => each.partly) && ![a, b].some(each => each.other && !each.partly);
  const other = a.other || b.other;
  return { ascii: each(index => (a.ascii[index] ?? 0) | (b.ascii[index] ?? 0)), other, ...(partly && { partly }) };
}

export function intersection(a: Characters, b: Characters): Characters {
  const partly = a.other && b.other && (a.partly ?? b.partly);
  return { ascii: each(index => (a.ascii[index] ?? 0) & (b.ascii[index] ?? 0)), other: a.other && b.other, ...(partly && { partly }) };
}

function each(word: (index: number) => number): [number, number, number, number] {
  return [word(0), word(1), word(2), word(3)];
}
