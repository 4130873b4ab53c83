import { expect, test } from 'vitest';
import { lintFile } from '../../../core/lint.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

const head = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n';

test.each([
  ['a value doubled sixty times', `          A=x\n${'          A="$A$A"\n'.repeat(60)}          echo "x=$A" >> $GITHUB_OUTPUT\n`],
  ['a value that a thousand branches lengthen', '          if a; then B="$B x"; fi\n'.repeat(1000)],
  ['a hundred thousand wrappers', `          ${'sudo '.repeat(100_000)}x\n`],
])('%s is read in bounded time and space', (_what, script) => {
  const workspace = new Workspace();
  workspace.set('.github/workflows/a.yml', head + script);
  const started = process.cpuUsage();
  expect(lintFile(workspace, '.github/workflows/a.yml')).toEqual([]);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000_000).toBeLessThan(10);
});

const steps = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n';
const many = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('');

// Each is close to the largest file that is read, or to what grows with the square of its size.
test.each([
  ['a script of half a megabyte', head + many(25_000, () => '          A+=" x"\n')],
  ['a script as long as is followed', head + many(2900, index => `          A+=" x${index}"\n`)],
  ['a variable made of the one before, three thousand times', head + many(2900, index => `          V${index}=$V${index - 1}x\n`)],
  [
    'a thousand patterns on a long value',
    `${head}          x=${'a/'.repeat(900)}\n${many(1000, () => '          y=${x%%*b}; z=${x//a*c/d}\n')}`,
  ],
  ['a chain of eight thousand commands', `${head}          ${many(8000, index => `a${index} || `)}b\n`],
  [
    'loops in loops',
    `${head}          ${many(12, index => `for a${index} in ${many(20, item => `x${item} `)}; do `)}echo $a0; ${many(12, () => 'done; ')}\n`,
  ],
  [
    'functions that call functions',
    `${head}${many(30, index => `          f${index}() { f${index + 1}; f${index + 1}; f${index + 1}; }\n`)}          f0\n`,
  ],
  ['a value cut three thousand times', head + many(3000, () => '          x=$(echo $x | cut -c1-3)\n')],
  ['two thousand tests', head + many(2000, index => `          if [ "$x" = a${index} ]; then y=$y$x; fi\n`)],
  [
    'a matrix of twenty thousand values',
    `on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        v: [${many(20_000, index => `v${index},`)}]\n    steps:\n${many(200, () => '      - run: docker build -t a:${{ matrix.v }} .\n')}`,
  ],
  ['nine thousand steps', steps + many(9000, () => '      - run: docker build -t "a:${{ github.sha }}" .\n')],
  [
    'nine thousand cache entries',
    `${steps}      - uses: docker/build-push-action@v6\n        with:\n          cache-to: |\n${many(9000, () => '            type=registry,ref=ghcr.io/a/b:c\n')}`,
  ],
  [
    'three thousand jobs in a row',
    `on: push\njobs:\n${many(3000, index => `  j${index}:\n    needs: j${index - 1}\n    steps:\n      - run: echo $A\n`)}`,
  ],
  [
    'thirty thousand keys',
    `on: push\nenv:\n${many(30_000, index => `  A${index}: b\n`)}jobs:\n  a:\n    steps:\n      - run: docker push a/b\n`,
  ],
  [
    'a thousand jobs that promote one tag',
    `on: workflow_dispatch\njobs:\n${many(1000, index => `  promote${index}:\n    steps:\n      - run: skopeo copy docker://a/b:staging docker://a/b:prod\n`)}`,
  ],
  [
    'a thousand jobs in a row that promote',
    `on: workflow_dispatch\njobs:\n${many(1000, index => `  promote${index}:\n    needs: promote${index - 1}\n    steps:\n      - run: crane copy a/b${index}:staging a/b${index}:prod\n`)}`,
  ],
  [
    'fifteen hundred checks of signatures',
    `on: workflow_dispatch\njobs:\n  promote:\n    steps:\n${many(1500, index => `      - run: cosign verify a/b${index}@sha256:x\n      - run: crane tag a/b${index}:staging prod\n`)}`,
  ],
  [
    'three thousand steps that build and push',
    steps + many(3000, index => `      - uses: docker/build-push-action@v6\n        with: { push: true, tags: 'a/b${index}:latest' }\n`),
  ],
  [
    'fifteen hundred images that are pulled, tagged and pushed',
    steps +
      many(1500, index => `      - run: docker pull a/b:${index} && docker tag a/b:${index} a/c:${index} && docker push a/c:${index}\n`),
  ],
  [
    'a value that two thousand steps lengthen',
    steps + many(2000, index => `      - id: s${index}\n        run: echo "t=\${{ steps.s${index - 1}.outputs.t }}x" >> $GITHUB_OUTPUT\n`),
  ],
])('%s holds nobody up', (_what, text) => {
  const workspace = new Workspace();
  workspace.set('.github/workflows/a.yml', text);
  const started = process.cpuUsage();
  lintFile(workspace, '.github/workflows/a.yml');
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000_000).toBeLessThan(5);
});

test('past what one file may do nobody knows what its jobs do', () => {
  const workspace = new Workspace();
  workspace.set(
    '.github/workflows/a.yml',
    steps + many(1500, index => `      - run: docker push a/b:${index}\n      - run: docker pull a/b:x\n`),
  );
  const { sequence } = workspace.usage('.github/workflows/a.yml') ?? { sequence: [] };
  expect(sequence.length).toBe(1001);
  expect(sequence.at(-1)).toMatchObject({ kind: 'opaque', reason: 'its file does more than 1000 things with images' });
  const read = workspace.paths().flatMap(path => lintFile(workspace, path));
  expect(read.filter(({ rule }) => rule === 'tag-never-produced')).toEqual([]);
});
