import { expect, test } from 'vitest';
import { corpus, ownWorkflows } from '../core/corpus.ts';
import { fuzz } from './run.ts';

// Always the same inputs, as many as the machine gets through: a red run can be repeated. `npm run fuzz` looks elsewhere each time.
const seed = 20_261_121;

test('nothing that can be written makes it crash, hang, point outside the file or fix wrongly', { timeout: 120_000 }, () => {
  const samples = [...ownWorkflows(), ...corpus()].map(({ text }) => text).filter(text => text.length < 30_000);
  const { runs, fixes, failure } = fuzz(samples, seed, 15_000);
  expect(failure, `npm run fuzz -- --seed ${failure?.seed} repeats it`).toBeUndefined();
  expect(runs).toBeGreaterThan(50);
  expect(fixes).toBeGreaterThan(10);
});
