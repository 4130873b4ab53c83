import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ignoreFile } from '../../../core/workspace/ignoreFile.ts';

const paths = [
  'a',
  'a.yml',
  'b/a.yml',
  'b/c/a.yml',
  'out/',
  'out/x',
  'b/out/',
  '#a',
  '!a',
  'a b',
  'a ',
  '.a',
  'doc/x/frotz/',
  'doc/frotz/',
  '出荷',
  'A.YML',
  'a*b',
];
let repository: string;

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'tallyman-ignore-'));
  execFileSync('git', ['init', '--quiet', repository]);
  for (const path of paths.filter(one => one !== 'out/x')) {
    const full = join(repository, path);
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(full, '');
  }
});

afterAll(() => rmSync(repository, { recursive: true }));

/** Which of the paths git itself ignores; `no-index`, since nothing is tracked. */
function git(text: string): readonly string[] {
  writeFileSync(join(repository, '.gitignore'), text);
  const answer = execFileSync('sh', ['-c', 'git check-ignore --no-index -z --stdin || true'], { cwd: repository, input: paths.join('\0') });
  return answer.toString().split('\0').filter(Boolean);
}

test.each([
  ['a'],
  ['*.yml'],
  ['/a.yml'],
  ['b/a.yml'],
  ['b/*.yml'],
  ['b/**'],
  ['**/a.yml'],
  ['b/**/a.yml'],
  ['/*\n!/b'],
  ['*\n!*.yml\n!*/'],
  ['# a\n\n\\#a\n\\!a'],
  ['a\\ '],
  ['a   '],
  ['a b\r\n'],
  ['doc/frotz/'],
  ['frotz/'],
  ['?'],
  ['[a-c]*'],
  ['[!a]*'],
  ['出*'],
  ['a\\*b'],
  ['*.yml\n!a.yml'],
  ['!a\na'],
])('%j means what git means by it', text => {
  const ignores = ignoreFile(text, path => path);
  // The search enters no ignored folder, so a path is out when a folder above it is.
  const above = (path: string) =>
    path
      .split('/')
      .slice(0, path.endsWith('/') ? -2 : -1)
      .map((_, at, parts) => `${parts.slice(0, at + 1).join('/')}/`);
  expect(paths.filter(path => [...above(path), path].some(one => ignores(one)))).toEqual(git(text));
});

test('a pattern made to take long does not', () => {
  const start = Date.now();
  ignoreFile('*a'.repeat(100), path => path)('a'.repeat(255));
  ignoreFile('**/a/'.repeat(50), path => path)('a/'.repeat(200));
  expect(Date.now() - start).toBeLessThan(1000);
});
