import type { Shape } from '../image/shape.ts';
import { changedHole, derived, display, type HolePart, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { loosened, narrowed, outsideTag } from './parameters.ts';
import type { Argument } from './words.ts';

/** What a filter leaves of text that is known (`undefined`: it cannot be told), and of the shape of what is not. */
interface Effect {
  readonly text: (known: string) => string | undefined;
  readonly shape: (shape: Shape) => Shape;
  /** Characters that are left at most. */
  readonly width?: number;
}

const same = (shape: Shape) => shape;

/** `| cut -c1-7`, `| tr A-Z a-z`, `| head -n1`: what they leave of a value; `undefined` for a filter that is not understood. */
export function filtered(name: string, words: readonly Argument[], stdin: Template | undefined, at: Span): Template | undefined {
  if (!stdin) return undefined;
  const effect = effects[name]?.(words.map(({ template }) => literal(template) ?? ''));
  if (!effect) return undefined;
  const input = withoutFinalBreak(stdin);
  const known = literal(input);
  if (known !== undefined) {
    const result = effect.text(known);
    return result === undefined ? undefined : result === known ? input : derived(result, at);
  }
  if (effect === unchanged) return input;
  return reshaped(input, effect, [name, ...words.map(({ template }) => display(template))].join(' '));
}

/** Known text among what is not stays as it is where the filter does not touch it; else it is computed piece by piece. */
function reshaped(template: Template, effect: Effect, command: string): Template {
  return template.map(part => {
    if (part.kind === 'hole') return shortened(changedHole(part, command, effect.shape(part.shape)), effect.width);
    if (part.kind === 'choice') return { ...part, options: part.options.map(option => reshaped(option, effect, command)) };
    const result = effect.text(part.text);
    return result === undefined || result === part.text ? part : { ...part, text: result, derived: true };
  });
}

/** A hash that was cut has a known length. */
function shortened(part: HolePart, width: number | undefined): HolePart {
  return width === undefined || part.shape !== 'shortSha' ? part : { ...part, length: Math.min(width, part.length ?? 40) };
}

const effects: Readonly<Record<string, (args: readonly string[]) => Effect | undefined>> = {
  tr: translate,
  sed: substitute,
  cut,
  head: args => firstCharacters(/^-c\s?(\d+)$/.exec(args.join(' '))?.[1]) ?? (/^-n\s?1$|^-1$/.test(args.join(' ')) ? unchanged : undefined),
  xargs: args => (args.length === 0 ? unchanged : undefined),
};

const unchanged: Effect = { text: known => known, shape: same };
const unknownText = () => undefined;

function translate(args: readonly string[]): Effect | undefined {
  const [flags = '', ...sets] = args[0]?.startsWith('-') && args.length > 1 ? args : ['', ...args];
  const [from = '', to = ''] = sets;
  if (/^(?:\[:upper:\]|A-Z)$/.test(from) && /^(?:\[:lower:\]|a-z)$/.test(to)) return { text: known => known.toLowerCase(), shape: same };
  if (flags.includes('c') && outsideTag.test(`[^${from.replace(/\\[nr]/g, '')}]`)) return { text: unknownText, shape: narrowed };
  if (/^(?:\\[nrt]|\[:(?:space|cntrl|blank):\]|[ "'])+$/.test(from) && flags.includes('d')) {
    return { text: known => (/[\s"']/.test(known) ? undefined : known), shape: same };
  }
  const plain = /^[^\\[\]-]+$/.test(from) && !flags.includes('c');
  const map = (character: string) => {
    const index = from.indexOf(character);
    if (index < 0) return character;
    return flags.includes('d') ? '' : (to[Math.min(index, to.length - 1)] ?? '');
  };
  return { text: plain ? known => [...known].map(map).join('') : unknownText, shape: loosened };
}

function substitute(args: readonly string[]): Effect | undefined {
  const [script = '', ...more] = args.filter(argument => !/^-[EernsE]+$/.test(argument));
  const delimiter = script[1];
  if (more.length > 0 || script[0] !== 's' || !delimiter || /[\w\s\\]/.test(delimiter)) return undefined;
  const [, pattern = '', replacement = '', flags, ...rest] = script.split(delimiter);
  if (flags === undefined || rest.length > 0 || !/^[gI]*$/.test(flags)) return undefined;
  if (flags.includes('g') && outsideTag.test(pattern) && /^[\w.-]*$/.test(replacement)) return { text: unknownText, shape: narrowed };
  const anchored = /^\^?[\w/: @-]+$/.test(pattern) && /^[\w/: @.-]*$/.test(replacement);
  const change = (known: string) => {
    if (pattern.startsWith('^')) return known.startsWith(pattern.slice(1)) ? replacement + known.slice(pattern.length - 1) : known;
    return flags.includes('g') ? known.replaceAll(pattern, replacement) : known.replace(pattern, replacement);
  };
  return { text: anchored ? change : unknownText, shape: loosened };
}

function cut(args: readonly string[]): Effect | undefined {
  const line = args.join(' ');
  const width = firstCharacters(/^-(?:c|b)\s?1?-(\d+)$/.exec(line)?.[1]);
  if (width) return width;
  const [, delimiter, field] = /^-d\s?(.)\s-f\s?(\d+)$/.exec(line) ?? [];
  if (!delimiter) return undefined;
  return { text: known => (known.includes(delimiter) ? (known.split(delimiter)[Number(field) - 1] ?? '') : known), shape: loosened };
}

function firstCharacters(width: string | undefined): Effect | undefined {
  if (width === undefined) return undefined;
  const count = Number(width);
  return { text: known => known.slice(0, count), shape: shape => (shape === 'sha40' && count < 40 ? 'shortSha' : shape), width: count };
}

/** As `$(…)` leaves it: without the line breaks at the end. */
function withoutFinalBreak(value: Template): Template {
  const last = value.at(-1);
  if (last?.kind !== 'text' || !last.text.endsWith('\n')) return value;
  const kept = last.text.replace(/(?<!\n)\n+$/, '');
  return kept === '' ? value.slice(0, -1) : [...value.slice(0, -1), { ...last, text: kept }];
}
