import { expect, test } from 'vitest';
import { corpus, ownWorkflows } from '../core/corpus.ts';
import { fuzz } from './run.ts';

// A new seed each day, the same all day: a red run can be repeated, and every day looks somewhere else.
const seed = Math.floor(Date.now() / 86_400_000) * 1_000_003;

test('nothing that can be written makes it crash, hang, point outside the file or fix wrongly', { timeout: 120_000 }, () => {
  const samples = [...ownWorkflows(), ...corpus()].map(({ text }) => text).filter(text => text.length < 30_000);
  const { runs, fixes, failure } = fuzz(samples, seed, 15_000);
  expect(failure, `npm run fuzz -- --seed ${failure?.seed} repeats it`).toBeUndefined();
  expect(runs).toBeGreaterThan(500);
  expect(fixes).toBeGreaterThan(10);
});
