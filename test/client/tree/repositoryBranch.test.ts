import { afterEach, beforeEach, expect, test } from 'vitest';
import { Bodies } from '../../../client/cache/bodies.ts';
import { cachedReader } from '../../../client/cache/reader.ts';
import type { Snapshot } from '../../../client/listing/listing.ts';
import { RepositoryListing } from '../../../client/listing/repositoryListing.ts';
import { type Look, usualLook } from '../../../client/listing/view.ts';
import { type GroupNode, idOf, type Node, type RepositoryNode } from '../../../client/tree/nodes.ts';
import { RepositoryBranch } from '../../../client/tree/repositoryBranch.ts';
import { rowDescription } from '../../../client/tree/rowText.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { push } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { fill, image } from '../listing/repositories.ts';

const repository = 'acme/shop';
const context = { sameAs: [], signed: false, now: Date.now() };
let registry: RunningRegistry;
let node: RepositoryNode;
let drawn: Node[];
let look: Look;
let kept: Snapshot | undefined;
let branch: RepositoryBranch;

function open(): RepositoryBranch {
  const memory = {
    read: async () => kept,
    write: (snapshot: Snapshot) => {
      kept = snapshot;
    },
  };
  const reader = cachedReader(connect(registry.host, { timeout: 2000 }), new Bodies());
  node = {
    kind: 'repository',
    host: registry.host,
    repository,
    parent: { kind: 'registry', host: registry.host, named: [], shown: 100 },
  };
  drawn = [];
  return new RepositoryBranch(node, new RepositoryListing(reader, repository, { memory }), {
    look: () => look,
    redraw: nodes => drawn.push(...nodes),
    busy: work => void work.catch(() => undefined),
  });
}

const eventually = async (holds: () => boolean) => {
  for (const end = Date.now() + 5000; !holds() && Date.now() < end; ) await new Promise(resolve => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
};
const group = async (name: string): Promise<GroupNode> => {
  const found = (await branch.groups()).find(one => one.group === name);
  if (!found) throw new Error(`There is no group ${name}.`);
  return found;
};

beforeEach(async () => {
  registry = await startRegistry();
  fill(registry.store, repository, 130, 20);
  look = usualLook;
  kept = undefined;
  branch = open();
});
afterEach(async () => {
  branch.dispose();
  await registry.stop();
});

test('shows a page of a group, and another one when it is asked for, each row under an id of its own', async () => {
  const releases = await group('releases');
  expect(branch.page(releases)).toMatchObject({ rest: 80, mayBeMore: false });
  await branch.more(releases);
  const { rows, rest } = branch.page(releases);
  expect([rows.length, rest]).toEqual([100, 30]);
  expect(new Set(rows.map(idOf)).size).toBe(100);
  expect(idOf(releases)).toBe(`${registry.host}/${repository}#releases`);
});

test('draws what it learns of a row, and keeps the row’s object', async () => {
  const environments = await group('environments');
  const [prod] = branch.page(environments).rows;
  if (prod?.kind !== 'tag') throw new Error('no row');
  // The editor asks again for what is below a row that is drawn anew.
  await eventually(() => branch.page(environments).rows[0] === prod && prod.state.status === 'known' && prod.state.image !== undefined);
  await eventually(() => drawn.length > 0);
  branch.page(await group('releases'));
  await eventually(() => branch.page(environments).rows[0] === prod && prod.sameAs.length >= 2);
  expect(prod.sameAs.slice(0, 2)).toEqual(['v1.0.120', 'v1.0.100']);
});

test('shows what was last known at once, from which nothing can be changed until the registry has answered', async () => {
  await branch.groups();
  await eventually(() => (kept?.rows.length ?? 0) > 130);
  branch.dispose();
  registry.faults.add({ kind: 'latency', milliseconds: 150 });
  branch = open();
  const before = registry.requests.length;
  const [prod] = branch.page(await group('environments')).rows;
  expect(registry.requests.length).toBe(before);
  expect(prod?.live).toBe(false);
  expect(branch.listing.progress.asOf).toBeLessThanOrEqual(Date.now());
  await eventually(() => branch.listing.progress.asOf === undefined && drawn.includes(node));
  expect(branch.page(await group('environments')).rows[0]?.live).toBe(true);
});

test('keeps its rows where the registry is gone, takes the changes away, and has them back when it answers', async () => {
  branch.page(await group('environments'));
  registry.faults.add({ kind: 'reset' });
  await branch.refresh();
  expect(node.trouble?.message).toContain('closed the connection');
  const [prod] = branch.page(await group('environments')).rows;
  expect(prod?.live).toBe(false);
  registry.faults.clear();
  push(registry.store, repository, image(50), ['prod']);
  await branch.lookAgain();
  expect(node.trouble).toBeUndefined();
  const [again] = branch.page(await group('environments')).rows;
  expect(again).toBe(prod);
  expect(again?.live).toBe(true);
});

test('leaves what is known of its rows where the registry goes away while they are looked at, and on disk', async () => {
  const environments = await group('environments');
  branch.page(environments);
  await eventually(() => branch.listing.rows.get('prod')?.details !== undefined);
  const { digest } = branch.listing.rows.get('prod') ?? {};
  registry.faults.add({ kind: 'reset', path: /manifests|blobs|referrers/ });
  await branch.refresh();
  branch.page(environments);
  await eventually(() => node.trouble !== undefined);
  expect(branch.listing.rows.get('prod')).toMatchObject({ digest, details: expect.anything() });
  const row = branch.listing.rows.get('prod');
  expect(row && rowDescription(row, context)).toMatch(/^[0-9a-f]{12} · .*amd64, arm64/);
  expect(kept?.rows.find(({ key }) => key === 'prod')).toMatchObject({ digest, state: expect.not.objectContaining({ status: 'failed' }) });
});

test('still counts its rows as all there are while it cannot read them again, and says since when', async () => {
  branch.page(await group('releases'));
  await eventually(() => branch.listing.progress.complete);
  const told = branch.listing.progress.at;
  registry.faults.add({ kind: 'reset' });
  await branch.refresh();
  const releases = await group('releases');
  expect(branch.page(releases)).toMatchObject({ rest: 80, mayBeMore: false });
  expect(branch.listing.sorting).toBe(false);
  expect(branch.listing.progress.at).toBe(told);
  branch.dispose();
  branch = open();
  await group('releases');
  expect(branch.listing.progress).toMatchObject({ complete: true, asOf: told });
});

test('reads after all what was closed before its first page came', async () => {
  registry.faults.add({ kind: 'latency', milliseconds: 300 });
  const opening = branch.groups();
  await new Promise(resolve => setTimeout(resolve, 50));
  branch.pause();
  expect(await opening).toEqual([]);
  expect(branch.listing.progress.at).toBeUndefined();
  registry.faults.clear();
  branch.resume();
  await eventually(() => drawn.includes(node) && branch.listing.rows.size > 130);
});

test('fills what a group that is opened again shows', async () => {
  const releases = await group('releases');
  registry.faults.add({ kind: 'latency', milliseconds: 30 });
  branch.page(releases);
  branch.hide(releases);
  registry.faults.clear();
  branch.see(releases);
  const shown = releases.rows.slice(0, 50);
  await eventually(() => shown.every(({ key }) => branch.listing.rows.get(key)?.details !== undefined));
});

test('says what a signature is about', async () => {
  const { digest } = image(0);
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, config: { mediaType: 'text/plain', digest, size: 1 }, layers: [] }));
  registry.store.putManifest(repository, 'application/vnd.oci.image.manifest.v1+json', bytes, [`${digest.replace(':', '-')}.sig`]);
  branch.page(await group('environments'));
  // The editor asks again for what is below a row that is drawn anew.
  await expect
    .poll(async () => {
      const [signature] = branch.page(await group('attached')).rows;
      return signature && rowDescription(signature.row, branch.context(signature));
    })
    .toMatch(/^signature of prod · /);
});

test('asks no more for rows that nobody sees, and goes on when somebody does', async () => {
  registry.faults.add({ kind: 'latency', milliseconds: 30 });
  const releases = await group('releases');
  branch.page(releases);
  branch.pause();
  await new Promise(resolve => setTimeout(resolve, 120));
  const stood = registry.requests.length;
  await new Promise(resolve => setTimeout(resolve, 120));
  expect(registry.requests.length).toBe(stood);
  registry.faults.clear();
  branch.resume();
  await eventually(() => branch.page(releases).rows.every(({ row }) => row.details !== undefined));
});

test('shows what a filter finds, by name, digest and commit', async () => {
  branch.page(await group('releases'));
  look = { sort: 'name', filter: 'v1.0.12' };
  await branch.lookChanged();
  const found = branch.page(await group('releases')).rows.map(({ row }) => row.key);
  expect(found).toEqual(['v1.0.12', ...Array.from({ length: 10 }, (_, number) => `v1.0.12${number}`)]);
  look = { sort: 'newest', filter: 'nothing like it' };
  await branch.lookChanged();
  expect(await branch.groups()).toEqual([]);
});
