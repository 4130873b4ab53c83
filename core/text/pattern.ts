import { Builder, type Machine, NotUnderstood, type Piece } from './machine.ts';

const maxDepth = 50;

/**
 * A regular expression in the syntax of Go (RE2): what it matches as a whole, anchors kept as moves. `undefined` for one that is none, or
 * that has more than people write: word boundaries, classes of Unicode, thousands of repetitions.
 */
export function readPattern(source: string): Machine | undefined {
  try {
    const reader = new Reader(source);
    return reader.read();
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

const classes: Readonly<Record<string, RegExp>> = { d: /[0-9]/, w: /\w/, s: /[\t\n\f\r ]/ };
const named: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  upper: /[A-Z]/,
  word: /\w/,
  space: /\s/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
};
const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\u0007' };

type Test = (character: string) => boolean;

class Reader {
  readonly #source: string;
  readonly #builder = new Builder();
  #at = 0;
  #ignoresCase = false;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Machine {
    const whole = this.#alternatives();
    if (this.#at < this.#source.length) throw new NotUnderstood();
    return this.#builder.machine(whole);
  }

  #next(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #take(): string {
    const character = this.#source[this.#at++];
    if (character === undefined) throw new NotUnderstood();
    return character;
  }

  #alternatives(): Piece {
    if (++this.#depth > maxDepth) throw new NotUnderstood();
    const found = [this.#sequence()];
    while (this.#next('|')) found.push(this.#sequence());
    this.#depth--;
    return found.length === 1 && found[0] ? found[0] : this.#builder.either(found);
  }

  #sequence(): Piece {
    const pieces: Piece[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? '')) {
      if (this.#next('\\Q')) {
        const end = this.#source.indexOf('\\E', this.#at);
        const quoted = this.#source.slice(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#source.length : end + 2;
        pieces.push(...[...quoted].map(one => this.#character(one)));
      } else pieces.push(this.#repeated());
    }
    return this.#builder.sequence(pieces);
  }

  #repeated(): Piece {
    const start = this.#at;
    let piece = this.#atom();
    for (;;) {
      const after = this.#at;
      if (this.#next('*')) piece = this.#builder.perhaps(piece, true);
      else if (this.#next('+')) piece = this.#builder.sequence([piece, this.#builder.perhaps(this.#again(start, after), true)]);
      else if (this.#next('?')) piece = this.#builder.perhaps(piece, false);
      else {
        const counted = this.#count();
        if (!counted) return piece;
        piece = this.#times(start, after, counted);
      }
      // A lazy one matches the same texts.
      this.#next('?');
    }
  }

  /** `{2}`, `{2,}`, `{2,5}`; anything else in braces is text. */
  #count(): readonly [number, number | undefined] | undefined {
    const found = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#source.slice(this.#at, this.#at + 12));
    if (!found) return undefined;
    this.#at += found[0].length;
    const least = Number(found[1]);
    if (!found[2]) return [least, least];
    return [least, found[3] ? Number(found[3]) : undefined];
  }

  #times(start: number, end: number, [least, most]: readonly [number, number | undefined]): Piece {
    const pieces = Array.from({ length: least }, () => this.#again(start, end));
    if (most === undefined) pieces.push(this.#builder.perhaps(this.#again(start, end), true));
    for (let more = least; most !== undefined && more < most; more++) pieces.push(this.#builder.perhaps(this.#again(start, end), false));
    return this.#builder.sequence(pieces);
  }

  /** The same once more. */
  #again(start: number, end: number): Piece {
    const after = this.#at;
    this.#at = start;
    let piece = this.#atom();
    while (this.#at < end) {
      if (this.#next('*')) piece = this.#builder.perhaps(piece, true);
      else if (this.#next('?')) piece = this.#builder.perhaps(piece, false);
      else throw new NotUnderstood();
    }
    this.#at = after;
    return piece;
  }

  #atom(): Piece {
    const character = this.#take();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#set(this.#class());
      case '.':
        return this.#set(() => true);
      case '^':
        return this.#builder.empty('start');
      case '$':
        return this.#builder.empty('end');
      case '*':
      case '+':
      case '?':
        throw new NotUnderstood();
      case '\\':
        return this.#escaped();
      default:
        return this.#character(character);
    }
  }

  #group(): Piece {
    const before = this.#ignoresCase;
    if (this.#next('?')) {
      const found = /^(?:P?<\w+>|[imsU-]*[:)])/.exec(this.#source.slice(this.#at, this.#at + 80));
      if (!found) throw new NotUnderstood();
      this.#at += found[0].length;
      const [on = ''] = found[0].split('-');
      if (!found[0].includes('<') && on.includes('i')) this.#ignoresCase = true;
      // Flags for the rest of the group around.
      if (found[0].endsWith(')')) return this.#builder.empty();
    }
    const inner = this.#alternatives();
    if (!this.#next(')')) throw new NotUnderstood();
    this.#ignoresCase = before;
    return inner;
  }

  #escaped(): Piece {
    const character = this.#take();
    if (character === 'A') return this.#builder.empty('start');
    if (character === 'z') return this.#builder.empty('end');
    const test = this.#escapedSet(character);
    return test ? this.#set(test) : this.#character(this.#escapedCharacter(character));
  }

  #escapedSet(character: string): Test | undefined {
    const known = classes[character.toLowerCase()];
    if (!known) return undefined;
    const negated = character !== character.toLowerCase();
    return one => known.test(one) !== negated;
  }

  #escapedCharacter(character: string): string {
    if (/[^0-9A-Za-z]/.test(character)) return character;
    const control = controls[character];
    if (control !== undefined) return control;
    const code = character === 'x' ? /^[0-9A-Fa-f]{2}/.exec(this.#source.slice(this.#at, this.#at + 2))?.[0] : undefined;
    if (code === undefined) throw new NotUnderstood();
    this.#at += 2;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  #class(): Test {
    const negated = this.#next('^');
    const tests: Test[] = [];
    for (let first = true; first || this.#source[this.#at] !== ']'; first = false) tests.push(this.#classItem());
    this.#at++;
    return one => tests.some(test => test(one)) !== negated;
  }

  #classItem(): Test {
    const name = /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at, this.#at + 14));
    if (name) {
      const known = named[name[2] ?? ''];
      if (!known) throw new NotUnderstood();
      this.#at += name[0].length;
      return one => known.test(one) !== (name[1] === '^');
    }
    const start = this.#classCharacter();
    if (typeof start !== 'string') return start;
    if (this.#source[this.#at] !== '-' || this.#source[this.#at + 1] === ']') return this.#caseless(one => one === start);
    this.#at++;
    const end = this.#classCharacter();
    if (typeof end !== 'string') throw new NotUnderstood();
    return this.#caseless(one => one >= start && one <= end);
  }

  #classCharacter(): string | Test {
    const character = this.#take();
    if (character !== '\\') return character;
    const escaped = this.#take();
    return this.#escapedSet(escaped) ?? this.#escapedCharacter(escaped);
  }

  #caseless(test: Test): Test {
    return this.#ignoresCase ? one => test(one.toLowerCase()) || test(one.toUpperCase()) : test;
  }

  #character(character: string): Piece {
    return this.#set(this.#caseless(one => one === character));
  }

  #set(has: Test): Piece {
    return this.#builder.one({ has });
  }
}
