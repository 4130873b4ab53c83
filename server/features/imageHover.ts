import { shortDigest } from '../../core/image/digest.ts';
import { display } from '../../core/image/template.ts';
import type { FoundImage, ImageAnswer, ImageName } from '../../core/live/answers.ts';
import { produces } from '../../core/live/produces.ts';
import type { ImageUse } from '../../core/live/uses.ts';
import { asOf, oneLine, shortTag } from '../../core/live/words.ts';
import { age } from '../../core/text/age.ts';
import { printable } from '../../core/text/printable.ts';
import { escaped, table } from '../markdown.ts';

/** Rows that a hover has room for. */
const mostRows = 12;

/** A form of a reference with what is known of it. */
export interface Shown {
  readonly use: ImageUse;
  readonly answer?: ImageAnswer | undefined;
}

/** What references at one place name now, and what those become that a run decides; `undefined` where there is nothing to say. */
export function aboutImages(shown: readonly Shown[], markdown: boolean, now: number): string | undefined {
  const found = shown.flatMap(({ use, answer }) => (use.image && answer?.status === 'found' ? [{ use, image: use.image, answer }] : []));
  const missing = shown.filter(({ use, answer }) => use.image && answer?.status === 'missing');
  const open = shown.filter(({ use }) => !use.image);
  const text = markdown ? escaped : printable;
  const code = (one: string) => (markdown ? `**${escaped(one)}**` : printable(one));
  const parts = [
    ...(found.length > 0 ? [markdown ? foundTable(found, now) : foundLines(found, now)] : []),
    ...missing
      .slice(0, mostRows)
      .map(({ use: { form, role } }) => `${code(display(form))} ${role === 'read' ? 'is not in the registry' : 'was not pushed yet'}.`),
    ...open.slice(0, mostRows).map(({ use: { form } }) => `${code(display(form))} would produce ${text(produces(form))}`),
  ];
  const readAt = shown.flatMap(({ answer }) => (answer && 'readAt' in answer ? [answer.readAt] : [])).sort()[0];
  if (parts.length === 0) return undefined;
  return [...parts, ...(readAt === undefined ? [] : [markdown ? `*${escaped(asOf(readAt, now))}*` : asOf(readAt, now)])].join('\n\n');
}

interface Found {
  readonly use: ImageUse;
  readonly image: ImageName;
  readonly answer: FoundImage;
}

function foundTable(found: readonly Found[], now: number): string {
  const rows = found.slice(0, mostRows).map(({ image, answer }) => {
    const { digest, platforms, revision, signed, aliases } = answer;
    return [
      `**${escaped(nameOf(image))}**`,
      `\`${shortDigest(digest)}\``,
      // A narrow column would break at each space.
      escaped(dateOf(answer, now)).replaceAll(' ', '\u00a0'),
      escaped(platforms?.join(', ') ?? ''),
      escaped(revision?.slice(0, 7) ?? ''),
      signed ?? '',
      escaped(aliases.slice(0, 6).map(shortTag).join(', ')),
    ];
  });
  const head = ['tag', 'digest', 'since', 'platforms', 'commit', 'signature', 'same image'];
  const kept = head.map((_, column) => rows.some(row => row[column] !== ''));
  const cut = (cells: readonly string[]) => cells.filter((_, column) => kept[column]);
  return table(cut(head), rows.map(cut));
}

function foundLines(found: readonly Found[], now: number): string {
  return found
    .slice(0, mostRows)
    .flatMap(({ use, image, answer }) => oneLine(image, answer, use.role, now) ?? [])
    .join('\n');
}

function nameOf({ tag, digest }: ImageName): string {
  return tag ?? (digest ? shortDigest(digest) : 'latest');
}

/** When the tag was moved, else when the image was built. */
function dateOf({ pushedAt, createdAt }: FoundImage, now: number): string {
  if (pushedAt !== undefined) return `pushed ${age(pushedAt, now).long}`;
  return createdAt === undefined ? '' : `built ${age(createdAt, now).long}`;
}
