import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpus, ownWorkflows } from './corpus.ts';
import { lintText, soundFixes, soundLint } from './soundLint.ts';

const rules = (text: string) => soundLint(text).map(({ rule }) => rule);

describe('bad input', () => {
  test('a file of five megabytes is not read, and says so', () => {
    const text = `on: push\njobs:\n${'  # filler filler filler filler\n'.repeat(160_000)}`;
    const [finding, ...others] = soundLint(text);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'file-too-large', severity: 'info' });
    expect(finding?.message).toMatch(/is not checked: the limit is 512 kB/);
  });

  test('the limit counts bytes as GitHub does', () => {
    const comment = `# ${'日'.repeat(175_000)}\n`;
    expect(rules(comment)).toEqual(['file-too-large']);
    expect(rules(`# ${'a'.repeat(400_000)}\n`)).toEqual([]);
  });

  test('a bomb of aliases neither hangs nor fills the memory', () => {
    const levels = Array.from({ length: 30 }, (_, index) => `l${index + 1}: &l${index + 1} [${Array(10).fill(`*l${index}`).join(', ')}]`);
    soundLint(`on: push\nl0: &l0 [a]\n${levels.join('\n')}\njobs:\n  a:\n    runs-on: x\n    steps: *l30\n`);
    soundLint(`on: push\njobs:\n  a: &a\n    runs-on: x\n    steps:\n      - &s { run: echo }\n${'      - *s\n'.repeat(3000)}`);
    soundLint('on: push\njobs: &j\n  a: *j\n');
    const jobs = Array.from({ length: 800 }, (_, index) => `  j${index}:\n    runs-on: x\n    steps: *s\n`);
    const many = soundLint(`on: push\nx: &s\n${'  - run: echo $A\n'.repeat(1500)}jobs:\n${jobs.join('')}`);
    expect(many.map(({ message }) => message)).toEqual(['The jobs have more than 6000 steps in all; the rest is not read.']);
  });

  test.each([
    ['empty', '', []],
    ['spaces', ' \n\t', []],
    ['a word', 'hello', ['invalid-yaml']],
    ['a list', '- a\n- b\n', ['invalid-yaml']],
    ['numbers for everything', '1: 2\non: 3\njobs: 4\n', []],
    ['null for everything', 'on:\njobs:\n  a:\n  b:\n    steps:\n      -\n      - run:\n', []],
    [
      'wrong kinds',
      'on: {push: [1]}\nenv: [a]\njobs:\n  a: {steps: {run: x}, env: 3, needs: {a: b}, permissions: [x], strategy: [1]}\n',
      [],
    ],
    ['binary', '\u0000\u0001\u0002PK\u0003\u0004', undefined],
    ['two documents', 'on: push\n---\non: push\n', ['invalid-yaml']],
  ])('%s', (_name, text, expected) => {
    const found = rules(text);
    if (expected) expect(found).toEqual(expected);
  });

  test('a job that needs itself, and two that need each other', () => {
    const job = (needs: string) =>
      `    needs: ${needs}\n    runs-on: x\n    outputs: { o: "\${{ needs.b.outputs.o }}" }\n    steps:\n      - run: echo \${{ needs.${needs}.outputs.o }}\n`;
    expect(rules(`on: pull_request\njobs:\n  a:\n${job('b')}  b:\n${job('a')}  c:\n${job('c')}`)).toEqual([]);
  });

  test('env that is made of itself', () => {
    expect(
      rules(
        'on: push\nenv:\n  A: ${{ env.A }}${{ env.B }}\n  B: ${{ env.A }}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ env.A }}\n',
      ),
    ).toEqual([]);
  });
});

describe('half-typed', () => {
  const samples = ownWorkflows().filter(({ text }) => text.length < 4000);

  test('there are workflows to cut', () => {
    expect(samples.length).toBeGreaterThan(10);
  });

  test('any beginning of a workflow is linted without harm', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ text }, share) => void soundLint(text.slice(0, Math.floor(text.length * share))),
      ),
      { numRuns: 300 },
    );
  });

  test('a workflow with a piece lost, doubled or replaced is linted without harm', () => {
    const noise = fc.constantFrom(
      '',
      '"',
      "'",
      '${{',
      '}}',
      '|',
      '>',
      ': ',
      '- ',
      '&a ',
      '*a',
      '\t',
      '\r\n',
      '🚀',
      '$(',
      '`',
      '{',
      ']',
      '#',
      '<<EOF',
    );
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.nat({ max: 60 }), noise, ({ text }, start, length, insert) => {
        const from = start % (text.length + 1);
        soundLint(text.slice(0, from) + insert + text.slice(from + length));
      }),
      { numRuns: 600 },
    );
  });
});

// Each fix is followed by another look at its whole file.
test('no fix leaves its finding, breaks the YAML or makes another finding', { timeout: 120_000 }, () => {
  const fixes = [...ownWorkflows(), ...corpus()].map(({ text }) => soundFixes(text, soundLint(text)));
  expect(fixes.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(15);
});

test('cost grows with the file, not faster', () => {
  const step = (index: number) =>
    `      - name: step ${index}\n        env:\n          T: \${{ github.sha }}\n        run: |\n          tag="v-$T"\n          docker build -t "ghcr.io/a/b:$tag" .\n`;
  const time = (steps: number) => {
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${Array.from({ length: steps }, (_, index) => step(index)).join('')}`;
    // Processor time: other tests may have the machine meanwhile.
    const runs = Array.from({ length: 5 }, () => {
      const started = process.cpuUsage();
      lintText(text);
      return process.cpuUsage(started).user / 1000;
    });
    return Math.min(...runs);
  };
  time(200);
  // Ten times the steps; quadratic cost would be a hundred times.
  expect(time(2000)).toBeLessThan(40 * Math.max(time(200), 2));
});
