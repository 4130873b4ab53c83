import { describe, expect, test } from 'vitest';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

const read = (text: string, kind: 'workflow' | 'action' = 'workflow') => parseWorkflow('w.yml', text, kind);

describe('triggers', () => {
  test.each([
    ['on: push', ['push']],
    ['on: [push, pull_request]', ['push', 'pull_request']],
    ['on:\n  push:\n  workflow_dispatch:', ['push', 'workflow_dispatch']],
    ['"on": push', ['push']],
  ])('%j', (text, events) => {
    expect(read(text).triggers.map(({ event }) => event)).toEqual(events);
  });

  test('filters', () => {
    const [push] = read('on:\n  push:\n    branches: main\n    tags: [v*]\n    paths-ignore: [docs]\n').triggers;
    expect(push).toMatchObject({ event: 'push', branches: ['main'], tags: ['v*'], branchesIgnore: [] });
  });
});

test('scalars reach a step as they are written', () => {
  const [step] =
    read('on: push\njobs:\n  a:\n    steps:\n      - with: { version: 1.20, mode: 0777, flag: true, none: , text: "x" }\n').jobs[0]
      ?.steps ?? [];
  expect([...(step?.with?.entries ?? [])].map(([key, { value }]) => [key, value.value])).toEqual([
    ['version', '1.20'],
    ['mode', '0777'],
    ['flag', 'true'],
    ['text', 'x'],
  ]);
});

test('a span of a block scalar’s value is the file’s own characters', () => {
  const text = 'on: push\njobs:\n  a:\n    steps:\n      - run: |\n          one 🚀\n            two\n';
  const run = read(text).jobs[0]?.steps[0]?.run;
  const at = run?.value.indexOf('two') ?? -1;
  const span = run?.spanOf(at, at + 3);
  expect(span && text.slice(span.start, span.end)).toBe('two');
  expect(text.slice(run?.spanOf(4, 6).start, run?.spanOf(4, 6).end)).toBe('🚀');
});

test('a byte order mark shifts nothing', () => {
  const text = '\uFEFFon: push\njobs:\n  a:\n    steps:\n      - run: hello\n';
  const run = read(text).jobs[0]?.steps[0]?.run;
  expect(run && text.slice(run.span.start, run.span.end)).toBe('hello');
});

test('inputs of both events, permissions, concurrency, matrix', () => {
  const workflow = read(`on:
  workflow_call: { inputs: { tag: { type: string } } }
  workflow_dispatch: { inputs: { tag: { type: choice, options: [a, b] }, n: { type: number, default: 1 } } }
permissions: read-all
jobs:
  a:
    permissions: { contents: read, packages: write }
    concurrency: { group: g, cancel-in-progress: true }
    strategy: { matrix: { os: [a, b], dyn: "\${{ fromJSON(x) }}" } }
    environment: { name: prod }
    runs-on: [self-hosted, linux]
`);
  expect(workflow.inputs.get('tag')?.type).toBe('string');
  expect([...workflow.inputEvents].sort()).toEqual(['workflow_call', 'workflow_dispatch']);
  expect(workflow.permissions?.all).toBe('read');
  const [job] = workflow.jobs;
  expect(job?.permissions?.scopes.get('packages')).toBe('write');
  expect(job?.concurrency?.group?.value).toBe('g');
  expect(job?.matrix.get('os')?.map(({ value }) => value)).toEqual(['a', 'b']);
  expect(job?.matrix.get('dyn')).toBeUndefined();
  expect(job?.environment?.value).toBe('prod');
  expect(job?.runsOn.map(({ value }) => value)).toEqual(['self-hosted', 'linux']);
});

test.each([
  ['{ os: [a, b], v: [1, 2], exclude: [{ os: b, v: 2 }] }', ['os=a v=1', 'os=a v=2', 'os=b v=1']],
  ['{ os: [a, b], include: [{ os: a, x: y }, { os: c }] }', ['os=a x=y', 'os=b', 'os=c']],
  ['{ os: [a, b], include: [{ x: y }] }', ['os=a x=y', 'os=b x=y']],
  ['{ include: [{ image: { name: a } }, { image: { name: b } }] }', ['image.name=a', 'image.name=b']],
  ['{ image: [{ name: a, file: f }, { name: b }] }', ['image.name=a image.file=f', 'image.name=b']],
  ['{ os: [a], include: "${{ fromJSON(x) }}" }', undefined],
  ['{ os: "${{ fromJSON(x) }}" }', undefined],
  ['"${{ fromJSON(x) }}"', undefined],
  [`{ a: [${'1, '.repeat(20)}], b: [${'1, '.repeat(20)}] }`, undefined],
])('the jobs of the matrix %s', (matrix, legs) => {
  const [job] = read(`jobs: { a: { strategy: { matrix: ${matrix} } } }`).jobs;
  expect(job?.legs?.map(leg => [...leg].map(([axis, { value }]) => `${axis}=${value}`).join(' '))).toEqual(legs);
});

test('a composite action is one job; another kind of action has none', () => {
  expect(
    read('inputs: { x: { default: 1 } }\nruns:\n  using: composite\n  steps:\n    - run: a\n      shell: bash\n', 'action').jobs[0]?.steps
      .length,
  ).toBe(1);
  expect(read('runs: { using: node20, main: x.js }\n', 'action').jobs).toEqual([]);
});
