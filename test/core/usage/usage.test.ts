import { describe, expect, test } from 'vitest';
import { alternatives, derived, display, hole, type Template } from '../../../core/image/template.ts';
import { analyze, type WorkflowUsage } from '../../../core/usage/analyze.ts';
import { isEcrHost } from '../../../core/usage/ecr.ts';
import type { Usage } from '../../../core/usage/usage.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

function analyzed(text: string): WorkflowUsage {
  return analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'));
}

/** A workflow of one job with these steps. */
function steps(text: string, on = 'push'): WorkflowUsage {
  return analyzed(`on: ${on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${text.replace(/^/gm, '      ')}\n`);
}

function of<K extends Usage['kind']>({ usages }: WorkflowUsage, kind: K): readonly Extract<Usage, { kind: K }>[] {
  return usages.filter((usage): usage is Extract<Usage, { kind: K }> => usage.kind === kind);
}

const shown = (template: Template) => alternatives(template).map(display).join(' | ');

describe('metadata-action makes tags that the build pushes', () => {
  const tags = (withInputs: string, on?: string) => {
    const usage = steps(
      `- id: meta\n  uses: docker/metadata-action@v5\n  with:\n    images: |\n      ghcr.io/acme/app\n${withInputs.replace(/^/gm, '    ')}\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: \${{ steps.meta.outputs.tags }}`,
      on,
    );
    return of(usage, 'build').flatMap(build => build.tags.map(({ template }) => shown(template).replace('ghcr.io/acme/app:', '')));
  };

  test.each([
    ['tags: |\n  type=sha', ['sha-${{ github.sha }}']],
    ['tags: |\n  type=sha,format=long,prefix=', ['${{ github.sha }}']],
    ['tags: |\n  type=raw,value=latest\n  # a comment\n  edge', ['latest', 'edge']],
    ['tags: |\n  type=raw,value=latest,enable=false', []],
    ['tags: |\n  type=raw,a,value=b', ['b']],
    ['tags: type=ref,event=pr', []],
    [
      'tags: |\n  type=semver,pattern={{version}}\n  type=semver,pattern={{major}}.{{minor}}',
      ['${{ the version of the git tag }}', '${{ a part of the git tag’s version }}', 'latest'],
    ],
    ['flavor: latest=false\ntags: type=semver,pattern={{version}}', ['${{ the version of the git tag }}']],
    ['flavor: |\n  latest=true\n  suffix=-alpine\ntags: type=raw,value=x', ['x-alpine', 'latest']],
    ['tags: type=raw,value=feature/x y', ['feature-x-y']],
    ['tags: type=raw,value={{branch}}-{{sha}}', ['${{ github.ref_name }}-${{ github.sha }}', '-${{ github.sha }}']],
  ])('%j', (inputs, expected) => {
    expect(tags(inputs)).toEqual(expected);
  });

  test('the place of each tag is the expression that brings it', () => {
    const usage = steps(
      '- id: m\n  uses: docker/metadata-action@v5\n  with: { images: a/b, tags: "type=sha" }\n- uses: docker/build-push-action@v6\n  with:\n    tags: ${{ steps.m.outputs.tags }}',
    );
    const [build] = of(usage, 'build');
    expect(build?.tags[0]?.template.at(-1)?.via.map(({ what }) => what)).toEqual(['output tags of step m']);
  });
});

describe('build-push-action', () => {
  test.each([
    ["${{ github.event_name != 'pull_request' }}", undefined, ['push']],
    ["${{ github.event_name == 'push' && github.ref == 'refs/heads/main' }}", undefined, ['push']],
    ["${{ github.ref == 'refs/heads/main' }}", undefined, ['push']],
    ['${{ inputs.push }}', undefined, ['push', 'pull_request']],
    ['true', true, undefined],
  ])('with push: %s it pushes on %j, %j', (push, pushes, events) => {
    const usage = steps(`- uses: docker/build-push-action@v6\n  with:\n    push: ${push}\n    tags: a/b:c`, '[push, pull_request]');
    const [build] = of(usage, 'build');
    expect([build?.pushes, build?.pushEvents]).toEqual([pushes, events]);
  });

  test('splits tags at newlines and commas, caches at newlines only', () => {
    const usage = steps(
      '- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: |\n      a/b:1,a/b:2\n      a/b:3\n    cache-to: |\n      type=gha,scope=x\n      type=inline\n    cache-from: a/b:cache',
    );
    expect(of(usage, 'build')[0]?.tags.map(({ template }) => shown(template))).toEqual(['a/b:1', 'a/b:2', 'a/b:3']);
    expect(of(usage, 'cacheExport').map(({ type, entry }) => [type, shown(entry.template)])).toEqual([
      ['gha', 'type=gha,scope=x'],
      ['inline', 'type=inline'],
    ]);
    expect(of(usage, 'cacheImport').map(({ type }) => type)).toEqual(['registry']);
  });

  test.each([
    ['push: true', true],
    ['load: true', false],
    ["push: ${{ github.ref == 'refs/heads/main' }}", undefined],
    ['outputs: type=image,name=a/b,push=true', true],
    ['outputs: type=docker', false],
  ])('%s: pushes %s', (input, pushes) => {
    expect(of(steps(`- uses: docker/build-push-action@v6\n  with:\n    tags: a/b:1\n    ${input}`), 'build')[0]?.pushes).toBe(pushes);
  });
});

describe('commands', () => {
  test.each([
    ['docker build -t a/b:1 -ta/b:2 --tag=a/b:3 --build-arg X=1 .', 'build', ['a/b:1', 'a/b:2', 'a/b:3']],
    ['docker --context prod buildx build --builder x -t "a/b:$GITHUB_SHA" --push .', 'build', ['a/b:${{ github.sha }}']],
    ['docker buildx --builder x build -t a/b:1 .', 'build', ['a/b:1']],
    ['sudo true; podman build -t a/b:1 .', 'build', ['a/b:1']],
  ])('%s', (command, kind, expected) => {
    const usage = steps(`- run: |\n    ${command}`);
    expect(of(usage, kind as 'build')[0]?.tags.map(({ template }) => shown(template))).toEqual(expected);
  });

  test('push, pull, tag, login', () => {
    const usage = steps(
      '- run: |\n    docker login -u x --password-stdin ghcr.io\n    docker pull -q a/b:1\n    docker tag a/b:1 a/b:2\n    docker push --quiet a/b:2\n    docker image push a/c:1',
    );
    expect(of(usage, 'login').map(({ registry }) => shown(registry))).toEqual(['ghcr.io']);
    expect(of(usage, 'pull').map(({ reference }) => shown(reference.template))).toEqual(['a/b:1']);
    expect(of(usage, 'retag').map(({ from, to }) => [shown(from.template), shown(to.template)])).toEqual([['a/b:1', 'a/b:2']]);
    expect(of(usage, 'push').map(({ reference }) => shown(reference.template))).toEqual(['a/b:2', 'a/c:1']);
  });

  test.each([
    ['kubectl set image deployment/web web=a/b:1 side=c/d:2', ['a/b:1', 'c/d:2']],
    ['kubectl -n prod set image deploy web "*=a/b:1"', ['a/b:1']],
    ['kubectl set image --local -f x.yml web=a/b:1 -o yaml', ['a/b:1']],
    ['kubectl set env deployment/web A=b', []],
  ])('%s', (command, expected) => {
    expect(of(steps(`- run: ${JSON.stringify(command)}`), 'deploy').map(({ reference }) => shown(reference.template))).toEqual(expected);
  });
});

test('values go through env, outputs and needs, and the way is remembered', () => {
  const usage = analyzed(`on: push
env: { IMAGE: ghcr.io/acme/app }
jobs:
  name:
    runs-on: ubuntu-latest
    outputs: { ref: "\${{ steps.s.outputs.ref }}" }
    steps:
      - id: s
        env: { TAG: "v-\${{ github.run_number }}" }
        run: echo "ref=$IMAGE:$TAG" >> "$GITHUB_OUTPUT"
  deploy:
    needs: name
    runs-on: ubuntu-latest
    steps:
      - run: kubectl set image deploy/a a=\${{ needs.name.outputs.ref }}
`);
  const [deploy] = of(usage, 'deploy');
  expect(shown(deploy?.reference.template ?? [])).toBe('ghcr.io/acme/app:v-${{ github.run_number }}');
  expect(deploy?.reference.template[0]?.via.map(({ what }) => what)).toEqual([
    'env IMAGE',
    'output ref of step s',
    'output ref of job name',
  ]);
});

describe('the events that reach a step', () => {
  test.each([
    ["if: github.event_name != 'pull_request'", ['push']],
    ["if: github.event_name == 'pull_request' && github.base_ref == 'main'", ['pull_request']],
    ["if: github.ref == 'refs/heads/main'", ['push']],
    ["if: startsWith(github.ref, 'refs/tags/')", ['push']],
    ["if: startsWith(github.ref, 'refs/')", ['push', 'pull_request']],
    [`if: contains(fromJSON('["pull_request_target", "push"]'), github.event_name)`, ['push']],
    ['if: always()', ['push', 'pull_request']],
  ])('%s', (condition, events) => {
    expect(of(steps(`- uses: actions/checkout@v4\n  ${condition}`, '[push, pull_request]'), 'checkout')[0]?.events).toEqual(events);
  });
});

test.each([
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/a', true],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a', true],
  ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', true],
  ['123456789012.dkr-ecr.eu-west-1.on.aws/a', true],
  ['123456789012.dkr-ecr-fips.us-east-1.on.aws/a', true],
  ['123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/a', true],
  ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu/a', true],
  ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov/a', true],
  ['public.ecr.aws/acme/a', true],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.io/a', false],
  ['evil.io/123456789012.dkr.ecr.eu-west-1.amazonaws.com/a', false],
  ['public.ecr.aws.evil.io/a', false],
  ['ghcr.io/acme/ecr', false],
  ['a', false],
])('%s on ECR: %s', (host, expected) => {
  expect(isEcrHost(derived(host, { start: 0, end: 0 }))).toBe(expected);
});

test.each([
  ['secrets.ECR_REGISTRY', true],
  ['vars.AWS_ECR_URL', true],
  ['inputs.ecrRegistry', true],
  ['env.registry-ecr', true],
  ['steps.vars.outputs.ecr_registry', true],
  ['needs.setup.outputs.ecr', true],
  ['steps.login-ecr.outputs.registry', true],
  ['$(aws ecr describe-repositories)', true],
  ['secrets.SECRET_REGISTRY', false],
  ['vars.DECRYPT', false],
  ['steps.login.outputs.registry', false],
])('%s is named as ECR: %s', (source, expected) => {
  expect(isEcrHost(hole(source, 'line', { start: 0, end: 0 }))).toBe(expected);
});

test('what an ECR login gives out is ECR wherever it goes', () => {
  const usage = analyzed(
    'on: push\njobs:\n  a:\n    outputs: { host: "${{ steps.login.outputs.registry }}" }\n    steps:\n      - id: login\n        uses: aws-actions/amazon-ecr-login@v2\n  b:\n    needs: a\n    steps:\n      - run: docker push ${{ needs.a.outputs.host }}/app:1\n',
  );
  expect(of(usage, 'push').map(({ reference }) => isEcrHost(reference.template))).toEqual([true]);
});
