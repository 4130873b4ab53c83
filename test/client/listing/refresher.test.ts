import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { push } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { type Day, openDay } from './day.ts';
import { fill, image } from './repositories.ts';

let registry: RunningRegistry;
let day: Day;
beforeEach(async () => {
  registry = await startRegistry();
  fill(registry.store, 'acme/shop', 120, 10);
  fill(registry.store, 'acme/web', 2500, 10);
  day = await openDay(registry.host, ['acme/shop', 'acme/web']);
});
afterEach(async () => {
  day.refresher.dispose();
  await registry.stop();
});

const during = async (hours: number) => {
  const before = registry.requests.length;
  await day.pass(hours);
  return registry.requests.length - before;
};

test('a day of looking again takes a bounded number of requests, and sees what moved', async () => {
  const requests = await during(24);
  // 288 rounds: one page of the short list, and of the long one the tags that move.
  expect(requests).toBeGreaterThan(288);
  expect(requests).toBeLessThanOrEqual(288 * 4);
  push(registry.store, 'acme/web', image(77), ['prod']);
  await during(0.2);
  expect(day.listings[1]?.rows.get('prod')?.digest).toBe(image(77).digest);
}, 60_000);

test('nobody being there makes it a sixth, and coming back a look at once', async () => {
  const attended = await during(3);
  day.refresher.attend(false);
  expect(await during(3)).toBeLessThanOrEqual(attended / 5);
  await day.pass(0.4);
  day.refresher.attend(true);
  expect(await during(0.001)).toBeGreaterThan(0);
});

describe('a registry in trouble', () => {
  test('is left alone for as long as it asks', async () => {
    registry.faults.add({ kind: 'status', status: 429, retryAfter: '7200' });
    expect(await during(0.1)).toBeGreaterThan(0);
    expect(await during(1.9)).toBe(0);
    registry.faults.clear();
    expect(await during(0.5)).toBeGreaterThan(0);
  });

  test('is asked less and less often until it answers, and its rows stay', async () => {
    registry.faults.add({ kind: 'status', status: 403 });
    const first = await during(2);
    const later = await during(6);
    expect(first).toBeGreaterThan(2);
    expect(later).toBeLessThanOrEqual(7 * 2 * 4);
    expect(later / 6).toBeLessThan(first / 2);
    expect(day.listings[0]?.rows.size).toBe(122);
    registry.faults.clear();
    expect(await during(2)).toBeGreaterThan(10);
  });
});

test('nothing is asked any more once it is over', async () => {
  day.refresher.dispose();
  expect(await during(24)).toBe(0);
});
