import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../cli/run.ts';
import { built } from '../fakes/built.ts';

const root = join(import.meta.dirname, '..', '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-release-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function writeRelease(to: string): Promise<void> {
  const dist = dirname(await built('action'));
  const { writeRelease: write } = (await import(pathToFileURL(join(root, 'scripts', 'release.mjs')).href)) as {
    writeRelease(folder: string, dist: string): void;
  };
  write(to, dist);
}

test('a release holds all that the action and the pre-commit hook name, and what is installed from it runs', async () => {
  const release = join(folder, 'release');
  await writeRelease(release);
  expect(globSync('**/*', { cwd: release }).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'action.yml',
    'dist',
    'dist/action.js',
    'dist/aws.js',
    'dist/cli.js',
    'dist/program.js',
    'dist/rulePages.json',
    'dist/undici.js',
    'package.json',
  ]);
  const [hook] = parse(readFileSync(join(release, '.pre-commit-hooks.yaml'), 'utf8')) as { entry: string; files: string }[];
  expect(hook?.entry).toBe('tallyman check');
  const wanted = new RegExp(hook?.files ?? '(?!)');
  const paths = ['.github/workflows/a.yml', 'x/.gitea/workflows/a.yaml', 'action.yml', 'x/action.yaml', '.github/tallyman.yml'];
  expect(paths.filter(path => !wanted.test(path))).toEqual([]);
  expect(
    ['compose.yml', '.github/dependabot.yml', 'transaction.yml', 'a.github/workflows/a.yml'].filter(path => wanted.test(path)),
  ).toEqual([]);
  // As pre-commit installs a hook of `language: node`: the packed folder, with nothing fetched.
  const npm = (...args: string[]) =>
    execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--silent'], {
      cwd: release,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const packed = npm('pack', '--pack-destination', folder).trim();
  npm('install', '--global', '--prefix', join(folder, 'installed'), join(folder, packed));
  const program = join(folder, 'installed', 'bin', 'tallyman');
  expect(execFileSync(program, ['check', '.github', 'action.yml'], { cwd: root, encoding: 'utf8' })).toMatch(/files checked/);
  const { stdout } = await run(['check', '--format', 'sarif', 'action.yml'], { cwd: release });
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ results: [] }] });
});

test('a folder with something in it is left alone', async () => {
  await expect(writeRelease(root)).rejects.toThrow(/is not empty\.$/);
});
