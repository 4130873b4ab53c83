/**
 * A path pattern as editors write them: `**`, `*`, `?`, `{a,b}` and `[a-z]`, against a whole path with `/`. A pattern without `/`
 * matches the name in any folder. A pattern that is no pattern matches nothing.
 */
export function glob(pattern: string): (path: string) => boolean {
  const anchored = pattern.replace(/^\.?\//, '');
  const whole = anchored.includes('/') ? anchored : `**/${anchored}`;
  if (whole.length > 500) return () => false;
  try {
    const expression = new RegExp(`^${source(whole)}$`, 'u');
    return path => expression.test(path);
  } catch {
    return () => false;
  }
}

function source(pattern: string): string {
  let result = '';
  let braces = 0;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    const stars = /^\*{2,}\/?/.exec(pattern.slice(i))?.[0];
    const set = /^\[(!?)([^\]/[\\]+)\]/.exec(pattern.slice(i));
    if (stars) {
      result += stars.endsWith('/') ? '(?:[^/]+/)*' : '.*';
      i += stars.length - 1;
    } else if (set) {
      result += `[${set[1] ? '^' : ''}${(set[2] as string).replace(/\^/g, '\\^')}]`;
      i += set[0].length - 1;
    } else if (character === '*') result += '[^/]*';
    else if (character === '?') result += '[^/]';
    else if (character === '{') {
      braces += 1;
      result += '(?:';
    } else if (character === '}' && braces > 0) {
      braces -= 1;
      result += ')';
    } else if (character === ',' && braces > 0) result += '|';
    else result += character.replace(/[\\^$.|?*+()[\]{}/]/g, '\\$&');
  }
  return result;
}
