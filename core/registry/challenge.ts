/** One challenge of a `WWW-Authenticate` header; scheme and parameter names are lower case. RFC 9110, 11.6.1. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

// A name; then either `=` and a value (a parameter) or nothing (a scheme).
const item = /[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z/-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*)))?/y;

/** Parses every challenge of the header, however its parameters are ordered; what is no challenge is passed over. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  item.lastIndex = 0;
  for (;;) {
    const at = item.lastIndex;
    const match = item.exec(header);
    if (!match) {
      if (at >= header.length) break;
      // An odd character: step over it rather than give up the challenges behind it.
      item.lastIndex = at + 1;
      continue;
    }
    const [, name = '', quoted, bare] = match;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return challenges;
}
