import { sliceText, splitOnce } from '../../../image/split.ts';
import { derived, display, hole, literal, type Template } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { Item } from '../../usage.ts';
import type { CommandAdapter } from '../command.ts';
import { all, flags, isOn, itemIn, last, readFlags } from '../flags.ts';
import { leaves, manifestIn } from './manifestFiles.ts';
import { deploysOf, type Setting } from './settings.ts';
import { valuesBehind } from './written.ts';

const sedFlags = flags('-e|--expression -f|--file -l|--line-length');

/** `sed -i 's|image: .*|image: X|' FILE`, and `perl -pi -e`: an edit of a manifest is a deployment once it is pushed or applied. */
export const sed: CommandAdapter = {
  names: ['sed', 'gsed', 'perl'],
  read(command, context) {
    const { scripts, files, inPlace } = sedWords(command);
    const file = inPlace ? manifestIn(files) : undefined;
    return file === undefined || !leaves(file, context.script) ? [] : deploysOf(scripts.flatMap(substituted), file);
  },
};

/** What a `sed` that feeds another program puts into a manifest. */
export function sedSettings(command: ShellCommand): readonly Setting[] {
  const { scripts } = sedWords(command);
  return scripts.flatMap(substituted);
}

function sedWords(command: ShellCommand): {
  readonly scripts: readonly Item[];
  readonly files: readonly Item[];
  readonly inPlace: boolean;
} {
  const line = readFlags(command.words.slice(1), sedFlags);
  const given = all(line, '--expression');
  const words = line.positionals.filter(({ template }) => template.length > 0);
  const inPlace = isOn(line, '-i', '--in-place') !== false || last(line, '--in-place') !== undefined;
  return given.length > 0 ? { scripts: given, files: words, inPlace } : { scripts: words.slice(0, 1), files: words.slice(1), inPlace };
}

/** Where a script's substitution begins: behind the address of its lines, `3` or `/pattern/`. */
function substitution(text: string): RegExpExecArray | null {
  const blank = text.length - text.trimStart().length;
  const closing = text[blank] === '/' ? text.indexOf('/', blank + 1) : -1;
  command.lastIndex = closing < 0 ? blank : closing + 1;
  return command.exec(text);
}

const command = /\d*s([^\w\s\\])/y;

/** The settings that a script's substitutions write. */
function substituted(script: Item): readonly Setting[] {
  const [first, ...rest] = script.template;
  const start = first?.kind === 'text' ? substitution(first.text) : null;
  if (first?.kind !== 'text' || !start) return [];
  const from = start.index + start[0].length;
  const pieces = parted(first.text.length > from ? [sliceText(first, from), ...rest] : rest, start[1] ?? '/');
  const settings: Setting[] = [];
  // `s|a|b|g;s|c|d|` in pieces: a, b, `g;s`, c, d.
  for (let at = 0; at + 1 < pieces.length; at += 3) {
    settings.push(...replaced(display(pieces[at] ?? []), itemIn(script, pieces[at + 1] ?? [])));
    if (!literal(pieces[at + 2] ?? [])?.endsWith('s')) break;
  }
  return settings;
}

/** More substitutions in one script than people write are not read. */
const maxPieces = 100;

function parted(template: Template, delimiter: string): readonly Template[] {
  const pieces: Template[] = [];
  for (let rest: Template | undefined = template; rest && pieces.length < maxPieces; ) {
    const pair: readonly [Template, Template] | undefined = splitOnce(rest, delimiter);
    pieces.push(pair ? pair[0] : rest);
    rest = pair?.[1];
  }
  return pieces;
}

const keyBefore = /(?:^|[\s"'{,-])(\w*[iI]mage|\w*[iI]mageTag|newTag|newName|tag|digest|repository)["']?[ \t]*[:=][ \t]*["']?/g;

function replaced(pattern: string, replacement: Item): readonly Setting[] {
  const written = valuesBehind(replacement, keyBefore, /["'\s,}]/);
  if (written.length > 0) return written.map(value => ({ key: /\w+/.exec(value.opening)?.[0] ?? '', value: withoutGroups(value) }));
  const [first] = replacement.template;
  const kept = first?.kind === 'text' ? /^(?:\\\d|&|\$\d|\$\{\d\})/.exec(first.text)?.[0] : undefined;
  if (kept !== undefined && first?.kind === 'text') {
    const rest = itemIn(
      replacement,
      first.text.length > kept.length ? [sliceText(first, kept.length), ...replacement.template.slice(1)] : replacement.template.slice(1),
    );
    return [afterKept(pattern, withoutGroups(rest))];
  }
  // A placeholder, or the whole reference in place of the old one.
  if (/tag|version/i.test(pattern) && !/[/:]/.test(literal(replacement.template) ?? '')) return [{ key: 'tag', value: replacement }];
  const isReference = replacement.template.some(part => part.kind === 'text' && part.text.includes('/'));
  return /image/i.test(pattern) || isReference ? [{ key: 'image', value: replacement }] : [];
}

/** `\(image: app:\).*` → `\1$TAG`: what is kept ends before the tag, or is the key alone. */
function afterKept(pattern: string, rest: Item): Setting {
  const [first] = rest.template;
  const separator = first?.kind === 'text' ? /^[:@]/.exec(first.text)?.[0] : undefined;
  if (first?.kind === 'text' && separator) {
    const value = itemIn(rest, first.text.length > 1 ? [sliceText(first, 1), ...rest.template.slice(1)] : rest.template.slice(1));
    return { key: separator === '@' ? 'image.digest' : 'tag', value };
  }
  const namesTag = /tag/i.test(pattern) || /[\w.*+\])]:\\?\)/.test(pattern);
  return { key: namesTag ? 'tag' : 'image', value: rest };
}

/** Groups of the pattern in a value are what nobody knows. */
function withoutGroups(item: Item): Item {
  const template = item.template.flatMap((part): Template => {
    if (part.kind !== 'text' || !/\\\d|&/.test(part.text)) return [part];
    return part.text
      .split(/(\\\d|&)/)
      .flatMap(piece => (/^(?:\\\d|&)$/.test(piece) ? hole('(what the pattern found)', 'unknown', part.at) : derived(piece, part.at)));
  });
  return {
    ...item,
    template: template.at(-1)?.kind === 'hole' && item.template.at(-1)?.kind === 'text' ? template.slice(0, -1) : template,
  };
}
