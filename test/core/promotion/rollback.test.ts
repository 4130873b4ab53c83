import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../../core/image/digest.ts';
import { applyPlan } from '../../../core/promotion/apply.ts';
import { fileLedger, type Ledger, type LedgerEntry } from '../../../core/promotion/ledger.ts';
import { planPromotion } from '../../../core/promotion/plan.ts';
import { pointerOf } from '../../../core/promotion/pointer.ts';
import { planRollback } from '../../../core/promotion/rollback.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image, push } from './team.ts';

const repository = 'team/app';
const [a, b, c, d] = [image('a'), image('b'), image('c'), image('d')];
let running: RunningRegistry;
let registry: Registry;
let folder: string;
let ledger: Ledger;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host);
  push(running.store, repository, a, ['prod']);
  for (const built of [b, c, d]) push(running.store, repository, built);
  folder = await mkdtemp(join(tmpdir(), 'tallyman-ledger-'));
  ledger = fileLedger(join(folder, 'ledger.jsonl'));
});
afterEach(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

const prod = () => running.store.open(repository).tags.get('prod');
const plan = (to?: string) => planRollback(registry, { repository, tag: 'prod', ...(to !== undefined && { to }) }, ledger);

async function promote(digest: Digest): Promise<void> {
  const made = await planPromotion(registry, { repository, from: digest, to: 'prod' });
  expect(await applyPlan(made, registry, { ledger })).toMatchObject({ status: 'moved' });
}

async function rollBack(to?: string): Promise<void> {
  const found = await plan(to);
  if (found.status !== 'planned') throw new Error(found.status);
  expect(await applyPlan(found.plan, registry, { ledger })).toMatchObject({ status: 'moved' });
}

describe('rolling back by the ledger', () => {
  test('goes to the predecessor, and says why', async () => {
    await promote(b.digest);
    const found = await plan();
    expect(found).toMatchObject({ status: 'planned', lastWritten: b.digest, because: expect.stringContaining('as the ledger says') });
    await rollBack();
    expect(prod()).toBe(a.digest);
  });

  test('twice goes further back, never forward again', async () => {
    await promote(b.digest);
    await promote(c.digest);
    await rollBack();
    expect(prod()).toBe(b.digest);
    await rollBack();
    expect(prod()).toBe(a.digest);
    expect(await plan()).toMatchObject({ status: 'choose', current: a.digest });
  });

  test('an image that was rolled back from may be promoted again, and is then a predecessor again', async () => {
    await promote(b.digest);
    await rollBack();
    await promote(b.digest);
    await promote(c.digest);
    await rollBack();
    expect(prod()).toBe(b.digest);
  });

  test('an image that was promoted again after another is not gone back to once it was rolled back from', async () => {
    await promote(b.digest);
    await promote(a.digest);
    await rollBack();
    expect(prod()).toBe(b.digest);
    expect(await plan()).toMatchObject({ status: 'choose' });
  });

  test('after another writer moved the tag, it does not guess', async () => {
    await promote(b.digest);
    running.store.open(repository).tags.set('prod', d.digest);
    expect(await plan()).toMatchObject({ status: 'moved', lastWritten: b.digest, found: d.digest });
  });

  test('a move between two of ours is a step of its own', async () => {
    await promote(b.digest);
    running.store.open(repository).tags.set('prod', d.digest);
    await promote(c.digest);
    await rollBack();
    expect(prod()).toBe(d.digest);
    await rollBack();
    expect(prod()).toBe(b.digest);
  });

  test('a predecessor that was deleted is passed over', async () => {
    await promote(b.digest);
    await promote(c.digest);
    running.store.open(repository).manifests.delete(b.digest);
    await rollBack();
    expect(prod()).toBe(a.digest);
  });

  test('a move whose end was not recorded counts if the tag is there', async () => {
    const entry = {
      version: 1,
      id: 'x',
      time: '2026-11-20T00:00:00Z',
      kind: 'promote',
      host: running.host,
      repository,
      tag: 'prod',
    } as const;
    await ledger.append({ ...entry, state: 'started', from: a.digest, to: b.digest });
    expect(await plan()).toMatchObject({ status: 'choose' });
    running.store.open(repository).tags.set('prod', b.digest);
    expect(await plan()).toMatchObject({ status: 'planned', plan: { next: { digest: a.digest } } });
  });
});

describe('rolling back without an entry', () => {
  test('offers the trail, newest first, with dates and digests', async () => {
    const { tags } = running.store.open(repository);
    tags.set('prod-20261101-1111111', b.digest);
    tags.set('prod-20261114-2222222', a.digest);
    tags.set('prod-20261101-1111111-2', c.digest);
    tags.set('staging-20261120-3333333', d.digest);
    expect(await plan()).toEqual({
      status: 'choose',
      current: a.digest,
      trail: [
        { tag: 'prod-20261114-2222222', day: '2026-11-14', digest: a.digest, note: 'current' },
        { tag: 'prod-20261101-1111111-2', day: '2026-11-01', digest: c.digest },
        { tag: 'prod-20261101-1111111', day: '2026-11-01', digest: b.digest },
      ],
    });
  });

  test('goes where it is told, and warns of an image that was rolled back from', async () => {
    await rollBack(b.digest);
    expect(prod()).toBe(b.digest);
    await rollBack(c.digest);
    const again = await plan(b.digest);
    expect(again).toMatchObject({ status: 'planned' });
    if (again.status === 'planned')
      expect(again.plan.checks.at(-1)).toMatchObject({ result: 'warning', message: expect.stringContaining('rolled back from') });
  });
});

test('moves that are known to have failed are no history', () => {
  const entry = (state: LedgerEntry['state'], from: Digest, to: Digest): LedgerEntry => {
    return { version: 1, id: `${from}${to}`, time: '', kind: 'promote', state, host: 'h', repository, tag: 'prod', from, to };
  };
  const pointer = pointerOf(
    [entry('moved', a.digest, b.digest), entry('failed', b.digest, c.digest), entry('unverified', b.digest, d.digest)],
    b.digest,
  );
  expect(pointer).toMatchObject({ lastWritten: b.digest, predecessors: [{ digest: a.digest }] });
});
