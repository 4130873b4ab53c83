import { expect, test } from 'vitest';
import { isGitHubHosted } from '../../../core/usage/runners.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

function hosted(runsOn: string, matrix = ''): boolean | undefined {
  const text = `on: push\njobs:\n  a:\n    runs-on: ${runsOn}\n${matrix}    steps:\n      - run: make\n`;
  const [job] = parseWorkflow('.github/workflows/a.yml', text, 'workflow').jobs;
  return job && isGitHubHosted(job);
}

test.each([
  ['ubuntu-latest', true],
  ['ubuntu-24.04-arm', true],
  ['macos-15-xlarge', true],
  ['windows-latest-8-cores', true],
  ['self-hosted', false],
  ['[self-hosted, ubuntu-latest]', false],
  ['blacksmith-4vcpu-ubuntu-2204', false],
  ['depot-ubuntu-24.04', false],
  ['${{ vars.RUNNER }}', undefined],
  ['${{ inputs.runner }}', undefined],
])('whether %s is one of GitHub’s machines: %s', (runsOn, expected) => {
  expect(hosted(runsOn)).toBe(expected);
});

test('a matrix of labels is GitHub’s where all of them are', () => {
  const matrix = (labels: string) => `    strategy:\n      matrix:\n        os: ${labels}\n`;
  expect(hosted('${{ matrix.os }}', matrix('[ubuntu-latest, ubuntu-24.04-arm]'))).toBe(true);
  expect(hosted('${{ matrix.os }}', matrix('[ubuntu-latest, self-hosted]'))).toBe(false);
  expect(hosted('${{ matrix.os }}', matrix('${{ fromJSON(vars.OS) }}'))).toBeUndefined();
});
