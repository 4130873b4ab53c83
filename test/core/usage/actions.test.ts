import { describe, expect, test } from 'vitest';
import { alternatives, display, type Template } from '../../../core/image/template.ts';
import { analyze } from '../../../core/usage/analyze.ts';
import { noFiles } from '../../../core/usage/files.ts';
import type { Usage } from '../../../core/usage/usage.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

const shown = (template: Template) => alternatives(template).map(display).join(' | ');

function usages(steps: string, job = '', files: Readonly<Record<string, string>> = {}): readonly Usage[] {
  const text = `on: push\njobs:\n  j:\n    runs-on: x\n${job.replace(/^(?=.)/gm, '    ')}    steps:\n${steps.replace(/^(?=.)/gm, '      ')}\n`;
  return analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'), { ...noFiles, text: path => files[path] }).usages;
}

/** A usage in one line. */
function line(usage: Usage): string {
  switch (usage.kind) {
    case 'build':
      return `build ${usage.pushes ? 'and push ' : ''}${usage.tags.map(({ template }) => shown(template)).join(', ')}`;
    case 'push':
    case 'inspect':
    case 'sign':
    case 'verify':
    case 'deploy':
      return `${usage.kind} ${shown(usage.reference.template)}`;
    case 'pull':
      return `pull ${shown(usage.reference.template)} as ${usage.purpose}`;
    case 'retag':
      return `retag ${shown(usage.from.template)} as ${shown(usage.to.template)}`;
    case 'login':
      return `login ${shown(usage.registry)}${usage.ecr ? ' (ECR)' : ''}`;
    case 'fileCache':
      return `${usage.restores ? 'restore ' : ''}${usage.saves ? 'save ' : ''}${usage.paths.map(({ template }) => shown(template)).join(', ')}`;
    case 'builder':
      return `builder ${usage.driver ?? ''}${usage.buildkit?.join('.') ?? ''}`;
    case 'opaque':
      return `opaque ${usage.name}`;
    default:
      return usage.kind;
  }
}

const step = (uses: string, inputs = '') =>
  `- id: s\n  uses: ${uses}\n${inputs === '' ? '' : `  with:\n${inputs.replace(/^/gm, '    ')}\n`}`;

describe('actions', () => {
  test.each([
    [
      'docker/build-push-action@v1',
      'repository: acme/app\nregistry: ghcr.io\ntags: a,b\nusername: u\npassword: p',
      ['login ghcr.io', 'build and push ghcr.io/acme/app:a, ghcr.io/acme/app:b'],
    ],
    ['docker/build-push-action@v6', 'outputs: type=image,"name=a/b,c/d:x",push=true', ['build and push a/b, c/d:x']],
    ['docker/build-push-action@v6', 'outputs: type=image,name=a/b,push-by-digest=true,push=true', ['build and push a/b']],
    [
      'elgohr/Publish-Docker-Github-Action@v5',
      'name: acme/app\nregistry: ghcr.io\nusername: u\npassword: p\ntags: "a,b"',
      ['login ghcr.io', 'build and push ghcr.io/acme/app:a, ghcr.io/acme/app:b'],
    ],
    ['elgohr/Publish-Docker-Github-Action@v5', 'name: acme/app', ['build and push acme/app:${{ the branch }}, acme/app:latest']],
    [
      'mr-smithers-excellent/docker-build-push@v6',
      'image: acme/app\nregistry: ghcr.io\ntags: v1\naddLatest: true\nusername: u\npassword: p',
      ['login ghcr.io', 'build and push ghcr.io/acme/app:v1, ghcr.io/acme/app:latest'],
    ],
    [
      'whoan/docker-build-with-cache-action@v8',
      'image_name: acme/app\nimage_tag: a,b\npush_image_and_stages: false',
      ['build acme/app:a, acme/app:b'],
    ],
    ['macbre/push-to-ghcr@v1', 'image_name: acme/app\ngithub_token: x', ['login ghcr.io', 'build and push ghcr.io/acme/app:latest']],
    ['redhat-actions/buildah-build@v2', 'image: app\ntags: latest v1', ['build app:latest, app:v1']],
    [
      'redhat-actions/push-to-registry@v2',
      'image: app\ntags: latest v1\nregistry: quay.io/acme',
      ['push quay.io/acme/app:latest', 'push quay.io/acme/app:v1'],
    ],
    ['akhilerm/tag-push-action@v2', 'src: a/b:1\ndst: |\n  a/b:prod\n  c/d:prod', ['retag a/b:1 as a/b:prod', 'retag a/b:1 as c/d:prod']],
    [
      'docker/login-action@v3',
      'registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      ['login 123456789012.dkr.ecr.eu-west-1.amazonaws.com (ECR)'],
    ],
    ['aws-actions/amazon-ecr-login@v2', '', ['login ${{ steps.s.outputs.registry }} (ECR)']],
    ['aws-actions/amazon-ecr-login@v2', 'registry-type: public', ['login public.ecr.aws (ECR)']],
    ['ko-build/setup-ko@v0.6', '', ['login ghcr.io']],
    ['docker/setup-buildx-action@v3', 'driver: docker', ['builder docker']],
    ['docker/setup-buildx-action@v3', 'driver-opts: image=moby/buildkit:v0.12.3', ['builder 0.12']],
    ['docker/setup-docker-action@v4', 'daemon-config: \'{"features": {"containerd-snapshotter": true}}\'', ['builder ']],
    ['actions/cache@v4', 'path: |\n  /tmp/a\n  /tmp/b\nkey: x', ['restore save /tmp/a, /tmp/b']],
    ['actions/cache/restore@v4', 'path: /tmp/a\nkey: x', ['restore /tmp/a']],
    ['google-github-actions/deploy-cloudrun@v2', 'service: web\nimage: gcr.io/a/b:prod', ['deploy gcr.io/a/b:prod']],
    ['azure/k8s-deploy@v5', 'images: |\n  a/b:1\n  c/d:2', ['deploy a/b:1', 'deploy c/d:2']],
    ['azure/webapps-deploy@v3', 'app-name: x\nimages: a/b:1', ['deploy a/b:1']],
    ['azure/container-apps-deploy-action@v1', 'imageToDeploy: a.azurecr.io/b:1', ['deploy a.azurecr.io/b:1']],
    ['actions/attest-build-provenance@v2', 'subject-name: a/b\nsubject-digest: sha256:x', ['sign a/b@sha256:x']],
    ['actions/attest-build-provenance@v2', 'subject-path: dist/*', []],
    ['notaryproject/notation-action/sign@v1', 'target_artifact_reference: a/b@sha256:x', ['sign a/b@sha256:x']],
    ['notaryproject/notation-action/verify@v1', 'target_artifact_reference: a/b@sha256:x', ['verify a/b@sha256:x']],
    ['aquasecurity/trivy-action@master', 'image-ref: a/b:1', ['inspect a/b:1']],
    ['aquasecurity/trivy-action@master', 'scan-type: fs', []],
    ['docker://alpine:3.20', '', ['pull alpine:3.20 as container']],
    [
      'appleboy/ssh-action@v1',
      'script: |\n  docker pull a/b:1\n  kubectl set image deployment/w c=a/b:1',
      ['pull a/b:1 as use', 'deploy a/b:1'],
    ],
    ['nick-fields/retry@v3', 'command: docker push a/b:1', ['push a/b:1']],
    ['actions-hub/kubectl@master', 'args: set image deployment/w c=a/b:1', ['deploy a/b:1']],
  ])('%s with %j', (uses, inputs, expected) => {
    expect(usages(step(uses, inputs)).map(line)).toEqual(expected);
  });

  test('a rendered task definition runs its image where it is deployed', () => {
    const render =
      '- id: r\n  uses: aws-actions/amazon-ecs-render-task-definition@v1\n  with:\n    task-definition: t.json\n    container-name: web\n    image: a/b:latest\n';
    const deploy =
      '- uses: aws-actions/amazon-ecs-deploy-task-definition@v2\n  with:\n    task-definition: ${{ steps.r.outputs.task-definition }}\n    service: web\n    cluster: prod\n';
    expect(usages(render + deploy).map(line)).toEqual(['deploy a/b:latest']);
    expect(usages(deploy).map(line)).toEqual([]);
  });

  test('a task definition of the repository is deployed as it stands', () => {
    const files = { 'ecs/td.json': '{ "containerDefinitions": [{ "name": "web", "image": "a/b:latest" }] }' };
    const deploy = '- uses: aws-actions/amazon-ecs-deploy-task-definition@v2\n  with: { task-definition: ecs/td.json, service: web }\n';
    expect(usages(deploy, '', files).map(line)).toEqual(['deploy a/b:latest']);
    const write = '- run: sed -i "s/latest/$TAG/" ecs/td.json\n';
    expect(
      usages(write + deploy, '', files)
        .map(line)
        .at(-1),
    ).toBe('deploy (a value in ecs/td.json)');
  });

  test.each([
    ['xt0rted/slash-command-action@v2', 'command: build', 'command-arguments', ['line', 'pusher']],
    ['xt0rted/slash-command-action@v2', 'command: build\npermission-level: none', 'command-arguments', ['line', 'stranger']],
    ['xt0rted/pull-request-comment-branch@v3', '', 'head_ref', ['gitRef', 'stranger']],
    ['xt0rted/pull-request-comment-branch@v3', '', 'head_sha', ['sha40', 'trusted']],
  ])('%s with %j: who chooses %s', (uses, inputs, output, expected) => {
    const [checkout] = usages(`${step(uses, inputs)}- uses: actions/checkout@v5\n  with:\n    ref: \${{ steps.s.outputs.${output} }}\n`);
    const [part] = checkout?.kind === 'checkout' ? (checkout.ref?.template ?? []) : [];
    expect(part?.kind === 'hole' && [part.shape, part.author]).toEqual(expected);
  });

  test("a job's container and services are pulled", () => {
    const job = 'container: ghcr.io/acme/ci:1\nservices:\n  db:\n    image: postgres:16\n';
    expect(usages('- run: "true"', job).map(line)).toEqual(['pull ghcr.io/acme/ci:1 as container', 'pull postgres:16 as service']);
  });
});

describe('an action that nobody knows', () => {
  test.each([
    'acme/docker-release@v1',
    'acme/tools/build-image@v1',
    'acme/publish@v1',
    'goreleaser/goreleaser-action@v6',
    'acme/anything@v1\n  with:\n    image: x',
  ])('%s is opaque', uses => {
    expect(usages(`- uses: ${uses}`).map(({ kind }) => kind)).toEqual(['opaque']);
  });

  test.each([
    'actions/setup-node@v4',
    'acme/setup-tool@v1',
    'acme/install-thing@v1',
    'codecov/codecov-action@v4',
    'slackapi/slack-github-action@v2',
    'JamesIves/github-pages-deploy-action@v4',
    'pypa/gh-action-pypi-publish@release/v1',
    'acme/notify@v1',
    'softprops/action-gh-release@v2',
    'sigstore/cosign-installer@v3',
    'docker/setup-qemu-action@v3',
  ])('%s is harmless', uses => {
    expect(usages(`- uses: ${uses}`)).toEqual([]);
  });
});

test('docker/github-builder builds what its metadata inputs name', () => {
  const text =
    'on: push\njobs:\n  j:\n    uses: docker/github-builder/.github/workflows/build.yml@v1\n    with:\n      output: image\n      push: true\n      cache: true\n      meta-images: a/b\n      meta-tags: type=sha\n';
  const found = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow')).usages;
  expect(found.map(line)).toEqual(['metadata', 'build and push a/b:sha-${{ github.sha }}', 'sign a/b:sha-${{ github.sha }}']);
});

describe('attestations of docker/build-push-action', () => {
  test.each([
    ['', 'the default'],
    ['provenance: false', false],
    ['provenance: mode=max', true],
    ['provenance: false\nsbom: true', true],
    ['attests: type=provenance,disabled=true', false],
    ['provenance: ${{ inputs.p }}', undefined],
  ])('%j', (given, expected) => {
    const inputs = `push: true\ntags: a/b:1\n${given}`.replace(/^(?=.)/gm, '    ');
    const [build] = usages(`- uses: docker/build-push-action@v6\n  with:\n${inputs}`);
    expect(build && 'attestations' in build ? build.attestations : 'the default').toBe(expected);
  });
});

describe('deployment environments', () => {
  test.each([
    ['environment: production', 'production'],
    ['environment:\n  name: ${{ github.event_name }}-eu', '${{ github.event_name }}-eu'],
    ['environment: ${{ matrix.e }}\nstrategy:\n  matrix:\n    e: [staging, production]', 'staging | production'],
  ])('%j', (job, expected) => {
    const text = `on: push\njobs:\n  j:\n    runs-on: x\n${job.replace(/^(?=.)/gm, '    ')}\n    steps:\n      - run: 'true'\n`;
    const { environments } = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'));
    expect([...environments.values()].map(shown)).toEqual([expected]);
  });
});
