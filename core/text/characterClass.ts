import { type Characters, characters, complement, noCharacter, singleCharacter, union } from './characters.ts';

const some = (allowed: (one: string) => boolean): Characters => ({ ...characters(allowed, true), partly: true });

/** Letters of other alphabets belong to the classes that have letters, in the locale of GitHub's runners (`C.UTF-8`). */
const classes = {
  alnum: some(one => /[A-Za-z0-9]/.test(one)),
  alpha: some(one => /[A-Za-z]/.test(one)),
  digit: characters(one => /[0-9]/.test(one)),
  xdigit: characters(one => /[0-9A-Fa-f]/.test(one)),
  lower: some(one => /[a-z]/.test(one)),
  upper: some(one => /[A-Z]/.test(one)),
  space: some(one => /\s/.test(one)),
  blank: some(one => one === ' ' || one === '\t'),
  punct: some(one => /[!-/:-@[-`{-~]/.test(one)),
  print: some(one => one >= ' ' && one <= '~'),
  graph: some(one => one > ' ' && one <= '~'),
  cntrl: some(one => one < ' ' || one === '\u007f'),
  word: some(one => /\w/.test(one)),
} satisfies Record<string, Characters>;

const byName: ReadonlyMap<string, Characters> = new Map(Object.entries(classes));

export const digitClass: Characters = classes.digit;
export const wordClass: Characters = classes.word;
export const spaceClass: Characters = classes.space;

/**
 * A `[…]` that begins at `from` in a glob (`!` negates too) or a regular expression; `escapes` tells what a `\` in it stands for, and is
 * absent where it is a character like others. `undefined` where it does not end, or holds something that is not understood.
 */
export function bracket(
  text: string,
  from: number,
  form: { readonly glob?: true; readonly escapes?: (character: string) => Characters | undefined },
): { readonly set: Characters; readonly end: number } | undefined {
  let at = from + 1;
  const negated = text[at] === '^' || (form.glob === true && text[at] === '!');
  if (negated) at++;
  let set = noCharacter;
  for (let first = true; ; first = false) {
    const character = text[at];
    if (character === undefined) return undefined;
    if (character === ']' && !first) break;
    if (character === '[' && (text[at + 1] === '.' || text[at + 1] === '=')) return undefined;
    const name = character === '[' && text[at + 1] === ':' ? /^[a-z]+(?=:\])/.exec(text.slice(at + 2, at + 12))?.[0] : undefined;
    if (name !== undefined) {
      const known = byName.get(name);
      if (!known) return undefined;
      set = union(set, known);
      at += name.length + 4;
      continue;
    }
    if (character === '\\' && form.escapes) {
      const known = form.escapes(text[at + 1] ?? '');
      if (!known) return undefined;
      set = union(set, known);
      at += 2;
      continue;
    }
    const last = text[at + 1] === '-' && text[at + 2] !== ']' ? text[at + 2] : undefined;
    if (last === undefined) {
      set = union(set, singleCharacter(character));
      at++;
    } else {
      if (last === '[' || last === '\\' || last < character) return undefined;
      set = union(set, last > '\u007f' ? some(() => true) : characters(one => one >= character && one <= last));
      at += 3;
    }
  }
  return { set: negated ? complement(set) : set, end: at + 1 };
}
