import { bracket, digitClass, spaceClass, wordClass } from './characterClass.ts';
import { type Characters, characters, complement, everyCharacter, singleCharacter } from './characters.ts';
import type { PatternTree } from './patternTree.ts';

/**
 * `extended` and `basic` are POSIX's, as bash's `=~`, `grep` and `sed` read them; in `perl` and `javascript` a `\d` is a digit. In
 * `bash` a backslash written in the script makes the next character stand for itself, whatever it is.
 */
export type Dialect = 'extended' | 'basic' | 'bash' | 'perl' | 'javascript';

/** Longer or deeper expressions than people write for a check are not understood. */
const maxLength = 400;
const maxDepth = 12;
const maxCount = 1000;

/** A regular expression as a tree; `undefined` where it is broken, or has something that is not understood (back references, look-ahead). */
export function parseExpression(text: string, dialect: Dialect): PatternTree | undefined {
  if (text.length > maxLength) return undefined;
  const read = dialect === 'bash' ? withoutEscapesInBrackets(text) : text;
  if (read === undefined) return undefined;
  const reader = new Reader(read, dialect);
  const found = reader.either(0);
  return found && reader.isDone ? found : undefined;
}

/** bash takes the backslashes out of a `[…]` before the expression is read: `[\\.]` is `[.]`, and `[a\\-z]` is a range. */
function withoutEscapesInBrackets(text: string): string | undefined {
  if (!text.includes('[')) return text;
  let read = '';
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (!inside) {
      const head =
        character === '\\' ? text.slice(at, at + 2) : character === '[' ? (/^\[\^?\]?/.exec(text.slice(at, at + 3))?.[0] ?? '') : character;
      inside = character === '[';
      read += head;
      at += head.length - 1;
    } else if (character === '\\') {
      if (text[at + 1] === ']') return undefined;
    } else if (character === '[' && text[at + 1] === ':') {
      const end = text.indexOf(':]', at + 2);
      if (end < 0) return undefined;
      read += text.slice(at, end + 2);
      at = end + 1;
    } else {
      inside = character !== ']';
      read += character;
    }
  }
  return read;
}

class Reader {
  readonly #text: string;
  readonly #dialect: Dialect;
  #at = 0;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  get isDone(): boolean {
    return this.#at >= this.#text.length;
  }

  either(depth: number): PatternTree | undefined {
    const options: PatternTree[] = [];
    do {
      const option = this.#row(depth);
      if (!option) return undefined;
      options.push(option);
    } while (this.#take(this.#dialect === 'basic' ? '\\|' : '|'));
    const [only] = options;
    return options.length === 1 ? only : { kind: 'either', options };
  }

  #row(depth: number): PatternTree | undefined {
    const items: PatternTree[] = [];
    const [bar, close] = this.#dialect === 'basic' ? ['\\|', '\\)'] : ['|', ')'];
    while (!this.isDone && !this.#sees(bar) && !(depth > 0 && this.#sees(close))) {
      const atom = this.#atom(depth, items.length === 0);
      const item = atom && this.#repeated(atom);
      if (!item) return undefined;
      items.push(item);
    }
    return { kind: 'row', items };
  }

  #repeated(atom: PatternTree): PatternTree | undefined {
    let item = atom;
    for (;;) {
      const count = this.#count();
      if (count === undefined) return item;
      if (count === 'broken' || atom.kind === 'start' || atom.kind === 'end') return undefined;
      item = { kind: 'repeat', item, least: count[0], most: count[1] };
    }
  }

  #count(): readonly [number, number] | 'broken' | undefined {
    const basic = this.#dialect === 'basic';
    const open = basic ? '\\{' : '{';
    const counts = {
      '*': [0, Number.POSITIVE_INFINITY],
      [basic ? '\\+' : '+']: [1, Number.POSITIVE_INFINITY],
      [basic ? '\\?' : '?']: [0, 1],
    } as const;
    for (const [sign, count] of Object.entries(counts)) {
      if (!this.#take(sign)) continue;
      // Lazy or possessive: the same texts match as a whole.
      if (this.#dialect === 'perl' || this.#dialect === 'javascript') this.#take('?');
      return count;
    }
    if (!this.#sees(open)) return undefined;
    const found = /^(\d{0,4})(,?)(\d{0,4})/.exec(this.#text.slice(this.#at + open.length));
    const [all = '', least = '', comma, most = ''] = found ?? [];
    this.#at += open.length + all.length;
    if (!this.#take(basic ? '\\}' : '}') || (least === '' && most === '')) return 'broken';
    const counted = [Number(least || 0), comma ? (most === '' ? Number.POSITIVE_INFINITY : Number(most)) : Number(least)] as const;
    return counted[0] > maxCount || counted[1] < counted[0] ? 'broken' : counted;
  }

  #atom(depth: number, first: boolean): PatternTree | undefined {
    if (depth > maxDepth) return undefined;
    const character = this.#text[this.#at] as string;
    const basic = this.#dialect === 'basic';
    if (character === '[') return this.#bracket();
    if (this.#take(basic ? '\\(' : '(')) return this.#group(depth);
    this.#at++;
    switch (character) {
      case '.':
        return set(this.#dialect === 'perl' || this.#dialect === 'javascript' ? line : everyCharacter);
      case '^':
        return !basic || first ? { kind: 'start' } : set(singleCharacter('^'));
      case '$':
        return !basic || this.isDone || this.#sees('\\)') || this.#sees('\\|') ? { kind: 'end' } : set(singleCharacter('$'));
      case '\\':
        return this.#escape();
      case '*':
        return basic && first ? set(singleCharacter('*')) : undefined;
      case '+':
      case '?':
      case '{':
        return basic ? set(singleCharacter(character)) : undefined;
      case ')':
      case '(':
        return basic ? set(singleCharacter(character)) : undefined;
      default:
        return set(singleCharacter(character));
    }
  }

  #group(depth: number): PatternTree | undefined {
    if (this.#sees('?')) {
      if (!this.#take('?:')) return undefined;
    }
    const inner = this.either(depth + 1);
    return inner && this.#take(this.#dialect === 'basic' ? '\\)' : ')') ? inner : undefined;
  }

  #bracket(): PatternTree | undefined {
    const isPerl = this.#dialect === 'perl' || this.#dialect === 'javascript';
    // POSIX takes a backslash in brackets for itself.
    const found = bracket(this.#text, this.#at, isPerl ? { escapes: character => this.#class(character) } : {});
    if (!found || (this.#dialect === 'javascript' && this.#text[this.#at + 1] === ']')) return undefined;
    this.#at = found.end;
    return set(found.set);
  }

  #escape(): PatternTree | undefined {
    const character = this.#text[this.#at++];
    if (character === undefined) return undefined;
    if (this.#dialect === 'bash') return set(singleCharacter(character));
    const known = this.#class(character);
    return known && set(known);
  }

  /** What `\d`, `\w`, `\.` stand for. */
  #class(character: string): Characters | undefined {
    if (/[^A-Za-z0-9]/.test(character)) return singleCharacter(character);
    const isPerl = this.#dialect === 'perl' || this.#dialect === 'javascript';
    switch (character) {
      case 'd':
        return isPerl ? digitClass : undefined;
      case 'D':
        return isPerl ? complement(digitClass) : undefined;
      case 'w':
        return this.#dialect === 'javascript' ? asciiWord : wordClass;
      case 'W':
        return complement(this.#dialect === 'javascript' ? asciiWord : wordClass);
      case 's':
        return spaceClass;
      case 'S':
        return complement(spaceClass);
      case 'n':
        return isPerl ? singleCharacter('\n') : undefined;
      case 't':
        return isPerl ? singleCharacter('\t') : undefined;
      default:
        return undefined;
    }
  }

  #sees(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }
}

const asciiWord = characters(one => /\w/.test(one));
const line = characters(one => one !== '\n', true);

function set(found: Characters): PatternTree {
  return { kind: 'set', set: found };
}
