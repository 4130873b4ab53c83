import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Row } from '../../client/listing/row.ts';
import type { AskPullRequests, Origin } from '../../client/pullRequests.ts';
import type { GroupNode, TagNode } from '../../client/tree/nodes.ts';
import { PreviewPulls } from '../../client/tree/previewPulls.ts';
import { rowDescription, rowFacts, rowSpoken } from '../../client/tree/rowText.ts';
import type { PullRequest } from '../../core/github/pullRequests.ts';
import { digestOf } from '../../core/image/digest.ts';

const pulls = new Map<number, PullRequest>([
  [7, { number: 7, title: 'Add the till', state: 'open', url: 'https://github.com/acme/shop/pull/7' }],
  [8, { number: 8, title: 'Paint it', state: 'merged' }],
]);

let asked: { origin: Origin; numbers: readonly number[] }[];
let answer: () => Promise<ReadonlyMap<number, PullRequest>>;
let redrawn: string[][];
let states: PreviewPulls;
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  redrawn = [];
  answer = async () => pulls;
  const ask: AskPullRequests = (origin, numbers) => {
    asked.push({ origin, numbers });
    return answer();
  };
  states = new PreviewPulls(ask, nodes => redrawn.push(nodes.map(({ tag }) => tag)));
});
afterEach(() => {
  states.dispose();
  vi.useRealTimers();
});

function node(tag: string, source?: string, live = true): TagNode {
  const digest = digestOf(tag);
  const details = { digest, mediaType: '', content: 'image', platforms: [], children: [], created: '2026-11-01T00:00:00Z' } as const;
  const row: Row = {
    key: tag,
    tag,
    digest,
    listed: { tags: [tag], digest },
    details: { ...details, ...(source && { source }) },
    state: { status: 'read' },
  };
  const group = { kind: 'group', group: 'pullRequests' } as GroupNode;
  return { kind: 'tag', host: 'ghcr.io', repository: 'acme/shop', tag, parent: group, row, sameAs: [], live, state: { status: 'loading' } };
}

test('rows that are drawn together are asked for together, once, and drawn again', async () => {
  const rows = [node('pr-7'), node('pr-8'), node('pr-9')];
  for (const row of rows) expect(states.of(row)).toBeUndefined();
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toEqual([{ origin: { host: 'ghcr.io' }, numbers: [7, 8, 9] }]);
  expect(redrawn).toEqual([['pr-7', 'pr-8']]);
  expect(rows.map(row => states.of(row)?.state)).toEqual(['open', 'merged', undefined]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(1);
});

test('several tags that were made for one pull request are all drawn again', async () => {
  const rows = [node('pr-7'), node('pr-7-1a2b3c4')];
  for (const row of rows) states.of(row);
  await vi.advanceTimersByTimeAsync(100);
  expect(redrawn).toEqual([['pr-7', 'pr-7-1a2b3c4']]);
});

test('where images come from different repositories each is asked for its own', async () => {
  for (const source of ['https://github.com/acme/shop', 'https://github.com/acme/api']) states.of(node('pr-7', source));
  await vi.advanceTimersByTimeAsync(100);
  expect(asked.map(({ origin }) => origin.source)).toEqual(['https://github.com/acme/shop', 'https://github.com/acme/api']);
});

test('nothing is asked for tags of other kinds, for old rows, and for what is not read yet', async () => {
  const unread = node('pr-7');
  const { details: _, ...rest } = unread.row;
  states.of(node('prod'));
  states.of(node('pr-7', undefined, false));
  states.of({ ...unread, row: rest });
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toEqual([]);
});

test('trouble leaves the rows without titles, and is not asked for again at once', async () => {
  answer = () => Promise.reject(new Error('no'));
  states.of(node('pr-7'));
  await vi.advanceTimersByTimeAsync(100);
  states.of(node('pr-7'));
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toHaveLength(1);
  expect(redrawn).toEqual([]);
});

test('after a sign-in what had no answer is asked for again', async () => {
  answer = async () => new Map();
  states.of(node('pr-7'));
  await vi.advanceTimersByTimeAsync(100);
  answer = async () => pulls;
  states.renew();
  states.of(node('pr-7'));
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toHaveLength(2);
  expect(states.of(node('pr-7'))?.title).toBe('Add the till');
});

test('a row says number, title and state, and that a preview of what is done is left over', () => {
  const { row } = node('pr-8');
  const pull = pulls.get(8);
  if (!pull) throw new Error('8 is missing');
  const context = { sameAs: [], signed: false, now: Date.parse('2026-11-02T00:00:00Z'), pull };
  expect(rowDescription(row, context)).toMatch(/^#8 merged, left over · Paint it · [0-9a-f]{12}/);
  expect(rowDescription(row, { ...context, pull: { ...pull, state: 'open' } })).toContain('#8 open · Paint it · ');
  expect(rowSpoken(row, 'pull request', context)).toContain('pull request, 8, merged, left over, Paint it, ');
  expect(rowFacts(row, 'pull request', context)).toContainEqual(['Pull request', '#8 Paint it (merged, left over)']);
});
