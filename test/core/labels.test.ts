import { expect, test } from 'vitest';
import { type Judged, judgeLabels } from './labels.ts';

// The corpus is not part of the project: without it there is nothing to hold the rules to, and the test says so.
test('nine in ten of what a reviewer would say is said, and at most one in thirty of what is right is blamed', async context => {
  const judged = await judgeLabels();
  if (!judged) {
    console.info('There is no corpus: set TALLYMAN_CORPUS to a folder of real workflows with labels.tsv.');
    await context.annotate('no corpus at hand: the rules were not held to its labels');
    return;
  }
  const fire = judged.filter(({ verdict }) => verdict === 'fire');
  const silent = judged.filter(({ verdict }) => verdict === 'silent');
  const missed = fire.filter(({ by }) => !by);
  const blamed = silent.filter(({ by }) => by);
  expect(fire.length).toBeGreaterThan(10);
  expect(missed.length, `missed:\n${list(missed)}`).toBeLessThanOrEqual(fire.length / 10);
  expect(blamed.length, `blamed:\n${list(blamed)}`).toBeLessThanOrEqual(silent.length / 30);
});

function list(labels: readonly Judged[]): string {
  return labels.map(({ path, line, rules, why }) => `${path}:${line} ${rules.join('|')}: ${why}`).join('\n');
}
