import { afterEach, beforeEach, expect, test } from 'vitest';
import { DetailRows } from '../../../client/tree/detailRows.ts';
import { type GroupNode, nodeOf, type TagNode } from '../../../client/tree/nodes.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { push } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image } from '../listing/repositories.ts';

const repository = 'acme/shop';
let registry: RunningRegistry;
let rows: DetailRows;
let node: TagNode;

beforeEach(async () => {
  registry = await startRegistry();
  const digest = push(registry.store, repository, image(1), ['prod']);
  const reader = connect(registry.host, { timeout: 2000 });
  rows = new DetailRows({ reader: () => reader }, async () => ({ uses: [], now: Date.parse('2026-02-01T00:00:00Z') }));
  const group = { kind: 'group', host: registry.host, repository } as GroupNode;
  const made = nodeOf(group, { key: 'prod', tag: 'prod', digest, listed: { tags: ['prod'], digest }, state: { status: 'read' } });
  if (made.kind !== 'tag') throw new Error('It is no tag.');
  node = made;
});
afterEach(() => registry.stop());

test('tell what an image is', async () => {
  const details = await rows.of(node);
  const labels = details.map(one => (one.kind === 'detail' ? `${one.label} | ${one.description}` : one.kind));
  expect(labels).toEqual([
    expect.stringMatching(/^[0-9a-f]{12} \| digest$/),
    '0000000 | revision',
    'built 1 month ago | ',
    '2 platforms | linux/amd64, linux/arm64',
    expect.stringMatching(/^1 layer \| [\d.]+ k?B of linux\/amd64$/),
    '5 labels | undefined',
    expect.stringMatching(/^Provenance \| slsa\.dev\/provenance\/v1 · linux\/amd64$/),
    expect.stringMatching(/^Provenance \| slsa\.dev\/provenance\/v1 · linux\/arm64$/),
  ]);
});

test('of a row that was closed meanwhile are read no further, and asked for again once it is opened', async () => {
  registry.faults.add({ kind: 'latency', milliseconds: 200 });
  const reading = rows.of(node);
  await new Promise(resolve => setTimeout(resolve, 50));
  rows.stop(node);
  expect(await reading).toEqual([]);
  const asked = registry.requests.length;
  await new Promise(resolve => setTimeout(resolve, 400));
  expect(registry.requests.length - asked).toBeLessThanOrEqual(1);
  expect(rows.wasStopped(node)).toBe(true);
  expect(rows.wasStopped(node)).toBe(false);
  registry.faults.clear();
  expect((await rows.of(node)).length).toBeGreaterThan(5);
  rows.stop(node);
  expect(rows.wasStopped(node)).toBe(false);
});

test('say in a sentence why they cannot be read', async () => {
  registry.faults.add({ kind: 'reset' });
  expect(await rows.of(node)).toMatchObject([{ kind: 'note', text: expect.stringContaining('closed the connection') }]);
});
