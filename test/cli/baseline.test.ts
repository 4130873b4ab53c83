import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderWith } from '../server/client.ts';
import { ecrCache, prTitle } from '../server/workflows.ts';
import { run } from './run.ts';

const path = '.github/workflows/build.yml';
let root: string;

beforeEach(() => {
  root = folderWith({ [path]: prTitle, '.github/workflows/cache.yml': ecrCache });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const check = (...args: string[]) => run(['check', ...args], { cwd: root });
const put = (text: string) => writeFileSync(join(root, path), text);

test('what is known is left out, also when its lines have moved', async () => {
  const written = await check('--write-baseline', 'known.json');
  expect(written).toMatchObject({ code: 0, stdout: '' });
  expect(written.stderr).toBe('2 findings are known from now on with --baseline known.json.\n');
  expect((await check()).code).toBe(1);
  put(`# moved\n\n${prTitle}`);
  const quiet = await check('--baseline', 'known.json');
  expect(quiet.code).toBe(0);
  expect(quiet.stderr).toBe('2 known findings are left out (known.json).\n');
});

test('a line that changed is new, and one known finding does not excuse a second like it', async () => {
  await check('--write-baseline', 'known.json');
  put(prTitle.replace('echo "', 'echo "now '));
  expect((await check('--baseline', 'known.json')).code).toBe(1);
  const step = prTitle.slice(prTitle.lastIndexOf('      - '));
  put(prTitle + step);
  const { stdout, code } = await check('--baseline', 'known.json', '--format', 'json');
  expect(code).toBe(1);
  expect((JSON.parse(stdout) as { findings: unknown[] }).findings).toHaveLength(1);
});

test('it does not matter from which folder it is run', async () => {
  await check('--write-baseline', join(root, 'known.json'));
  const { code } = await run(['check', '..', '--baseline', '../known.json'], { cwd: join(root, '.github') });
  expect(code).toBe(0);
});

test('the file can be read and merged: sorted, an entry a line', async () => {
  await check('--write-baseline', 'known.json');
  const text = readFileSync(join(root, 'known.json'), 'utf8');
  expect(text.split('\n').filter(line => /^ {4}\{"rule":/.test(line))).toHaveLength(2);
  await check('--write-baseline', 'again.json');
  expect(readFileSync(join(root, 'again.json'), 'utf8')).toBe(text);
});

test.each([
  ['is not there', undefined, /^Cannot read the baseline known\.json: it does not exist\.\n$/],
  ['is no JSON', '{', /: it is no JSON\.\n$/],
  ['is of another form', '{"version": 2, "findings": []}', /known\.json: at version: /],
  ['has a bad entry', '{"version": 1, "findings": [{"rule": 1}]}', /at findings\.0\.rule: /],
])('a baseline that %s is a mistake of usage', async (_name, text, sentence) => {
  if (text !== undefined) writeFileSync(join(root, 'known.json'), text);
  const { code, stdout, stderr } = await check('--baseline', 'known.json');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
});

test('no baseline is written where something could not be read, or to a place that cannot be', async () => {
  const unread = await check('.', 'missing.yml', '--write-baseline', 'known.json');
  expect(unread.code).toBe(2);
  expect(unread.stderr).toContain('No baseline was written');
  const { code, stderr } = await check('--write-baseline', 'no/such/folder.json');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Cannot write the baseline no\/such\/folder\.json: it does not exist\.\n$/);
});
