import type { Start } from './starts.ts';

/** One place of a pattern: the characters that may stand there, and how often. */
interface Place {
  readonly takes: (character: string) => boolean;
  readonly times: 'once' | 'perhaps' | 'some' | 'any';
}

/**
 * Whether GitHub's filter (`branches:`, `tags:`; `!` leaves out, the last that matches decides) lets a name through. In its patterns `*` is
 * anything but `/`, `**` anything, and `?` and `+` belong to the character before them. Patterns are followed step by step, as whoever writes
 * them need not be trusted. Source: GitHub's "Filter pattern cheat sheet".
 */
export function passesFilter(names: readonly string[] | undefined, name: string): boolean {
  if (!names) return true;
  let passes = names.every(pattern => pattern.startsWith('!'));
  for (const pattern of names) {
    const leavesOut = pattern.startsWith('!');
    if (passes === leavesOut && matches(places(leavesOut ? pattern.slice(1) : pattern), name)) passes = !leavesOut;
  }
  return passes;
}

/** Whether a branch or tag that starts a run may have a `/` in its name, as far as the filter says. */
export function admitsSlash({ names }: Start): boolean {
  const positive = names?.filter(pattern => !pattern.startsWith('!')) ?? [];
  return positive.length === 0 || positive.some(pattern => pattern.includes('/') || pattern.includes('**'));
}

function places(pattern: string): readonly Place[] {
  const found: Place[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] as string;
    const last = found.at(-1);
    if (character === '*') {
      const any = pattern[index + 1] === '*';
      found.push({ takes: any ? () => true : other => other !== '/', times: 'any' });
      if (any) index++;
    } else if ((character === '?' || character === '+') && last?.times === 'once') {
      found[found.length - 1] = { ...last, times: character === '?' ? 'perhaps' : 'some' };
    } else if (character === '[' && pattern.indexOf(']', index) > index) {
      const end = pattern.indexOf(']', index);
      found.push({ takes: oneOf(pattern.slice(index + 1, end)), times: 'once' });
      index = end;
    } else {
      if (character === '\\') index++;
      const wanted = pattern[index] ?? character;
      found.push({ takes: other => other === wanted, times: 'once' });
    }
  }
  return found;
}

/** `[0-9a-f_]`. */
function oneOf(inside: string): (character: string) => boolean {
  const ranges: (readonly [string, string])[] = [];
  for (let index = 0; index < inside.length; index++) {
    const from = inside[index] as string;
    const to = inside[index + 1] === '-' ? inside[index + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) index += 2;
  }
  return character => ranges.some(([from, to]) => from <= character && character <= to);
}

/** All ways through the pattern at once: linear in places times characters. */
function matches(pattern: readonly Place[], name: string): boolean {
  let reached = skipping(pattern, new Set([0]));
  for (const character of name) {
    const next = new Set<number>();
    for (const at of reached) {
      const place = pattern[at];
      if (!place?.takes(character)) continue;
      next.add(at + 1);
      if (place.times === 'any' || place.times === 'some') next.add(at);
    }
    reached = skipping(pattern, next);
  }
  return reached.has(pattern.length);
}

function skipping(pattern: readonly Place[], reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  for (const at of all) {
    const times = pattern[at]?.times;
    if (times === 'any' || times === 'perhaps') all.add(at + 1);
  }
  return all;
}
