import { describe, expect, test } from 'vitest';
import { display } from '../../../core/image/template.ts';
import type { WorkflowUsage } from '../../../core/usage/analyze.ts';
import { jobUsages } from '../../../core/usage/order.ts';
import type { Usage } from '../../../core/usage/usage.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

const workflow = '.github/workflows/w.yml';

function workspace(steps: string, files: Readonly<Record<string, string>>): Workspace {
  const made = new Workspace();
  for (const [path, text] of Object.entries(files)) made.setOther(path, text);
  made.set(
    workflow,
    `on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    env: { REGISTRY: ghcr.io }\n    steps:\n${steps.trim().replace(/^/gm, '      ')}\n`,
  );
  return made;
}

function usage(steps: string, files: Readonly<Record<string, string>>): WorkflowUsage {
  const found = workspace(steps, files).usage(workflow);
  if (!found) throw new Error('nothing was read');
  return found;
}

const line = (one: Usage) => `${one.kind} ${'reference' in one ? display(one.reference.template) : one.kind === 'opaque' ? one.name : ''}`;
const run = (script: string) => `- run: |\n${script.replace(/^/gm, '    ')}`;
const lines = (steps: string, files: Readonly<Record<string, string>>) => usage(steps, files).sequence.map(line);

describe('a script of the repository', () => {
  test.each([
    ['./scripts/push.sh v1', ['push ghcr.io/acme/app:v1']],
    ['bash -e scripts/push.sh v1', ['push ghcr.io/acme/app:v1']],
    ['sudo ./scripts/push.sh "v$GITHUB_RUN_NUMBER"', ['push ghcr.io/acme/app:v${{ github.run_number }}']],
    ['"$GITHUB_WORKSPACE"/scripts/push.sh v1', ['push ghcr.io/acme/app:v1']],
    ['${{ github.workspace }}/scripts/push.sh v1', ['push ghcr.io/acme/app:v1']],
    ['cd scripts\n./push.sh v1', ['push ghcr.io/acme/app:v1']],
    ['REGISTRY=quay.io ./scripts/push.sh v1', ['push quay.io/acme/app:v1']],
    ['export REGISTRY=quay.io\n./scripts/push.sh v1', ['push quay.io/acme/app:v1']],
    ['REGISTRY=quay.io\nOTHER=1\n./scripts/push.sh v1', ['push ghcr.io/acme/app:v1']],
    ['./scripts/push.sh v1 || true\ndocker pull a/b', ['push ghcr.io/acme/app:v1', 'pull a/b']],
    ['ssh host ./scripts/push.sh v1', ['opaque ./scripts/push.sh v1']],
    ['python scripts/push.sh', ['opaque python scripts/push.sh']],
    ['./scripts/missing.sh', ['opaque ./scripts/missing.sh']],
  ])('%s', (script, expected) => {
    expect(lines(run(script), { 'scripts/push.sh': '#!/usr/bin/env bash\ndocker push "$REGISTRY/acme/app:$1"\n' })).toEqual(expected);
  });

  test('runs where the step runs, and its places are in its own file', () => {
    const text = '#!/bin/sh\nset -e\ndocker push acme/app:1\n';
    const found = usage('- working-directory: ci\n  run: ./push', { 'ci/push': text });
    expect(found.usages).toEqual([]);
    const [push] = found.called;
    expect(push?.within?.path).toBe('ci/push');
    expect(text.slice(push?.within?.span.start, push?.within?.span.end)).toBe('acme/app:1');
    expect(push?.through).toBe('ci/push');
    const [job] = found.workflow.jobs;
    expect(job && jobUsages(found, job)).toEqual([push]);
    expect(found.scripts[0]?.commands).toHaveLength(1);
  });

  test('gives outputs, environment and what it prints to the steps that follow', () => {
    const steps = `
- id: v
  run: ./version.sh
- run: docker push acme/a:\${{ steps.v.outputs.tag }}
- run: docker push acme/b:$TAG
- run: docker push acme/c:$(./print.sh)`;
    expect(
      lines(steps, {
        'version.sh': 'TAG="v$GITHUB_RUN_NUMBER"\necho "tag=$TAG" >> "$GITHUB_OUTPUT"\necho "TAG=$TAG" >> "$GITHUB_ENV"\n',
        'print.sh': '#!/bin/bash\necho "v1"\n',
      }),
    ).toEqual(['push acme/a:v${{ github.run_number }}', 'push acme/b:v${{ github.run_number }}', 'push acme/c:v1']);
  });

  test('may be read into the shell: its variables and functions are there', () => {
    const files = { 'lib.sh': 'IMAGE=ghcr.io/acme/app\nlast=\npush() {\n  last="$1"\n  docker push "$IMAGE:$1"\n}\n' };
    const found = usage(run('. ./lib.sh\npush v1\ndocker pull "$IMAGE:$last"'), files);
    expect(found.sequence.map(line)).toEqual(['push ghcr.io/acme/app:v1', 'pull ghcr.io/acme/app:v1']);
    const text = workspace(run('. ./lib.sh\npush v1\ndocker pull "$IMAGE:$last"'), files).text(workflow) ?? '';
    const [pull] = found.usages;
    // Stations of a value lie inside the files that they name.
    for (const part of pull?.kind === 'pull' ? pull.reference.template : []) {
      for (const { path, span } of part.via) expect(span.end).toBeLessThanOrEqual((path === workflow ? text : files['lib.sh']).length);
    }
    expect(found.called.map(({ within }) => within?.path)).toEqual(['lib.sh']);
  });

  test('may run others, beside it or in a circle', () => {
    const found = lines(run('./a/one.sh'), {
      'a/one.sh': '"$(dirname "$0")"/two.sh x\n./a/one.sh\n',
      'a/two.sh': 'HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\n. "$HERE/three.sh"\n"${0%/*}"/one.sh\n',
      'a/three.sh': 'docker push acme/app:$1\n',
    });
    expect(found).toEqual(['push acme/app:x']);
  });
});

test('a composite action runs the scripts beside it', () => {
  const made = workspace('- uses: ./act', { 'act/push.sh': 'docker push acme/app:$TAG\n' });
  made.set(
    'act/action.yml',
    'runs:\n  using: composite\n  steps:\n    - shell: bash\n      env: { TAG: v1 }\n      run: $GITHUB_ACTION_PATH/push.sh\n    - shell: bash\n      run: ${{ github.action_path }}/push.sh\n',
  );
  expect(made.usage(workflow)?.sequence.map(line)).toEqual(['push acme/app:v1', 'push acme/app:$TAG']);
  expect(made.flow.writes.map(({ path, place }) => [path, place.path])).toEqual([
    ['act/action.yml', 'act/push.sh'],
    ['act/action.yml', 'act/push.sh'],
  ]);
});

test('scripts that run scripts without end are left', () => {
  const body = `${'for a in 1 2 3 4 5 6 7 8; do ./next.sh "$a"; done\n'.repeat(8)}docker push acme/app:1\n`;
  const files = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`s${index}.sh`, body.replaceAll('next', `s${index + 1}`)]));
  const start = performance.now();
  expect(lines(run('./s0.sh'), files)).toContain('push acme/app:1');
  expect(performance.now() - start).toBeLessThan(3000);
});
