import type { Shape } from '../image/shape.ts';

const number = /^(?:\[0-9\]\+|\[\[:digit:\]\]\+|\\d\+|\(0\|\[1-9\]\[0-9\]\*\)|\(0\|\[1-9\]\\d\*\)|\(\[0-9\]\+\))/;

/** The narrowest shape of what a whole-string extended regular expression matches (`^v[0-9]+\.[0-9]+\.[0-9]+$`); `undefined` where it narrows nothing. */
export function shapeOfExpression(expression: string): Shape | undefined {
  const inner = /^\^([^\n]{1,200})\$$/.exec(expression)?.[1];
  // An alternative outside parentheses is anchored at one end alone.
  if (inner === undefined || hasOuterAlternative(inner)) return undefined;
  if (number.exec(inner)?.[0] === inner || /^\[0-9\](?:\*|\{\d+(?:,\d*)?\})$/.test(inner)) return 'integer';
  if (/^\[(?:0-9a-f|a-f0-9)\]\{40\}$/.test(inner)) return 'sha40';
  if (/^\[(?:0-9a-f|a-f0-9)\](?:\+|\{[4-9],(?:40)?\}|\{[4-9]\}|\{[1-3]\d\})$/.test(inner)) return 'shortSha';
  if (!isTagSafe(inner)) return undefined;
  return isVersion(inner) ? 'semver' : 'tagSafe';
}

/** `v?` and three numbers with dots between them, and whatever follows. */
function isVersion(expression: string): boolean {
  let rest = expression.replace(/^v\??/, '');
  for (let index = 0; index < 3; index++) {
    const found = number.exec(rest)?.[0];
    if (found === undefined) return false;
    rest = rest.slice(found.length);
    if (index < 2) {
      if (!rest.startsWith('\\.') && !rest.startsWith('[.]')) return false;
      rest = rest.slice(rest.startsWith('[.]') ? 3 : 2);
    }
  }
  return true;
}

function hasOuterAlternative(expression: string): boolean {
  let depth = 0;
  let inSet = false;
  for (const character of expression) {
    if (character === '[') inSet = true;
    else if (character === ']') inSet = false;
    else if (!inSet && character === '(') depth++;
    else if (!inSet && character === ')') depth--;
    else if (!inSet && character === '|' && depth === 0) return true;
  }
  return false;
}

/** Every character that it may match is one of a tag's. */
function isTagSafe(expression: string): boolean {
  let rest = expression;
  while (rest !== '') {
    const atom =
      /^(?:[\w-]|\\[.d-]|[()|?*+]|\{\d+(?:,\d*)?\}|\[(?:[A-Za-z0-9]-[A-Za-z0-9]|[\w.-]|\[:(?:alnum|alpha|digit|lower|upper):\])+\])/.exec(
        rest,
      )?.[0];
    if (atom === undefined) return false;
    rest = rest.slice(atom.length);
  }
  return true;
}
