import { describe, expect, test } from 'vitest';
import { analyze } from '../../../core/usage/analyze.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

/** With which events, on which kind of reference, a step with this `if:` pulls an image. */
function starts(on: string, condition: string, job = ''): readonly string[] {
  const text = `on:\n${on.replace(/^/gm, '  ')}\njobs:\n  j:\n    runs-on: x\n${job.replace(/^(?=.)/gm, '    ')}\n    steps:\n      - if: >-\n          ${condition}\n        run: docker pull a/b:1\n`;
  const { usages } = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'));
  return usages.flatMap(usage => usage.starts.map(({ event, on }) => `${event} ${on}`));
}

const all = 'push:\n  branches: [main, release/**]\n  tags: [v*]\npull_request:';
const tag = 'push tag';
const branch = 'push branch';
const pull = 'pull_request pullRequest';

describe('which runs pass a condition', () => {
  test.each([
    [all, 'true', [branch, tag, pull]],
    [all, "github.event_name == 'push'", [branch, tag]],
    [all, "github.event_name != 'pull_request'", [branch, tag]],
    [all, "startsWith(github.ref, 'refs/tags/')", [tag]],
    [all, "startsWith(github.ref, 'refs/tags/v')", [tag]],
    [all, "startsWith(github.ref, 'refs/tags/x')", []],
    [all, "!startsWith(github.ref, 'refs/tags/')", [branch, pull]],
    [all, "github.ref_type == 'tag'", [tag]],
    [all, "github.ref == 'refs/heads/main'", [branch]],
    [all, "github.ref == 'refs/heads/develop'", []],
    [all, "github.ref_name == 'release/1.0'", [branch]],
    [all, "contains(github.ref, 'refs/tags/')", [tag]],
    [all, "github.event_name == 'pull_request' || github.ref == 'refs/heads/main'", [branch, pull]],
    [all, 'github.head_ref', [pull]],
    [all, "github.event.pull_request.number == ''", [branch, tag]],
    ['push: {branches: [main]}', "github.ref == 'refs/heads/main'", [branch]],
    ['push: {branches: [main]}', "github.ref_name != 'main'", []],
    ['push: {tags: ["v*"]}', "github.ref == 'refs/heads/main'", []],
    [
      'schedule: [{cron: "0 0 * * *"}]',
      "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)",
      ['schedule branch'],
    ],
    [
      'workflow_dispatch:\n  inputs: {go: {type: boolean}}\npush: {branches: [main]}',
      'inputs.go',
      ['workflow_dispatch branch', 'workflow_dispatch tag'],
    ],
    ['workflow_dispatch:\n  inputs: {go: {type: boolean}}', "inputs.go == 'true'", []],
    [
      'workflow_dispatch:\n  inputs: {go: {type: boolean}}',
      "github.event.inputs.go == 'true'",
      ['workflow_dispatch branch', 'workflow_dispatch tag'],
    ],
    ['pull_request: {types: [closed]}', 'github.event.pull_request.merged == true', [pull, 'pull_request branch']],
    ['pull_request: {types: [closed]}', "github.event.action == 'opened'", []],
    ['release: {types: [published]}', "github.ref_type == 'tag'", ['release tag']],
    ['workflow_call:', "github.ref_type == 'tag'", ['workflow_call tag']],
  ])('%s with %s', (on, condition, expected) => {
    expect([...starts(on, condition)].sort()).toEqual([...expected].sort());
  });
});

test('values of the environment decide too', () => {
  const env = "env:\n  PUBLISH: ${{ github.event_name != 'pull_request' }}";
  expect(starts(all, "env.PUBLISH == 'true'", env)).toEqual([branch, tag]);
  expect(starts(all, 'env.PUBLISH', env)).toEqual([branch, tag, pull]);
});

test('an output that only a branch of a script writes may be empty', () => {
  const run = (script: string, condition: string) => {
    const text = `on: push\njobs:\n  a:\n    outputs: { done: "\${{ steps.s.outputs.done }}" }\n    steps:\n      - id: s\n        run: |\n${script.replace(/^/gm, '          ')}\n  b:\n    needs: a\n    if: ${condition}\n    steps:\n      - run: docker pull a/b:1\n`;
    const { usages } = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'));
    return usages.some(({ starts: found }) => found.length > 0);
  };
  const branch = 'if test -f x; then echo "done=true" >> "$GITHUB_OUTPUT"; fi';
  expect(run(branch, "needs.a.outputs.done != 'true'")).toBe(true);
  expect(run(branch, "needs.a.outputs.done == 'true'")).toBe(true);
  expect(run(branch, "needs.a.outputs.done == 'false'")).toBe(false);
  expect(run('echo "done=true" >> "$GITHUB_OUTPUT"', "needs.a.outputs.done != 'true'")).toBe(false);
});
