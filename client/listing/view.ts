import { type Digest, isDigest } from '../../core/image/digest.ts';
import { parseTrail, tagKind } from '../../core/image/tagKind.ts';
import { environmentTags, type Group, groupOf, type Roles } from './groups.ts';
import { dateOf, type Row, sizeOf } from './row.ts';

export const sorts = ['newest', 'oldest', 'name', 'nameDown', 'size'] as const;
export type Sort = (typeof sorts)[number];

/** How a person wants to see a repository; kept from one day to the next. */
export interface Look {
  readonly sort: Sort;
  /** Part of a tag, or the beginning of a digest or a commit; empty shows all. */
  readonly filter: string;
}

export const usualLook: Look = { sort: 'newest', filter: '' };

const collator = new Intl.Collator('en', { numeric: true });
const compareNames = (a: string, b: string) => collator.compare(a, b);

/** The rows of each group that has any, in order. */
export function arrange(rows: Iterable<Row>, roles: Roles, look: Look): ReadonlyMap<Group, readonly Row[]> {
  const found = new Map<Group, Row[]>();
  for (const row of rows) {
    if (!matches(row, look.filter)) continue;
    const group = groupOf(row, roles);
    const others = found.get(group);
    if (others) others.push(row);
    else found.set(group, [row]);
  }
  for (const [group, members] of found) members.sort(order(group, roles, look.sort));
  return found;
}

/** Whether a filter finds a row: in its tag anywhere, at the beginning of its digest or of the commit it was built from. */
export function matches({ tag, digest, details }: Row, filter: string): boolean {
  const text = filter.trim().toLowerCase();
  if (text === '' || tag?.toLowerCase().includes(text)) return true;
  const hex = text.replace(/^sha256:/, '');
  return (digest?.startsWith(`sha256:${hex}`) || details?.revision?.toLowerCase().startsWith(text)) ?? false;
}

function order(group: Group, roles: Roles, sort: Sort): (a: Row, b: Row) => number {
  const wanted = byChoice(sort, group);
  if (group !== 'environments') return wanted;
  // What is deployed stands first, in the policy's order; the trail that promotions leave comes behind it.
  const places = new Map(environmentTags(roles).map((tag, index) => [tag, index]));
  const place = ({ tag = '' }: Row) => places.get(tag) ?? (tagKind(tag) === 'trail' ? 2000 : usualPlace(tag));
  return (a, b) => place(a) - place(b) || wanted(a, b);
}

/** Without a policy: production before what comes before it. */
function usualPlace(tag: string): number {
  return 1000 + (/^(?:prod|prd|live)/.test(tag) ? 0 : /^(?:stag|stg|pre)/.test(tag) ? 1 : 2);
}

function byChoice(sort: Sort, group: Group): (a: Row, b: Row) => number {
  switch (sort) {
    case 'name':
      return (a, b) => compareNames(a.key, b.key);
    case 'nameDown':
      return (a, b) => compareNames(b.key, a.key);
    case 'size':
      return (a, b) => (sizeOf(b) ?? -1) - (sizeOf(a) ?? -1) || newest(group)(a, b);
    case 'oldest':
      return (a, b) => newest(group)(b, a);
    case 'newest':
      return newest(group);
  }
}

/** Newest first by date; where a registry tells no dates, by version and number, which count up. */
function newest(group: Group): (a: Row, b: Row) => number {
  return (a, b) => {
    const [one, other] = [dateFor(a, group), dateFor(b, group)];
    if (one !== other) return one < other ? 1 : -1;
    return latestFirst(a) - latestFirst(b) || compareNames(b.key, a.key);
  };
}

const latestFirst = ({ tag }: Row) => (tag === 'latest' ? 0 : 1);

/**
 * The date that decides. Names that count up say more than the dates of those few rows that were looked at; names of commits say
 * nothing, so there what is known comes first.
 */
function dateFor(row: Row, group: Group): string {
  const { tag = '', listed } = row;
  if (listed.pushedAt !== undefined) return listed.pushedAt;
  if (group === 'environments') return parseTrail(tag)?.day ?? '';
  return group === 'releases' || group === 'pullRequests' ? '' : (dateOf(row) ?? '');
}

/** The tags of each image among these rows, for "= prod, latest". */
export function tagsByDigest(rows: Iterable<Row>): ReadonlyMap<Digest, readonly string[]> {
  const found = new Map<Digest, string[]>();
  for (const { tag, digest } of rows) {
    if (tag === undefined || digest === undefined) continue;
    const tags = found.get(digest);
    if (tags) tags.push(tag);
    else found.set(digest, [tag]);
  }
  return found;
}

/** Whether a filter asks for a digest or a commit, which names alone do not tell. */
export function asksBeyondNames(filter: string): boolean {
  const text = filter.trim();
  return isDigest(text) || /^(?:sha256:)?[0-9a-f]{7,64}$/i.test(text);
}
