import { expect, test } from 'vitest';
import { alternatives, display } from '../../../core/image/template.ts';
import { analyze } from '../../../core/usage/analyze.ts';
import { givenWith } from '../../../core/usage/given.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

/** The tags of a build with the runs that they are given in; `?` where an expression decides even then. */
function tags(lines: string, on: string, more = ''): readonly string[] {
  const text = `on:\n${on.replace(/^/gm, '  ')}\nenv:\n  DEV: \${{ github.event_name == 'pull_request' && 'pr' || 'dev' }}\njobs:\n  j:\n${more}    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: |\n${lines.replace(/^/gm, '            ')}\n`;
  const [build] = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow')).usages.flatMap(usage =>
    usage.kind === 'build' ? [usage] : [],
  );
  return (build?.tags ?? []).map(({ template }) => {
    const { starts, perhaps } = givenWith(template, build?.starts ?? []);
    const runs = starts.map(({ event, on: kind }) => (event === 'push' ? kind : event)).join(' ');
    return `${alternatives(template).map(display).join(' | ')}: ${runs}${perhaps ? '?' : ''}`;
  });
}

const on = 'push:\n  branches: [main]\n  tags: [v*]\npull_request:';

test.each([
  ["${{ github.event_name == 'pull_request' && 'a:pr' || 'a:latest' }}", ['a:latest: branch tag', 'a:pr: pull_request']],
  ["${{ github.ref == 'refs/heads/main' && 'a:latest' || '' }}", ['a:latest: branch']],
  ["${{ startsWith(github.ref, 'refs/tags/') && format('a:{0}', github.ref_name) || '' }}", ['a:${{ github.ref_name }}: tag']],
  ['a:${{ env.DEV }}', ['a:pr: pull_request', 'a:dev: branch tag']],
  ["${{ vars.X && 'a:x' || 'a:y' }}", ['a:y | a:x: branch tag pull_request']],
  ["${{ vars.X == 'y' && github.event_name == 'push' && 'a:x' || '' }}", ['a:x: branch tag?']],
  ["${{ vars.X && 'a:x\\nb:y' || '' }}", [' | a:x\\nb:y: branch tag pull_request?']],
  ["a:1\n${{ github.event_name == 'push' && 'a:2' || '' }}", ['a:1: branch tag pull_request', 'a:2: branch tag']],
])('%s', (lines, expected) => {
  expect([...tags(lines, on)].sort()).toEqual([...expected].sort());
});

test('inputs are empty in runs that have none', () => {
  const triggers = 'push:\n  branches: [main]\nworkflow_dispatch:\n  inputs:\n    tag: { type: string }';
  expect([...tags("a:${{ inputs.tag || 'latest' }}", triggers)].sort()).toEqual(
    ['a:${{ inputs.tag }}: workflow_dispatch workflow_dispatch?', 'a:latest: branch workflow_dispatch workflow_dispatch?'].sort(),
  );
});

test('an entry of a matrix that lacks a value leaves it empty', () => {
  const matrix = '    strategy:\n      matrix:\n        include:\n          - { n: a, latest: true }\n          - { n: b }\n';
  expect(tags("x:${{ matrix.n }}${{ matrix.latest && '-l' || '' }}", 'push: {branches: [main]}', matrix)).toEqual([
    'x:a-l | x:a | x:b-l | x:b: branch',
  ]);
});
