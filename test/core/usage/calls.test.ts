import { describe, expect, test } from 'vitest';
import { display } from '../../../core/image/template.ts';
import type { WorkflowUsage } from '../../../core/usage/analyze.ts';
import { jobUsages } from '../../../core/usage/order.ts';
import { concurrenciesOf, permissionsOf } from '../../../core/usage/privilege.ts';
import type { Usage } from '../../../core/usage/usage.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

function workspace(files: Readonly<Record<string, string>>, others: Readonly<Record<string, string>> = {}): Workspace {
  const made = new Workspace();
  for (const [path, text] of Object.entries(others)) made.setOther(path, text);
  for (const [path, text] of Object.entries(files)) made.set(path, text);
  return made;
}

const caller = '.github/workflows/caller.yml';
const callee = '.github/workflows/callee.yml';

function references(usages: readonly Usage[]): readonly string[] {
  return usages.flatMap(usage =>
    'reference' in usage
      ? [display(usage.reference.template)]
      : usage.kind === 'build'
        ? usage.tags.map(({ template }) => display(template))
        : [],
  );
}

function of<K extends Usage['kind']>(usages: readonly Usage[], kind: K): readonly Extract<Usage, { kind: K }>[] {
  return usages.filter((usage): usage is Extract<Usage, { kind: K }> => usage.kind === kind);
}

const called = (usage: WorkflowUsage | undefined) => usage?.called ?? [];

describe('a reusable workflow', () => {
  const text = `on:
  workflow_call:
    inputs:
      image: { type: string, required: true }
      tag: { type: string, default: edge }
      push: { type: boolean }
    secrets: { token: { required: true } }
    outputs:
      pushed: { value: "\${{ jobs.build.outputs.ref }}" }
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { ref: "\${{ steps.s.outputs.ref }}" }
    steps:
      - uses: docker/login-action@v3
        with: { registry: ghcr.io, username: x, password: "\${{ secrets.token }}" }
      - if: inputs.push
        run: docker push \${{ inputs.image }}:\${{ inputs.tag }}
      - id: s
        run: echo "ref=\${{ inputs.image }}:\${{ inputs.tag }}" >> "$GITHUB_OUTPUT"
`;
  const files = workspace({
    [callee]: text,
    [caller]: `on: { push: { branches: [main] } }
permissions: { packages: write }
jobs:
  build:
    concurrency: build
    uses: ./.github/workflows/callee.yml
    with: { image: ghcr.io/acme/app, push: true }
    secrets: { token: "\${{ secrets.GHCR_TOKEN }}" }
  deploy:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: kubectl set image deploy/a a=\${{ needs.build.outputs.pushed }}
`,
  });

  test('does for its caller what it does with the values of the call', () => {
    const usage = files.usage(caller);
    expect(references(called(usage))).toEqual(['ghcr.io/acme/app:edge']);
    const [push] = of(called(usage), 'push');
    expect(push?.job.id.value).toBe('build');
    expect(push?.calledJob?.id.value).toBe('build');
    expect(push?.within?.path).toBe(callee);
    expect(text.slice(push?.within?.span.start, push?.within?.span.end)).toContain('inputs.image');
    const source = files.text(caller) ?? '';
    expect(source.slice(push?.at.start, push?.at.end)).toBe('./.github/workflows/callee.yml');
    expect(push?.reference.span).toEqual(push?.at);
    expect(push?.events).toEqual(['push']);
  });

  test('gives its outputs back', () => {
    const [deploy] = of(files.usage(caller)?.usages ?? [], 'deploy');
    expect(display(deploy?.reference.template ?? [])).toBe('ghcr.io/acme/app:edge');
    expect(deploy?.reference.template[0]?.via.map(({ path, what }) => [path, what])).toContainEqual([caller, '`with: image`']);
  });

  test('is itself seen with the values, events and rights of its callers', () => {
    const [usage, ...others] = files.usages(callee);
    expect(others).toEqual([]);
    const [push] = of(usage?.usages ?? [], 'push');
    expect(display(push?.reference.template ?? [])).toBe('ghcr.io/acme/app:edge');
    expect(push?.events).toEqual(['push']);
    expect(push?.reference.template[0]?.via.map(({ path }) => path)).toEqual([caller, callee]);
    const [login] = of(usage?.usages ?? [], 'login');
    expect(display(login?.password?.template ?? [])).toBe('${{ secrets.GHCR_TOKEN }}');
    if (!usage || !push) throw new Error('nothing was found');
    expect(permissionsOf(push.job, usage)?.scopes.get('packages')).toBe('write');
    expect(concurrenciesOf(push.job, usage).map(({ group }) => group?.value)).toEqual(['build']);
  });

  test('writes its tags once in the tag flow', () => {
    expect(files.flow.writes.map(({ path, reference }) => [path, display(reference)])).toEqual([[callee, 'ghcr.io/acme/app:edge']]);
  });
});

describe('the ways in which a reusable workflow runs', () => {
  const pushes = (on: string) => `on: ${on}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: docker push \${{ inputs.image }}:1
`;
  const inputs = 'inputs: { image: { type: string } }';
  const calls = (image: string, on = 'push') =>
    `on: ${on}\njobs:\n  a:\n    uses: ./.github/workflows/callee.yml\n    with: { image: ${image} }\n`;

  test('are one for each different call', () => {
    const files = workspace({
      [callee]: pushes(`{ workflow_call: { ${inputs} } }`),
      'a/.github/workflows/x.yml': calls('elsewhere'),
      '.github/workflows/a.yml': calls('a'),
      '.github/workflows/b.yml': calls('b', 'schedule'),
      '.github/workflows/c.yml': calls('a'),
    });
    expect(files.usages(callee).flatMap(({ usages }) => usages.flatMap(one => [...references([one]), ...one.events]))).toEqual([
      'a:1',
      'push',
      'b:1',
      'schedule',
    ]);
  });

  test('are its own too where it can be started otherwise', () => {
    const files = workspace({
      [callee]: pushes(`{ workflow_call: { ${inputs} }, workflow_dispatch: { ${inputs} } }`),
      '.github/workflows/a.yml': calls('a'),
    });
    expect(files.usages(callee).map(({ usages, call }) => [references(usages)[0], call?.caller.path])).toEqual([
      ['${{ inputs.image }}:1', undefined],
      ['a:1', '.github/workflows/a.yml'],
    ]);
  });

  test('are anybody’s where nobody of the workspace calls it', () => {
    const files = workspace({ [callee]: pushes(`{ workflow_call: { ${inputs} } }`) });
    expect(files.usages(callee).flatMap(({ usages }) => usages.flatMap(({ events }) => events))).toEqual(['workflow_call']);
  });
});

describe('a composite action', () => {
  const action = '.github/actions/publish/action.yml';
  const steps = (text: string) =>
    `on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    env: { REGISTRY: ghcr.io }\n    steps:\n${text.trim().replace(/^/gm, '      ')}\n`;
  const metadata = `inputs:
  tag: { default: "\${{ github.sha }}" }
outputs:
  ref: { value: "\${{ steps.p.outputs.ref }}" }
runs:
  using: composite
  steps:
    - id: p
      shell: bash
      run: |
        docker push $REGISTRY/acme/app:\${{ inputs.tag }}
        echo "ref=$REGISTRY/acme/app:\${{ inputs.tag }}" >> "$GITHUB_OUTPUT"
        echo "PUBLISHED=\${{ inputs.tag }}" >> "$GITHUB_ENV"
`;
  const files = workspace({
    [action]: metadata,
    [caller]: steps(`
- uses: actions/checkout@v4
- id: publish
  uses: ./.github/actions/publish
  continue-on-error: true
- uses: ./.github/actions/publish/
  with: { Tag: v1 }
- run: docker pull \${{ steps.publish.outputs.ref }}
- run: docker pull ghcr.io/acme/other:$PUBLISHED`),
  });
  const usage = files.usage(caller);

  test('has the inputs and the environment of the step that uses it, and gives outputs and environment back', () => {
    expect(references(of(called(usage), 'push'))).toEqual(['ghcr.io/acme/app:${{ github.sha }}', 'ghcr.io/acme/app:v1']);
    expect(references(of(usage?.usages ?? [], 'pull'))).toEqual(['ghcr.io/acme/app:${{ github.sha }}', 'ghcr.io/acme/other:v1']);
    expect(called(usage).map(({ failure, step }) => [failure, step.index])).toEqual([
      ['ignored', 1],
      ['fatal', 2],
    ]);
  });

  test('stands in the order of the job', () => {
    const [job] = usage?.workflow.jobs ?? [];
    if (!usage || !job) throw new Error('nothing was found');
    expect(jobUsages(usage, job).map(({ kind }) => kind)).toEqual(['checkout', 'push', 'push', 'pull', 'pull']);
  });

  test('is itself seen with what the steps give it', () => {
    expect(files.usages(action).flatMap(({ usages }) => references(usages))).toEqual([
      'ghcr.io/acme/app:${{ github.sha }}',
      'ghcr.io/acme/app:v1',
    ]);
  });

  test.each([
    ['./nowhere', 'it is not in this workspace'],
    ['./../outside', 'its path leads out of the repository'],
    ['./node', 'it is a program, not a list of steps'],
  ])('%s: %s', (uses, reason) => {
    const files = workspace({ 'node/action.yml': 'runs: { using: node20, main: index.js }\n', [caller]: steps(`- uses: ${uses}`) });
    expect(of(files.usage(caller)?.usages ?? [], 'opaque').map(opaque => [opaque.name, opaque.reason])).toEqual([[uses, reason]]);
  });

  test('of another repository lies where that was checked out', () => {
    const other = (policy: string | undefined) => {
      const made = workspace(
        {
          [caller]: steps(
            '- uses: actions/checkout@v4\n- uses: actions/checkout@v4\n  with: { repository: acme/ci, path: .ci }\n- uses: ./.ci/publish',
          ),
        },
        { '../ci/publish/action.yml': metadata },
      );
      if (policy) made.set('.github/tallyman.yml', `checkouts: { acme/ci: ${policy} }\n`);
      return made;
    };
    expect(of(other(undefined).usage(caller)?.usages ?? [], 'opaque').map(({ reason }) => reason)).toEqual([
      'it is in acme/ci, of which no checkout is known here',
    ]);
    expect(references(called(other('../ci').usage(caller)))).toEqual(['ghcr.io/acme/app:${{ github.sha }}']);
    expect(other('../ci').flow.writes.map(({ path, place }) => [path, place.path])).toEqual([[caller, '../ci/publish/action.yml']]);
  });
});

test('what is called in a circle or without end is left', () => {
  const idle = '    - run: echo\n      shell: bash\n'.repeat(60);
  const loop = (name: string) => `runs:\n  using: composite\n  steps:\n${idle}    - uses: ./${name}\n    - uses: ./${name}\n`;
  const files = workspace({
    'a/action.yml': loop('b'),
    'b/action.yml': loop('a'),
    ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`deep${index}/action.yml`, loop(`deep${index + 1}`)])),
    [caller]: 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./a\n      - uses: ./deep0\n',
  });
  const start = performance.now();
  for (const path of files.paths()) files.usages(path);
  expect(performance.now() - start).toBeLessThan(2000);
  expect(new Set(of(called(files.usage(caller)), 'opaque').map(({ reason }) => reason))).toEqual(
    new Set(['its calls lead in a circle or too deep', 'too many steps are called from this file']),
  );
});
