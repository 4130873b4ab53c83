import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderWith } from '../server/client.ts';
import { prTitle } from '../server/workflows.ts';
import { run } from './run.ts';

const workflow = '.github/workflows/build.yml';
const policy = '.github/tallyman.yml';
let root: string;

beforeEach(() => {
  root = folderWith({ [workflow]: prTitle });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** `severity rule path` of each finding, and how many files were checked. */
async function found(...args: string[]) {
  const { stdout, stderr, code } = await run(['check', '--format', 'json', ...args], { cwd: root });
  const { files, findings } = stdout === '' ? { files: 0, findings: [] } : JSON.parse(stdout);
  const lines = (findings as { severity: string; rule: string; path: string }[]).map(
    ({ severity, rule, path }) => `${severity} ${rule} ${path}`,
  );
  return { files, findings: lines, stderr, code };
}

const usual = `error pr-input-in-shell ${workflow}`;

test('the repository’s policy gives rules their severity, whatever was named', async () => {
  put(policy, 'rules: { pr-input-in-shell: hint }\n');
  for (const args of [[], ['.'], [workflow], ['.github']])
    expect(await found(...args)).toMatchObject({ files: 1, findings: [`hint pr-input-in-shell ${workflow}`], code: 0 });
});

test('mistakes in it are found with the rest, once, and take its effect', async () => {
  put(policy, 'rules: { pr-input-in-shell: of }\n');
  const both = [`error policy-invalid ${policy}`, usual];
  expect(await found()).toMatchObject({ files: 1, findings: both, code: 1 });
  expect(await found(workflow)).toMatchObject({ files: 1, findings: both });
  expect(await found(policy)).toMatchObject({ files: 1, findings: [both[0]] });
  expect(await found(policy, workflow)).toMatchObject({ files: 2, findings: both });
});

test('the policy of an action without workflows is read too', async () => {
  rmSync(join(root, workflow));
  put('action.yml', 'name: a\nruns:\n  using: composite\n  steps: []\n');
  put(policy, 'nothing: 1\n');
  expect(await found()).toMatchObject({ findings: [`error policy-invalid ${policy}`] });
});

test('--policy takes another file in its place', async () => {
  put(policy, 'nothing: 1\n');
  put('config/policy.yml', 'paths: [{ paths: .github/workflows/*.yml, rules: { pr-input-in-shell: off } }]\n');
  expect(await found('--policy', 'config/policy.yml')).toMatchObject({ files: 1, findings: [], code: 0 });
  put('config/policy.yml', 'rules: { x: off }\n');
  put('other/.github/workflows/a.yml', prTitle);
  expect(await found('--policy', 'config/policy.yml')).toMatchObject({
    files: 2,
    findings: ['error policy-invalid config/policy.yml', usual, `error pr-input-in-shell other/${workflow.replace('build', 'a')}`].sort(
      (a, b) => ((a.split(' ')[2] ?? '') < (b.split(' ')[2] ?? '') ? -1 : 1),
    ),
  });
});

test.each([
  ['missing', 'nowhere.yml', 'it does not exist'],
  ['a folder', '.github', 'it is a folder'],
  ['no text', 'binary.yml', 'it is no UTF-8 text'],
])('a named policy that is %s stops everything', async (_what, name, why) => {
  put('binary.yml', new Uint8Array([0, 1, 2]));
  const { code, stderr, findings } = await found('--policy', name);
  expect({ code, stderr, findings }).toEqual({ code: 2, stderr: `Cannot read the policy ${name}: ${why}.\n`, findings: [] });
});

test('a policy that lies there and cannot be read is not passed over in silence', async () => {
  put(policy, new Uint8Array([0xff, 0xfe, 0]));
  expect(await found()).toMatchObject({ findings: [usual], code: 2, stderr: expect.stringContaining(`Cannot read the policy ${policy}`) });
  rmSync(join(root, policy));
  symlinkSync('/etc/hostname', join(root, policy));
  expect(await found()).toMatchObject({ findings: [usual], code: 2, stderr: expect.stringContaining('lies outside the repository') });
});

test('what is typed of it is checked before it is saved', async () => {
  put(policy, 'strict: true\n');
  const { stdout } = await run(['check', '--stdin', '--path', policy, '--format', 'json'], { cwd: root, input: 'strict: 1\n' });
  expect(JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule)).toEqual(['policy-invalid']);
});

test('what a baseline knows stays known when the policy gives it another severity', async () => {
  expect((await found('--write-baseline', 'known.json')).code).toBe(0);
  put(policy, 'rules: { pr-input-in-shell: warning }\n');
  expect(await found('--baseline', 'known.json')).toMatchObject({ findings: [], code: 0 });
  expect(await found()).toMatchObject({ findings: [`warning pr-input-in-shell ${workflow}`], code: 1 });
});
