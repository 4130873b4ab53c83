import { shortDigest } from '../image/digest.ts';
import { tagKind } from '../image/tagKind.ts';
import { display } from '../image/template.ts';
import { age } from '../text/age.ts';
import { printable } from '../text/printable.ts';
import { type FoundImage, type ImageAnswer, type ImageName, imageKey } from './answers.ts';
import type { ImageUse } from './uses.ts';

/** Other tags of an image that one line has room for. */
const mostAliases = 2;

export interface LineOptions {
  readonly role: ImageUse['role'];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly name?: string;
  /** Other tags of the image are left out. */
  readonly brief?: boolean;
}

/** What a reference names now, on one line: `prod → 1a2b3c4d5e6f · 3 h · signed · = sha-9f8e7d6`; `undefined` where there is nothing to say. */
export function oneLine(
  image: ImageName,
  answer: ImageAnswer,
  { role, now, name = shortName(image), brief = false }: LineOptions,
): string | undefined {
  if (answer.status === 'missing') return `${name} → ${role === 'read' ? 'not there' : 'not pushed yet'}`;
  if (answer.status !== 'found') return undefined;
  const { digest: found, signed, aliases } = answer;
  const facts = [
    ...(image.digest ? [] : [shortDigest(found)]),
    ...ageOf(answer, now),
    // Most images are not, and most policies do not ask: the hover tells.
    ...(signed === 'signed' ? [signed] : []),
    ...(aliases.length > 0 && !brief ? [`= ${someAliases(aliases)}`] : []),
  ];
  return facts.length === 0 ? `${name} → there` : `${name} → ${facts.join(' · ')}`;
}

/** What people call an image whose repository they see: its tag, or a piece of its digest. */
export function shortName({ tag, digest }: ImageName): string {
  return printable(digest ? shortDigest(digest) : (tag ?? 'latest'));
}

/** The same for several that are shown together, by `imageKey`: with the host, or else the repository, where the tag does not tell them apart. */
export function namesApart(images: readonly ImageName[]): ReadonlyMap<string, string> {
  return new Map(
    images.map(image => {
      const alike = images.filter(other => shortName(other) === shortName(image) && imageKey(other) !== imageKey(image));
      const hosts = alike.every(({ host }) => host !== image.host);
      return [imageKey(image), `${shortName(image)}${alike.length > 0 ? ` (${printable(hosts ? image.host : image.repository)})` : ''}`];
    }),
  );
}

/** `3 h`, since the tag was moved or else since the image was built. */
function ageOf({ pushedAt, createdAt }: FoundImage, now: number): readonly string[] {
  const since = pushedAt ?? createdAt;
  return since === undefined ? [] : [age(since, now).short.replace(/(\d)(?=[a-z])/, '$1 ')];
}

function someAliases(aliases: readonly string[]): string {
  const shown = [...aliases].sort((a, b) => Number(isLong(a)) - Number(isLong(b))).slice(0, mostAliases);
  const rest = aliases.length - shown.length;
  return `${shown.map(alias => shortTag(printable(alias))).join(', ')}${rest > 0 ? ` +${rest}` : ''}`;
}

function isLong(tag: string): boolean {
  return tag.length > 40;
}

/** A reference as a sentence names it: its digest cut short. */
export function nameOf({ form }: Pick<ImageUse, 'form'>): string {
  return display(form).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…');
}

/** `sha-<40 characters>` as people write it. */
export function shortTag(tag: string): string {
  return tagKind(tag) === 'commit' ? tag.replace(/[0-9a-f]{40}(?:[0-9a-f]{24})?$/, id => `${id.slice(0, 7)}…`) : tag;
}

/** When a registry was asked, as the end of a sentence: `as of 14:03`, with the day where that was not today. */
export function asOf(readAt: string, now: number): string {
  const date = new Date(readAt);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return new Date(now).toDateString() === date.toDateString() ? `as of ${time}` : `as of ${day} ${time}`;
}
