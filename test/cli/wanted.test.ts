import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderWith } from '../server/client.ts';
import { run } from './run.ts';

let parent: string;

beforeEach(() => {
  parent = folderWith({});
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(parent, path)), { recursive: true });
  writeFileSync(join(parent, path), text);
}

const deploys = (step: string) => `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: image
        ${step}
      - run: kubectl set image deployment/web web=\${{ steps.image.outputs.name }}
`;
const script = 'echo "name=ghcr.io/acme/web:latest" >> "$GITHUB_OUTPUT"\n';
const action =
  'runs: { using: composite, steps: [{ shell: bash, run: ./scripts/none.sh }] }\noutputs: { name: { value: "ghcr.io/acme/web:latest" } }\n';

async function found(): Promise<readonly string[]> {
  const { stdout } = await run(['check', '--format', 'json'], { cwd: join(parent, 'app') });
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; related: { path: string }[] }[] };
  return findings.flatMap(({ rule, related }) => (rule === 'deploy-moving-tag' ? [rule, ...new Set(related.map(({ path }) => path))] : []));
}

test('scripts that steps run are read', async () => {
  put('app/.github/workflows/a.yml', deploys('run: bash ci/image.sh'));
  expect(await found()).toEqual([]);
  put('app/ci/image.sh', '. ./ci/lib.sh\nimage\n');
  put('app/ci/lib.sh', `image() {\n  ${script}}\n`);
  expect(await found()).toEqual(['deploy-moving-tag', 'ci/lib.sh', 'ci/image.sh', '.github/workflows/a.yml']);
});

test('what a link leads to outside the workspace, and what is too large, is not read', async () => {
  put('app/.github/workflows/a.yml', deploys('run: bash ci/image.sh'));
  put('outside.sh', script);
  mkdirSync(join(parent, 'app/ci'));
  symlinkSync(join(parent, 'outside.sh'), join(parent, 'app/ci/image.sh'));
  expect(await found()).toEqual([]);
  rmSync(join(parent, 'app/ci/image.sh'));
  put('app/ci/image.sh', `${script}${'#'.repeat(1 << 20)}`);
  expect(await found()).toEqual([]);
});

test('an action of another repository is read from the checkout that the policy names', async () => {
  put('app/.github/workflows/a.yml', deploys('uses: acme/ci/image@v1'));
  put('ci/image/action.yml', action);
  expect(await found()).toEqual([]);
  put('app/.github/tallyman.yml', 'checkouts: { acme/ci: ../ci }\n');
  expect(await found()).toEqual(['deploy-moving-tag', '../ci/image/action.yml', '.github/workflows/a.yml']);
});

test('the manifests of a folder are read, but not those of one that a link leads to', async () => {
  put('app/.github/workflows/a.yml', deploys('run: kubectl apply -f k8s/').replace(/ {6}- run: kubectl set image.*\n/, ''));
  put('outside/web.yml', 'image: ghcr.io/acme/web:latest\n');
  symlinkSync(join(parent, 'outside'), join(parent, 'app/k8s'));
  expect(await found()).toEqual([]);
  rmSync(join(parent, 'app/k8s'));
  put('app/k8s/web.yml', 'image: ghcr.io/acme/web:latest\n');
  expect(await found()).toEqual(['deploy-moving-tag', 'k8s/web.yml']);
});
