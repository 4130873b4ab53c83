import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFiles, readHistory } from '../../demo/history/history.ts';
import { materialise } from '../../demo/workspaceHistory.ts';

const source = join(import.meta.dirname, '..', '..', 'demo', 'workspace');
const history = readHistory(source);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-workspace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();

test('git gives every commit the id that the images name', () => {
  expect(materialise(history, folder)).toBeUndefined();
  expect(git('log', '--reverse', '--format=%H', 'main').split('\n')).toEqual(history.main.map(({ sha }) => sha));
  expect(git('rev-parse', 'feature/gift-cards')).toBe(history.pullRequest.sha);
  expect(git('rev-parse', 'origin/main', 'v1.5.0')).toBe(`${history.main.at(-1)?.sha}\n${history.main.at(-1)?.sha}`);
  expect(git('tag')).toBe('v1.3.0\nv1.4.0\nv1.4.1\nv1.4.2\nv1.5.0');
  expect(git('fsck', '--strict')).not.toContain('error');
});

test('the working tree is what demo/workspace holds, with nothing to commit', () => {
  materialise(history, folder);
  expect(git('status', '--porcelain')).toBe('');
  expect(git('ls-files').split('\n')).toEqual([...readFiles(source).keys()].sort());
  for (const [path, text] of readFiles(source)) expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
});

test("nobody's git settings have a say", () => {
  const settings = join(folder, 'gitconfig');
  writeFileSync(
    settings,
    '[commit]\n\tgpgsign = true\n[core]\n\tautocrlf = true\n[user]\n\tname = Somebody\n[init]\n\tdefaultBranch = trunk\n',
  );
  const before = process.env['GIT_CONFIG_GLOBAL'];
  process.env['GIT_CONFIG_GLOBAL'] = settings;
  try {
    const inside = join(folder, 'shop');
    materialise(history, inside);
    expect(execFileSync('git', ['-C', inside, 'rev-parse', 'main'], { encoding: 'utf8' }).trim()).toBe(history.main.at(-1)?.sha);
    expect(readFileSync(join(inside, 'README.md'), 'utf8')).not.toContain('\r');
  } finally {
    if (before === undefined) delete process.env['GIT_CONFIG_GLOBAL'];
    else process.env['GIT_CONFIG_GLOBAL'] = before;
  }
});

test("last time's example is made anew, with its edits gone", () => {
  materialise(history, folder);
  writeFileSync(join(folder, 'scratch.txt'), 'an edit');
  materialise(history, folder);
  expect(existsSync(join(folder, 'scratch.txt'))).toBe(false);
  expect(git('status', '--porcelain')).toBe('');
});

test("somebody else's folder is left alone", () => {
  writeFileSync(join(folder, 'thesis.txt'), 'years of work');
  expect(() => materialise(history, folder)).toThrow(/is not empty and was not made by the demo/);
  expect(readFileSync(join(folder, 'thesis.txt'), 'utf8')).toBe('years of work');
});

test('without git the files stand there, and a sentence says what is missing', () => {
  const path = process.env['PATH'];
  process.env['PATH'] = folder;
  const inside = join(folder, 'shop');
  try {
    for (let start = 0; start < 2; start++) {
      expect(materialise(history, inside)).toMatch(/^git was not found, so the example workspace has no history/);
    }
  } finally {
    process.env['PATH'] = path;
  }
  expect(readFileSync(join(inside, '.github/workflows/build.yml'), 'utf8')).toContain('buildcache');
  expect(existsSync(join(inside, '.git'))).toBe(false);
});

test('each commit changes something, and the dates go forward', () => {
  for (const { step, parent, files } of history.main) {
    if (!parent) continue;
    expect(step.date > parent.step.date).toBe(true);
    expect([...files].some(([path, text]) => parent.files.get(path) !== text)).toBe(true);
  }
});
