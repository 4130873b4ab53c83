import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeptNames, RepositoryNames } from '../../../client/listing/repositoryNames.ts';
import type { Node, RegistryNode } from '../../../client/tree/nodes.ts';
import { RegistryBranch } from '../../../client/tree/registryBranch.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { push } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { image } from '../listing/repositories.ts';

let registry: RunningRegistry;
let reader: Registry;
let node: RegistryNode;
let kept: KeptNames | undefined;
let drawn: number;
let branch: RegistryBranch;

function open(): RegistryBranch {
  const memory = {
    read: async () => kept,
    write: (names: KeptNames) => {
      kept = names;
    },
  };
  reader = connect(registry.host, { timeout: 2000 });
  const names = () => new RepositoryNames(reader, memory);
  node = { kind: 'registry', host: registry.host, named: [], shown: 100 };
  return new RegistryBranch(
    node,
    names,
    () => drawn++,
    all => all,
  );
}

beforeEach(async () => {
  registry = await startRegistry();
  for (const name of ['acme/shop', 'acme/api']) push(registry.store, name, image(1), ['v1']);
  kept = undefined;
  drawn = 0;
  branch = open();
});
afterEach(async () => {
  branch.forget();
  await registry.stop();
});

const eventually = async (holds: () => boolean) => {
  for (const end = Date.now() + 5000; !holds() && Date.now() < end; ) await new Promise(resolve => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
};
const words = (nodes: readonly Node[]) =>
  nodes.map(one =>
    one.kind === 'repository' ? one.repository : one.kind === 'trouble' ? (one.part === 'message' ? 'why' : one.trouble.remedy) : one.kind,
  );

test('shows the last names with their age and, once it has given up, why there are no newer ones and what to do', async () => {
  await branch.children();
  const told = kept?.at;
  branch = open();
  registry.faults.add({ kind: 'reset' });
  expect(words(await branch.children())).toEqual(['acme/api', 'acme/shop']);
  expect(branch.progress?.asOf).toBe(told);
  // Three attempts take longer than the first rows wait for.
  await eventually(() => drawn > 0);
  expect(words(await branch.children())).toEqual(['acme/api', 'acme/shop', 'why', 'retry']);
  expect(branch.progress?.asOf).toBe(told);
  registry.faults.clear();
  await branch.refresh(reader);
  await eventually(() => branch.progress?.asOf === undefined);
  expect(words(await branch.children())).toEqual(['acme/api', 'acme/shop']);
});

test('keeps its rows and their objects while it asks again, and says since when it cannot', async () => {
  const before = await branch.children();
  registry.faults.add({ kind: 'reset' });
  await branch.refresh(reader);
  expect((await branch.children()).slice(0, 2)).toEqual(before);
  expect((await branch.children())[0]).toBe(before[0]);
  await eventually(() => drawn > 0);
  expect(branch.progress?.asOf).toBe(kept?.at);
});

test('is read again once its list could not be, and not before', async () => {
  await branch.children();
  expect(branch.again).toBeUndefined();
  registry.faults.add({ kind: 'status', status: 429, retryAfter: '3600' });
  await branch.refresh(reader);
  await eventually(() => branch.again !== undefined);
  await expect(branch.again?.()).rejects.toMatchObject({ code: 'TOOMANYREQUESTS', retryAfter: 3_600_000 });
  registry.faults.clear();
  await branch.again?.();
  expect(branch.again).toBeUndefined();
  expect(words(await branch.children())).toEqual(['acme/api', 'acme/shop']);
});

test('has nothing but the trouble and its remedy where nothing was ever read', async () => {
  registry.faults.add({ kind: 'status', status: 401 });
  expect(words(await branch.children())).toEqual(['why', 'signIn']);
});

test('whoever asks twice at once gets the same rows', async () => {
  registry.faults.add({ kind: 'latency', milliseconds: 50 });
  const [one, two] = await Promise.all([branch.children(), branch.children()]);
  expect(words(one ?? [])).toEqual(['acme/api', 'acme/shop']);
  expect(two).toEqual(one);
});
