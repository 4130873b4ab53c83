import type { Shape } from '../../image/shape.ts';
import { charactersOf } from '../../image/shapeCharacters.ts';
import { type HolePart, literal, render, type Template } from '../../image/template.ts';
import { holdsCharacter } from '../../text/characters.ts';
import { commaItems, helmItems, lineItems, optionAttributes, plainCommaItems, rowAttributes, wordItems } from '../../usage/listText.ts';

/**
 * What takes a value apart. `references`: at commas and line breaks, each an image; `tags`: at commas, each a tag; `words`: tags at white
 * space; `lines`: at line breaks alone; `row`, `cache`, `output`: attributes by comma; `settings`: helm's.
 */
export type Splitting = 'references' | 'tags' | 'words' | 'lines' | 'row' | 'cache' | 'output' | 'settings';

/** A value that somebody may choose, and what the list holds then. */
export interface Injection {
  readonly value: string;
  /** What comes of it, as the end of a sentence that begins with “makes it”. */
  readonly becomes: string;
  /** The further image has no path, so that no registry takes it: the build fails, and nothing is replaced. */
  readonly failsOnly?: true;
}

// What git forbids of more than one character.
const notInGit = /\.\.|\/\/|@\{|(?:^|\/)\.|\.$/;

/** Whether a value of this shape may be the text; of what nobody understands nothing is said. */
function mayBe(shape: Shape, text: string): boolean {
  if (shape === 'unknown' || (shape === 'gitRef' && notInGit.test(text))) return false;
  const held = charactersOf(shape);
  return [...text].every(character => holdsCharacter(held, character));
}

/**
 * A value of the hole with which the list says something else than one item, found by splitting it as the tool does; `undefined` where the
 * hole's shape admits none.
 */
export function injectionInto(list: Template, part: HolePart, splitting: Splitting): Injection | undefined {
  const text = (value: string) => render(list, other => (isSame(other, part) ? value : sampleOf(other)));
  // In a field with quotes around it the value has to end them first.
  const plain = candidates(list, part, splitting);
  for (const value of [...plain, ...plain.map(one => one.replaceAll(',', '","'))]) {
    const becomes = mayBe(part.shape, value) ? outcome(text('x'), text(value), splitting) : undefined;
    const failsOnly = (splitting === 'references' || splitting === 'cache' || splitting === 'output') && !value.includes('/');
    if (becomes !== undefined) return { value, becomes, ...(failsOnly && { failsOnly }) };
  }
  return undefined;
}

function isSame(a: HolePart, b: HolePart): boolean {
  return a === b || (a.at === b.at && a.source === b.source);
}

/** A name that another part of the list may stand for. */
function sampleOf({ source, shape }: HolePart): string {
  if (/repository_owner$/i.test(source)) return 'acme';
  if (shape === 'repository') return 'acme/web';
  if (shape === 'integer' || shape === 'timestamp') return '12';
  if (/registry|host/i.test(source)) return 'registry.acme.com';
  return 'web';
}

function candidates(list: Template, part: HolePart, splitting: Splitting): readonly string[] {
  const name = nameIn(list, part);
  const index = list.findIndex(other => other.kind === 'hole' && isSame(other, part));
  const next = list[index + 1];
  const follows = next !== undefined && !(next.kind === 'text' && /^[\s,]/.test(next.text));
  switch (splitting) {
    case 'references':
      return [`x,${name}:latest${follows ? `,${name}:y` : ''}`, follows ? `x,${name},${name}/y` : `x,${name}`, `x\n${name}`];
    case 'tags':
      return [follows ? 'x,latest,y' : 'x,latest'];
    case 'words':
      return [follows ? 'x latest y' : 'x latest'];
    case 'lines':
      return ['x\nEXTRA=1'];
    case 'row':
      return isValue(list, index)
        ? [`a,value=latest${follows ? ',x=' : ''}`]
        : [`a,type=raw,prefix=,suffix=,value=latest${follows ? ',x=' : ''}`];
    case 'cache':
      return [`x,ref=${name}${follows ? ',x=' : ''}`, `x,type=registry,ref=${name}${follows ? ',x=' : ''}`];
    case 'output':
      return [`x,name=${name},push=true${follows ? ',x=' : ''}`];
    case 'settings':
      return [`x,${siblingOf(list, index)}${losesSlashes(part) ? '' : '/web'}${follows ? ',x=' : ''}`];
  }
}

/** The repository before the hole, as far as it is written or can be told. */
function nameIn(list: Template, part: HolePart): string {
  const written = render(list, other => (isSame(other, part) ? '\u0001' : sampleOf(other)));
  const before = written.slice(0, written.indexOf('\u0001'));
  const start = Math.max(before.lastIndexOf(','), before.lastIndexOf('=')) + 1;
  const reference = before.slice(start).trim();
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  const name = colon > 0 ? reference.slice(0, colon) : '';
  // Without slashes a short name of Docker Hub's is all that can be said.
  if (losesSlashes(part)) return 'web';
  const isName = /^[\w.-]+(?::\d+)?(?:\/[\w.-]+)+$/.test(name);
  return isName && mayBe(part.shape, name) ? name.toLowerCase() : 'ghcr.io/acme/web';
}

/** `type=raw,value=…` or a bare value. */
function isValue(list: Template, index: number): boolean {
  const before = literal(list.slice(0, index)) ?? '';
  const field = before.slice(before.lastIndexOf(',') + 1);
  const type = rowAttributes(before).get('type') ?? 'raw';
  return type === 'raw' && (!field.includes('=') || /^\s*value\s*=/.test(field));
}

// `${REF//\//-}`, `tr / -`, `sed 's|/|-|g'`; `${REF#refs/heads/}` takes only the start.
const withoutSlashes = /^\$\{\w+\/\/?\\?\/|^tr\s[^/]{0,100}\/|^sed\s.{0,50}s([|#,])\\?\/\1|^sed\s.{0,50}s\/\\\//;

/** A script on the way takes the slashes out of the value. */
function losesSlashes({ changes }: HolePart): boolean {
  return changes?.some(change => withoutSlashes.test(change)) === true;
}

/** `image.repository=evil` beside `image.tag=`. */
function siblingOf(list: Template, index: number): string {
  const before = literal(list.slice(0, index)) ?? '';
  const equals = before.lastIndexOf('=');
  const key = equals < 0 ? 'image.tag' : before.slice(before.lastIndexOf(',', equals) + 1, equals);
  const dot = key.lastIndexOf('.');
  const parent = dot < 0 ? 'image.' : key.slice(0, dot + 1);
  return `${parent}${/repository$/i.test(key) ? 'registry' : 'repository'}=evil`;
}

/** What the list holds with the hostile value, where that is more or something else than with a plain one. */
function outcome(plain: string, hostile: string, splitting: Splitting): string | undefined {
  switch (splitting) {
    case 'references':
      return more(commaItems(plain), commaItems(hostile), item => (hasTag(item) ? '' : ' (pushed as `latest`)'));
    case 'tags':
      return more(plainCommaItems(afterColon(plain)), plainCommaItems(afterColon(hostile)));
    case 'words':
      return more(wordItems(plain), wordItems(hostile));
    case 'lines':
      return more(lineItems(plain), lineItems(hostile));
    case 'settings':
      return more(helmItems(plain), helmItems(hostile));
    case 'row':
      return rowOutcome(rowAttributes(plain), rowAttributes(hostile));
    case 'cache':
    case 'output':
      return optionOutcome(optionAttributes(plain), optionAttributes(hostile), splitting);
  }
}

function more(plain: readonly string[], hostile: readonly string[], note: (item: string) => string = () => ''): string | undefined {
  if (hostile.length <= plain.length) return undefined;
  const shown = hostile.slice(0, 3).map(item => `\`${item}\`${note(item)}`);
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Behind the last `:` that no `/` follows: the tags of a reference. */
function afterColon(text: string): string {
  const first = text.indexOf(',') < 0 ? text : text.slice(0, text.indexOf(','));
  const colon = first.indexOf(':', first.lastIndexOf('/') + 1);
  return colon < 0 ? text : text.slice(colon + 1);
}

function hasTag(reference: string): boolean {
  return reference.indexOf(':', reference.lastIndexOf('/') + 1) >= 0;
}

function rowOutcome(plain: ReadonlyMap<string, string>, hostile: ReadonlyMap<string, string>): string | undefined {
  if (hostile.get('value') !== 'latest' || plain.get('value') === 'latest' || (hostile.get('type') ?? 'raw') !== 'raw') return undefined;
  const tag = `${hostile.get('prefix') ?? ''}latest${hostile.get('suffix') ?? ''}`;
  return `the row of the tag \`${tag}\`, since of two equal attributes the later counts`;
}

function optionOutcome(
  plain: ReadonlyMap<string, string>,
  hostile: ReadonlyMap<string, string>,
  splitting: 'cache' | 'output',
): string | undefined {
  const key = splitting === 'cache' ? 'ref' : 'name';
  const [before, after] = [plain.get(key), hostile.get(key)];
  if (after === undefined || before === after || after.startsWith(`${before}`)) return undefined;
  if (splitting === 'cache' && (hostile.get('type') ?? 'registry') !== 'registry') return undefined;
  if (splitting === 'output') return `an output named \`${after}\` with \`push=${hostile.get('push')}\``;
  return `a cache at \`${after}\`${hasTag(after) ? '' : ', in the place of the image `latest`'}, since of two equal attributes the later counts`;
}
