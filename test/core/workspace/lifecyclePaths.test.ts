import { expect, test } from 'vitest';
import { lintFile } from '../../../core/lint.ts';
import { isLifecyclePath } from '../../../core/workspace/paths.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

test.each([
  ['lifecycle.json', true],
  ['infra/ecr-lifecycle-policy.json', true],
  ['ecr/lifecycle_policy.json', true],
  ['aws/life-cycle.json', true],
  ['ecr-policy.json', true],
  ['lifecycle.yml', false],
  ['policy.json', false],
  ['lifecycle/config.json', false],
])('%s', (path, expected) => {
  expect(isLifecyclePath(path)).toBe(expected);
});

test('a name that is nothing but letters is told at once', () => {
  const start = performance.now();
  isLifecyclePath(`${'lifecycle-'.repeat(20_000)}x`);
  expect(performance.now() - start).toBeLessThan(200);
});

test('a policy in a file of its own is checked by itself, and other files of that name are not', () => {
  const workspace = new Workspace();
  workspace.set('ecr/lifecycle.json', '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"all"},"action":{"type":"expire"}}]}');
  workspace.set('s3/lifecycle.json', '{"Rules":[{"Status":"Enabled"}]}');
  workspace.set('broken/lifecycle.json', '{"rulePriority"');
  expect(lintFile(workspace, 'ecr/lifecycle.json').map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
    [
      'ecr-repository-unprotected',
      'warning',
      'Amazon ECR refuses this lifecycle policy: `tagStatus` must be `tagged`, `untagged` or `any`.',
    ],
  ]);
  expect(lintFile(workspace, 's3/lifecycle.json')).toEqual([]);
  expect(lintFile(workspace, 'broken/lifecycle.json').map(({ message }) => message)).toEqual([
    'Amazon ECR refuses this lifecycle policy: The `:` after `rulePriority` is missing.',
  ]);
});

test('a policy that a workflow puts is judged where it does', () => {
  const workspace = new Workspace();
  const policy = '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"all"},"action":{"type":"expire"}}]}';
  workspace.set('ecr/lifecycle.json', policy);
  workspace.set(
    '.github/workflows/w.yml',
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - run: aws ecr put-lifecycle-policy --repository-name a --lifecycle-policy-text file://ecr/lifecycle.json\n',
  );
  expect(lintFile(workspace, 'ecr/lifecycle.json')).toEqual([]);
  const [found] = lintFile(workspace, '.github/workflows/w.yml');
  expect(found?.rule).toBe('ecr-repository-unprotected');
  expect(found?.related).toEqual([
    { path: 'ecr/lifecycle.json', span: { start: policy.indexOf('"all"'), end: policy.indexOf('"all"') + 5 }, message: 'It stands here.' },
  ]);
});
