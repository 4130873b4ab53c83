import { shortDigest } from '../../core/image/digest.ts';
import { display } from '../../core/image/template.ts';
import { type FoundImage, type ImageAnswer, type ImageName, imageKey } from '../../core/live/answers.ts';
import { produces } from '../../core/live/produces.ts';
import type { ImageUse } from '../../core/live/uses.ts';
import { asOf, nameOf, namesApart, oneLine, shortName, shortTag } from '../../core/live/words.ts';
import { age } from '../../core/text/age.ts';
import { escaped } from '../../core/text/markdown.ts';
import { printable } from '../../core/text/printable.ts';
import { table } from '../markdown.ts';

/** Rows that a hover has room for. */
const mostRows = 12;

/** A form of a reference with what is known of it. */
export interface Shown {
  readonly use: ImageUse;
  readonly answer?: ImageAnswer | undefined;
}

/** What references at one place name now, and what those become that a run decides; `undefined` where there is nothing to say. */
export function aboutImages(shown: readonly Shown[], markdown: boolean, now: number): string | undefined {
  const each = [...new Map(shown.map(one => [one.use.image ? imageKey(one.use.image) : display(one.use.form), one])).values()];
  const found = each.flatMap(({ use, answer }) => (use.image && answer?.status === 'found' ? [{ use, image: use.image, answer }] : []));
  const missing = each.filter(({ use, answer }) => use.image && answer?.status === 'missing').map(({ use }) => use);
  const parts = [
    ...(found.length > 0 ? [markdown ? foundTable(found, now) : foundLines(found, now)] : []),
    ...missing
      .slice(0, mostRows)
      .map(use => `${strong(nameOf(use), markdown)} ${use.role === 'read' ? 'is not in the registry' : 'was not pushed yet'}.`),
    ...openLines(each, markdown),
  ];
  const left = Math.max(0, found.length - mostRows) + Math.max(0, missing.length - mostRows);
  const readAt = shown.flatMap(({ answer }) => (answer && 'readAt' in answer ? [answer.readAt] : [])).sort()[0];
  if (parts.length === 0) return undefined;
  const rest = left > 0 ? [`${left} more are not shown.`] : [];
  return [...parts, ...rest, ...(readAt === undefined ? [] : [markdown ? `*${escaped(asOf(readAt, now))}*` : asOf(readAt, now)])].join(
    '\n\n',
  );
}

function strong(text: string, markdown: boolean): string {
  return markdown ? `**${escaped(text)}**` : printable(text);
}

/** What a run makes of the forms of which it decides a part. */
function openLines(shown: readonly Shown[], markdown: boolean): readonly string[] {
  const open = shown.filter(({ use }) => !use.image);
  const formsOf = (reads: boolean) => [
    ...new Set(open.filter(({ use }) => (use.role === 'read') === reads).flatMap(({ use }) => produces(use.form) ?? [])),
  ];
  return [true, false].flatMap(reads => {
    const forms = formsOf(reads);
    const rest = forms.length - mostRows;
    const lines = [...forms.slice(0, mostRows).map(form => strong(form, markdown)), ...(rest > 0 ? [`and ${rest} more`] : [])];
    if (lines.length === 0) return [];
    const does = reads ? 'A run would read' : 'A run would produce';
    return lines.length === 1 ? [`${does} ${lines.join('')}`] : [[`${does}:`, ...lines.map(line => `- ${line}`)].join('\n')];
  });
}

interface Found {
  readonly use: ImageUse;
  readonly image: ImageName;
  readonly answer: FoundImage;
}

function foundTable(found: readonly Found[], now: number): string {
  const names = namesApart(found.map(({ image }) => image));
  const rows = found.slice(0, mostRows).map(({ image, answer }) => {
    const { digest, platforms, revision, signed, aliases } = answer;
    return [
      `**${escaped(names.get(imageKey(image)) ?? shortName(image))}**`,
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
  const names = namesApart(found.map(({ image }) => image));
  return found
    .slice(0, mostRows)
    .flatMap(({ use, image, answer }) => {
      return oneLine(image, answer, { role: use.role, now, name: names.get(imageKey(image)) ?? shortName(image) }) ?? [];
    })
    .join('\n');
}

/** When the tag was moved, else when the image was built. */
function dateOf({ pushedAt, createdAt }: FoundImage, now: number): string {
  if (pushedAt !== undefined) return `pushed ${age(pushedAt, now).long}`;
  return createdAt === undefined ? '' : `built ${age(createdAt, now).long}`;
}
