import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bodies } from '../../../client/cache/bodies.ts';
import { BoundedFolder } from '../../../client/cache/boundedFolder.ts';
import { LastListings } from '../../../client/cache/lastListings.ts';
import { cachedReader } from '../../../client/cache/reader.ts';
import type { Snapshot } from '../../../client/listing/listing.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { describeImage } from '../../../core/registry/describe.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { fill, image } from '../listing/repositories.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (size: number, fill = 1) => new Uint8Array(size).fill(fill);
const eventually = async (holds: () => Promise<boolean>) => {
  for (const end = Date.now() + 5000; !(await holds()) && Date.now() < end; ) await new Promise(resolve => setTimeout(resolve, 10));
  expect(await holds()).toBe(true);
};

describe('a bounded folder', () => {
  test('keeps what was used last and stays below its bound', async () => {
    const files = new BoundedFolder(join(folder, 'kept'), 10_000);
    for (let number = 0; number < 9; number++) {
      await files.write(`f${number}`, bytes(1000));
      // Files are told apart by when they were used, to the second on some disks.
      const used = Date.UTC(2026, 0, 1) / 1000 + number;
      await utimes(join(folder, 'kept', `f${number}`), used, used);
    }
    await files.read('f0');
    await eventually(async () => (await stat(join(folder, 'kept', 'f0'))).mtimeMs > Date.UTC(2026, 5, 1));
    await files.write('f9', bytes(1000));
    await files.write('f10', bytes(1000));
    const names = await readdir(join(folder, 'kept'));
    expect(names.length).toBeLessThanOrEqual(8);
    expect(names).toContain('f0');
    expect(names).toContain('f10');
    expect(names).not.toContain('f1');
  });

  test('is the user’s alone, leaves nothing half written behind, and takes nothing that is too large', async () => {
    const path = join(folder, 'kept');
    const files = new BoundedFolder(path, 10_000);
    await files.write('a', bytes(10));
    await files.write('large', bytes(9000));
    expect(await readdir(path)).toEqual(['a']);
    if (process.platform !== 'win32') {
      expect((await stat(path)).mode & 0o077).toBe(0);
      expect((await stat(join(path, 'a'))).mode & 0o077).toBe(0);
    }
  });

  test('is as if it were empty where the disk does not do its part', async () => {
    await writeFile(join(folder, 'file'), '');
    const files = new BoundedFolder(join(folder, 'file', 'below'), 10_000);
    await files.write('a', bytes(10));
    expect(await files.read('a')).toBeUndefined();
    await files.clear();
  });
});

describe('bodies by digest', () => {
  test('come back in the next run, and not when a bit of them changed', async () => {
    const body = bytes(100, 7);
    const digest = digestOf(body);
    const path = join(folder, 'bodies');
    new Bodies(new BoundedFolder(path, 10_000)).write(digest, body);
    const name = digest.slice(7);
    await eventually(async () => (await readdir(path).catch((): string[] => [])).includes(name));
    expect(await new Bodies(new BoundedFolder(path, 10_000)).read(digest)).toEqual(Buffer.from(body));
    await writeFile(join(path, name), bytes(100, 8));
    expect(await new Bodies(new BoundedFolder(path, 10_000)).read(digest)).toBeUndefined();
    expect(await readdir(path)).toEqual([]);
  });
});

describe('a cached reader', () => {
  let registry: RunningRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
    fill(registry.store, 'acme/shop', 3);
  });
  afterEach(() => registry.stop());

  test('asks for what a digest names once, in this run and in the next', async () => {
    const files = () => new Bodies(new BoundedFolder(join(folder, 'bodies'), 1_000_000));
    const reader = cachedReader(connect(registry.host), files());
    const { digest } = image(0);
    const first = await describeImage(reader, 'acme/shop', digest);
    expect(registry.requests).toHaveLength(3);
    expect(await describeImage(reader, 'acme/shop', digest)).toEqual(first);
    await eventually(async () => (await readdir(join(folder, 'bodies'))).filter(name => !name.endsWith('.part')).length === 3);
    expect(await describeImage(cachedReader(connect(registry.host), files()), 'acme/shop', digest)).toEqual(first);
    expect(registry.requests).toHaveLength(3);
  });

  test('makes one request of several that come together, and another one where the first was cancelled', async () => {
    registry.faults.add({ kind: 'latency', milliseconds: 40 });
    const reader = cachedReader(connect(registry.host), new Bodies());
    const cancelled = new AbortController();
    const [first, ...others] = [0, 1, 2].map(number =>
      reader.manifest('acme/shop', image(0).digest, number === 0 ? { signal: cancelled.signal } : {}),
    );
    setTimeout(() => cancelled.abort(), 10);
    await expect(first).rejects.toThrow();
    for (const found of await Promise.all(others)) expect(found?.digest).toBe(image(0).digest);
    expect(registry.requests.length).toBeLessThanOrEqual(3);
  });

  test('asks each time what a tag names', async () => {
    const reader = cachedReader(connect(registry.host), new Bodies());
    expect((await reader.manifest('acme/shop', 'prod'))?.digest).toBe(image(0).digest);
    registry.store.tag('acme/shop', 'prod', image(1).digest);
    expect((await reader.manifest('acme/shop', 'prod'))?.digest).toBe(image(1).digest);
  });
});

describe('last listings', () => {
  const snapshot: Snapshot = {
    at: 7,
    total: 2,
    rows: [{ key: 'prod', tag: 'prod', listed: { tags: ['prod'] }, state: { status: 'unread' } }],
  };
  const listings = () => new LastListings(new BoundedFolder(join(folder, 'listings'), 1_000_000));
  const file = async () => join(folder, 'listings', (await readdir(join(folder, 'listings')))[0] as string);

  test('come back in the next run', async () => {
    const last = listings();
    last.write('ghcr.io/acme/shop', snapshot);
    await last.flush();
    expect(await listings().read('ghcr.io/acme/shop')).toEqual(snapshot);
    expect(await listings().read('ghcr.io/acme/other')).toBeUndefined();
    expect(await readFile(await file(), 'utf8')).toMatch(/^sha256:[0-9a-f]{64}\n/);
  });

  test('count as none where the file was cut short, changed, or is of another form', async () => {
    const last = listings();
    last.write('ghcr.io/acme/shop', snapshot);
    await last.flush();
    const whole = await readFile(await file(), 'utf8');
    await truncate(await file(), whole.length - 4);
    expect(await listings().read('ghcr.io/acme/shop')).toBeUndefined();
    await writeFile(await file(), whole.replace('prod', 'evil'));
    expect(await listings().read('ghcr.io/acme/shop')).toBeUndefined();
    const other = JSON.stringify({ version: 0, value: snapshot });
    await writeFile(await file(), `${digestOf(other)}\n${other}`);
    expect(await listings().read('ghcr.io/acme/shop')).toBeUndefined();
  });
});
