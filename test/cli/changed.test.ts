import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderWith } from '../server/client.ts';
import { prTitle } from '../server/workflows.ts';
import { run } from './run.ts';

const clean = 'on: push\njobs: {}\n';
/** Pushes the tag that `deploy` reads. */
const push = `on: { push: { branches: [main] } }
jobs:
  build:
    runs-on: ubuntu-latest
    permissions: { packages: write }
    steps:
      - uses: docker/login-action@v3
        with: { registry: ghcr.io, username: x, password: '\${{ github.token }}' }
      - uses: docker/build-push-action@v6
        with: { push: true, tags: 'ghcr.io/acme/app:v-\${{ github.sha }}' }
`;
const deploy = `on: { push: { branches: [main] } }
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: docker pull ghcr.io/acme/app:v-\${{ github.sha }}
`;
let root: string;

beforeEach(() => {
  root = folderWith({
    '.github/workflows/old.yml': prTitle,
    '.github/workflows/push.yml': push,
    '.github/workflows/other.yml': push.replace('app:v-', 'app:w-'),
    '.github/workflows/deploy.yml': deploy,
    'other/.github/workflows/old.yml': prTitle,
  });
  git('init', '--quiet', '--initial-branch=main');
  commit();
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...identity, '-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function commit(): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'A commit');
}

function put(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function since(revision: string, { cwd = root, args = [] as string[] } = {}) {
  const { stdout, stderr, code } = await run(['check', '--changed-since', revision, '--format', 'json', ...args], { cwd });
  const findings = stdout === '' ? [] : (JSON.parse(stdout) as { findings: { rule: string; path: string }[] }).findings;
  return { findings: findings.map(({ rule, path }) => `${rule} ${path}`), stderr, code };
}

describe('what is reported', () => {
  test('nothing where nothing changed', async () => {
    expect(await since('main')).toEqual({ findings: [], stderr: '', code: 0 });
  });

  test('the findings of files that were committed, edited or added since the histories parted', async () => {
    git('checkout', '--quiet', '-b', 'side');
    put('.github/workflows/committed.yml', prTitle);
    commit();
    put('.github/workflows/new ü.yml', prTitle);
    git('checkout', '--quiet', 'main');
    put('.github/workflows/theirs.yml', prTitle);
    git('add', '.github/workflows/theirs.yml');
    git('commit', '--quiet', '--message', 'Theirs');
    git('checkout', '--quiet', 'side');
    expect(await since('main')).toMatchObject({
      findings: ['pr-input-in-shell .github/workflows/committed.yml', 'pr-input-in-shell .github/workflows/new ü.yml'],
      code: 1,
    });
    put('.github/workflows/old.yml', `# edited\n${prTitle}`);
    expect((await since('HEAD')).findings).toEqual([
      'pr-input-in-shell .github/workflows/new ü.yml',
      'pr-input-in-shell .github/workflows/old.yml',
    ]);
  });

  test('what the change does to a file that did not change', async () => {
    expect((await since('HEAD')).findings).toEqual([]);
    put('.github/workflows/push.yml', push.replace('app:v-', 'app:w-'));
    expect((await since('HEAD')).findings).toEqual(['tag-shape-mismatch .github/workflows/deploy.yml']);
    rmSync(join(root, '.github/workflows/push.yml'));
    expect((await since('HEAD')).findings).toEqual(['tag-shape-mismatch .github/workflows/deploy.yml']);
  });

  test('a policy that changed is felt where it speaks', async () => {
    put('.github/tallyman.yml', 'rules:\n  pr-input-in-shell: error\n');
    expect((await since('HEAD')).findings).toEqual([]);
    put('.github/tallyman.yml', 'rules:\n  no-such-rule: error\n');
    expect((await since('HEAD')).findings).toEqual(['policy-invalid .github/tallyman.yml']);
  });

  test('from a folder below, and of a part of the repository', async () => {
    put('other/.github/workflows/old.yml', `# edited\n${prTitle}`);
    expect((await since('HEAD', { cwd: join(root, 'other'), args: ['.'] })).findings).toEqual([
      'pr-input-in-shell .github/workflows/old.yml',
    ]);
    expect((await since('HEAD', { args: ['.github'] })).findings).toEqual([]);
  });
});

describe('what git cannot tell', () => {
  test.each(['nowhere', 'f'.repeat(40), '--output=x', 'a b', 'HEAD:x', ''])('%j is no commit', async revision => {
    const args = [`--changed-since=${revision}`, '--format', 'json'];
    const { stdout, stderr, code } = await run(['check', ...args], { cwd: root });
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: `There is no commit ${revision} in this clone.\n`, code: 2 });
  });

  test('no repository', async () => {
    const bare = folderWith({ '.github/workflows/a.yml': clean });
    const { stderr, code } = await since('main', { cwd: bare });
    expect(stderr).toMatch(/^--changed-since asks git, and it reads no repository at .*\.\n$/);
    expect(code).toBe(2);
    rmSync(bare, { recursive: true });
  });

  test('no git', async () => {
    const { stderr, code } = await run(['check', '--changed-since', 'main'], { cwd: root, env: { PATH: '/nonexistent' } });
    expect({ stderr, code }).toEqual({ stderr: '--changed-since asks git, and there is none on the PATH.\n', code: 2 });
  });

  test('a clone that is too shallow', async () => {
    const base = git('rev-parse', 'HEAD');
    git('checkout', '--quiet', '-b', 'side');
    put('a', 'x');
    commit();
    git('checkout', '--quiet', 'main');
    put('b', 'x');
    commit();
    const shallow = join(root, 'shallow');
    git('clone', '--quiet', '--depth=1', '--no-single-branch', `file://${root}`, shallow);
    expect((await since('origin/side', { cwd: shallow })).stderr).toBe(
      'HEAD and origin/side have no commit in common here. This clone is shallow: fetch more of its history (with actions/checkout, fetch-depth: 0).\n',
    );
    expect((await since(base, { cwd: shallow })).stderr).toBe(
      `There is no commit ${base} in this clone. This clone is shallow: fetch more of its history (with actions/checkout, fetch-depth: 0).\n`,
    );
  });

  test('histories that have nothing in common', async () => {
    git('checkout', '--quiet', '--orphan', 'other');
    put('a', 'x');
    commit();
    expect((await since('main')).stderr).toBe('HEAD and main have no commit in common.\n');
  });
});
