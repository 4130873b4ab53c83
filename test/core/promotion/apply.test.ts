import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyPlan } from '../../../core/promotion/apply.ts';
import { fileLedger, type Ledger, LedgerError } from '../../../core/promotion/ledger.ts';
import type { Outcome, Plan } from '../../../core/promotion/model.ts';
import { planPromotion } from '../../../core/promotion/plan.ts';
import { describeOutcome } from '../../../core/promotion/words.ts';
import { RegistryError } from '../../../core/registry/errors.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image, push } from './team.ts';

const repository = 'team/app';
const now = new Date('2026-11-21T10:00:00Z');
const [before, after, other] = [image('before'), image('after'), image('other')];
let running: RunningRegistry;
let registry: Registry;
let folder: string;
let ledger: Ledger;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host, { timeout: 1500 });
  push(running.store, repository, before, ['prod']);
  push(running.store, repository, after, ['staging']);
  push(running.store, repository, other);
  folder = await mkdtemp(join(tmpdir(), 'tallyman-ledger-'));
  ledger = fileLedger(join(folder, 'ledger.jsonl'));
});
afterEach(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

const plan = () => planPromotion(registry, { repository, from: 'staging', to: 'prod' }, { now });
const apply = (made: Plan, signal?: AbortSignal) => applyPlan(made, registry, { ledger, now: () => now, ...(signal && { signal }) });
const tags = () => Object.fromEntries(running.store.open(repository).tags);
const puts = () => running.requests.filter(({ method }) => method === 'PUT').map(({ path }) => path.split('/').at(-1));
const prod = /manifests\/prod$/;
const entries = () => ledger.entries({ host: running.host, repository, tag: 'prod' });
/** Another writer, just before a request of this kind is handled. */
const meanwhile = (method: string, count = 1, path = prod) =>
  running.faults.add({ kind: 'before', method, path, count, run: store => void store.open(repository).tags.set('prod', other.digest) });

describe('applying a plan', () => {
  test('writes the trail first, the tag last, the same bytes, and records it', async () => {
    const made = await plan();
    const outcome = await apply(made);
    const trail = [`prod-20261121-${made.current?.revision?.slice(0, 7)}`, `prod-20261121-${made.next.revision?.slice(0, 7)}`];
    expect(outcome).toEqual({ status: 'moved', trail, recorded: true });
    expect(puts()).toEqual([...trail, 'prod']);
    expect(tags()).toEqual({ staging: after.digest, prod: after.digest, [trail[0] ?? '']: before.digest, [trail[1] ?? '']: after.digest });
    expect(await entries()).toMatchObject([
      { state: 'moved', from: before.digest, to: after.digest, kind: 'promote', time: now.toISOString() },
    ]);
    expect(describeOutcome(made, outcome)).toMatch(
      /^`prod` now names [0-9a-f]{12}; running workloads change only when they are redeployed\.$/,
    );
  });

  test('sends exactly the requests that the plan shows', async () => {
    const made = await plan();
    const seen = running.requests.length;
    await apply(made);
    const sent = running.requests.slice(seen).map(({ method, path }) => `${method} ${running.url}${path}`);
    expect(sent).toEqual(made.requests.map(({ method, url }) => `${method} ${url}`));
  });

  test('a tag that is new is created', async () => {
    const made = await planPromotion(registry, { repository, from: after.digest, to: 'canary' }, { now });
    expect(made.expected).toBe('absent');
    expect(await apply(made)).toMatchObject({ status: 'moved' });
    expect(tags()['canary']).toBe(after.digest);
  });

  test('a tag that names the image already is left alone', async () => {
    await apply(await plan());
    const again = await plan();
    expect(again).toMatchObject({ alreadyThere: true, requests: [], trail: [] });
    const seen = puts().length;
    expect(await apply(again)).toEqual({ status: 'unchanged' });
    expect(puts()).toHaveLength(seen);
  });

  test('a source that moves after planning is of no account: the confirmed image is written', async () => {
    const made = await plan();
    running.store.open(repository).tags.set('staging', other.digest);
    await apply(made);
    expect(tags()['prod']).toBe(after.digest);
  });
});

describe('when the tag moves meanwhile', () => {
  test('between plan and apply, nothing at all is written', async () => {
    const made = await plan();
    running.store.open(repository).tags.set('prod', other.digest);
    expect(await apply(made)).toEqual({ status: 'stale', tag: 'prod', expected: before.digest, found: other.digest, trail: [] });
    expect(puts()).toEqual([]);
    expect(await entries()).toEqual([]);
  });

  test('while the trail is written, the tag is not', async () => {
    const made = await plan();
    meanwhile('PUT', 1, /manifests\/prod-/);
    const outcome = await apply(made);
    expect(outcome).toMatchObject({ status: 'stale', found: other.digest, trail: made.trail.map(({ tag }) => tag) });
    expect(tags()['prod']).toBe(other.digest);
    expect(describeOutcome(made, outcome)).toContain('Only the trail was written');
    expect(await entries()).toMatchObject([{ state: 'failed' }]);
  });

  test('a tag that disappeared, or that appeared where none was, has moved too', async () => {
    const made = await plan();
    running.store.open(repository).tags.delete('prod');
    expect(await apply(made)).toMatchObject({ status: 'stale', found: 'absent' });
    const fresh = await plan();
    running.store.open(repository).tags.set('prod', other.digest);
    expect(await apply(fresh)).toMatchObject({ status: 'stale', expected: 'absent', found: other.digest });
  });

  test('a trail name that was taken meanwhile is not overwritten', async () => {
    const made = await plan();
    const name = made.trail[1]?.tag ?? '';
    running.store.open(repository).tags.set(name, other.digest);
    expect(await apply(made)).toMatchObject({ status: 'stale', tag: name });
    expect(tags()).toMatchObject({ prod: before.digest, [name]: other.digest });
  });

  test('right after the write, the other writer is named and nothing is undone', async () => {
    const made = await plan();
    meanwhile('GET');
    const outcome = await apply(made);
    expect(outcome).toMatchObject({ status: 'overwritten', found: other.digest, recorded: true });
    expect(describeOutcome(made, outcome)).toContain('another writer came in between');
    expect(puts().filter(name => name === 'prod')).toHaveLength(1);
  });
});

describe('when the answer to the write is lost', () => {
  test('the tag is read, and a write that did happen counts as done', async () => {
    const made = await plan();
    running.faults.add({ kind: 'resetAfter', method: 'PUT', path: prod });
    expect(await apply(made)).toMatchObject({ status: 'moved' });
    expect(puts().filter(name => name === 'prod')).toHaveLength(1);
  });

  test.each([{ kind: 'reset' }, { kind: 'status', status: 500 }, { kind: 'status', status: 502 }] as const)(
    'a write that did not happen is sent once more, after reading ($kind $status)',
    async fault => {
      const made = await plan();
      running.faults.add({ ...fault, method: 'PUT', path: prod, count: 1 });
      expect(await apply(made)).toMatchObject({ status: 'moved' });
      const writes = running.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
      expect(writes.slice(writes.indexOf('PUT prod'))).toEqual(['PUT prod', 'HEAD prod', 'PUT prod', 'GET prod']);
    },
  );

  test('a write that times out is looked for before anything else', async () => {
    const made = await plan();
    running.faults.add({ kind: 'latency', milliseconds: 2500, method: 'PUT', path: prod, count: 1 });
    expect(await apply(made)).toMatchObject({ status: 'moved' });
    expect(tags()['prod']).toBe(after.digest);
  });

  test("another writer's tag is not written over", async () => {
    const made = await plan();
    meanwhile('PUT');
    running.faults.add({ kind: 'reset', method: 'PUT', path: prod });
    expect(await apply(made)).toMatchObject({ status: 'overwritten', found: other.digest });
    expect(tags()['prod']).toBe(other.digest);
  });

  test('a registry that then says nothing more leaves it unverified, never done', async () => {
    const made = await plan();
    running.faults.add({ kind: 'resetAfter', method: 'PUT', path: prod });
    running.faults.add({ kind: 'before', method: 'PUT', path: prod, run: () => void running.faults.add({ kind: 'status', status: 500 }) });
    const outcome = await apply(made);
    expect(outcome).toMatchObject({ status: 'unverified', recorded: true });
    expect(describeOutcome(made, outcome)).toContain('could not be confirmed');
    expect(await entries()).toMatchObject([{ state: 'unverified' }]);
  });

  test('a write that never shows is unverified, with what the tag names', async () => {
    const made = await plan();
    running.faults.add({ kind: 'status', status: 503, method: 'PUT', path: prod });
    expect(await apply(made)).toMatchObject({ status: 'unverified', found: before.digest });
    expect(puts().filter(name => name === 'prod')).toHaveLength(2);
  });
});

describe('when it does not go through', () => {
  test('a refusal of the registry is an error, and the tag is where it was', async () => {
    const made = await plan();
    running.faults.add({ kind: 'status', status: 403, method: 'PUT', path: prod });
    await expect(apply(made)).rejects.toThrow(RegistryError);
    expect(tags()['prod']).toBe(before.digest);
    expect(await entries()).toMatchObject([{ state: 'failed' }]);
  });

  test('a trail that cannot be written stops it before the tag', async () => {
    const made = await plan();
    running.faults.add({ kind: 'status', status: 500, method: 'PUT', path: /manifests\/prod-/ });
    await expect(apply(made)).rejects.toThrow(RegistryError);
    expect(tags()['prod']).toBe(before.digest);
  });

  test('a ledger that cannot be written stops it before anything', async () => {
    await writeFile(join(folder, 'file'), '');
    const blocked = fileLedger(join(folder, 'file', 'ledger.jsonl'));
    await expect(applyPlan(await plan(), registry, { ledger: blocked })).rejects.toThrow(LedgerError);
    expect(puts()).toEqual([]);
  });

  test('a ledger that cannot be written any more does not undo the move, and is told', async () => {
    let count = 0;
    const failing: Ledger = {
      entries: async () => [],
      append: async () => {
        if (++count > 1) throw new LedgerError('full');
      },
    };
    expect(await applyPlan(await plan(), registry, { ledger: failing })).toMatchObject({ status: 'moved', recorded: false });
  });

  test('an image that was deleted after planning is not written from memory', async () => {
    const made = await plan();
    running.store.open(repository).manifests.delete(after.digest);
    await expect(apply(made)).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    expect(puts()).toEqual([]);
  });

  test('cancelled before the write: nothing happens to the tag', async () => {
    const made = await plan();
    const controller = new AbortController();
    running.faults.add({ kind: 'before', method: 'PUT', path: /manifests\/prod-/, run: () => controller.abort() });
    expect(await apply(made, controller.signal)).toMatchObject({ status: 'cancelled', trail: [made.trail[0]?.tag] });
    expect(tags()['prod']).toBe(before.digest);
  });

  test('cancelled after the write was sent: it is finished and confirmed', async () => {
    const made = await plan();
    const controller = new AbortController();
    running.faults.add({ kind: 'before', method: 'PUT', path: prod, run: () => controller.abort() });
    expect(await apply(made, controller.signal)).toMatchObject({ status: 'moved', recorded: true });
  });

  test('a plan that a check refuses is not applied, whoever calls', async () => {
    const made = await plan();
    const refused: Plan = { ...made, checks: [{ id: 'target', result: 'refused', message: 'No.' }] };
    const outcome: Outcome = await apply(refused);
    expect(outcome.status).toBe('refused');
    expect(puts()).toEqual([]);
  });
});

test('the ledger holds no bytes and no more than what moved', async () => {
  await apply(await plan());
  const lines = (await readFile(join(folder, 'ledger.jsonl'), 'utf8')).trim().split('\n');
  expect(lines.map(line => Object.keys(JSON.parse(line)).sort())).toEqual(
    Array.from({ length: 2 }, () => ['from', 'host', 'id', 'kind', 'repository', 'state', 'tag', 'time', 'to', 'version']),
  );
});
