/** A variable with the text that it is set to, as it is written. */
export interface Written {
  readonly name: string;
  readonly value: string;
}

/** The names of the variables that a text expands. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
}

/** `NAME=value` up to the end of its line, or of the `$(…)` that begins there; `mapfile NAME < <(…)`. */
export function assignmentsOf(text: string): readonly Written[] {
  const found = [...text.matchAll(/(?:^|[\s;({])(\w+)\+?=(?=["'(]{0,2}[$\w/])/gm)].map(match => {
    const from = (match.index ?? 0) + match[0].length;
    return { name: match[1] ?? '', value: text.slice(from, endOfValue(text, from)) };
  });
  const lists = [...text.matchAll(/^[ \t]{0,40}(?:mapfile|readarray)\b[^\n]{0,40}?\s(\w+)\s{0,3}(<[^\n]{1,400})/gm)];
  return [...found, ...lists.map(([, name = '', value = '']) => ({ name, value }))];
}

/** The end of the line in which the parentheses that begin in a value are closed. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length && at - from < 4000; at++) {
    const character = text[at];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '\n' && depth <= 0 && text[at - 1] !== '\\') return at;
  }
  return Math.min(text.length, from + 4000);
}
