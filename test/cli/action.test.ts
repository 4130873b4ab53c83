import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { argumentsOf } from '../../cli/actionInputs.ts';
import { lintFile } from '../../core/lint.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { built } from '../fakes/built.ts';
import { folderWith } from '../server/client.ts';
import { prTitle } from '../server/workflows.ts';

const metadata = parse(readFileSync(join(import.meta.dirname, '..', '..', 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly runs: { readonly main: string };
};
let root: string;

beforeEach(() => {
  root = folderWith({ '.github/workflows/a.yml': prTitle, 'sub folder/.github/workflows/a.yml': 'on: push\njobs: {}\n' });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The variables that GitHub's runner gives an action: each input that has a value or a default. */
function inputs(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const names = Object.keys(metadata.inputs);
  expect(Object.keys(given).filter(name => !names.includes(name))).toEqual([]);
  return Object.fromEntries(names.map(name => [`INPUT_${name.toUpperCase()}`, given[name] ?? metadata.inputs[name]?.default ?? '']));
}

/** Runs the action as the runner does. */
async function act(given: Readonly<Record<string, string>> = {}): Promise<{ code: number; output: string }> {
  const program = await built('action');
  const env = { ...process.env, NO_COLOR: '', GITHUB_STEP_SUMMARY: join(root, 'summary.md'), ...inputs(given) };
  return new Promise(resolve => {
    execFile(process.execPath, [program], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

describe('the inputs', () => {
  test('are all read, and are options of their own names', () => {
    const given = Object.fromEntries(Object.keys(metadata.inputs).map(name => [name, name === 'summary' ? 'true' : `the ${name}`]));
    const { args, folder } = argumentsOf({ ...inputs(given), GITHUB_STEP_SUMMARY: '/page' }) as { args: string[]; folder: string };
    expect(folder).toBe('the working-directory');
    expect([...args].sort()).toEqual(
      [
        'check',
        '--format=the format',
        '--fail-on=the fail-on',
        '--min-severity=the min-severity',
        '--policy=the policy',
        '--baseline=the baseline',
        '--changed-since=the changed-since',
        '--sarif-file=the sarif-file',
        '--summary-file=/page',
        '--',
        'the paths',
      ].sort(),
    );
    for (const { description } of Object.values(metadata.inputs)) expect(description).toMatch(/\w/);
  });

  test('that say nothing are left to the program; no path becomes an option', () => {
    expect(argumentsOf({})).toEqual({ args: ['check', '--'], folder: '.' });
    const given = { INPUT_PATHS: ' --fix \n\n a b.yml\r\n$(x)\n', INPUT_SUMMARY: 'false', GITHUB_STEP_SUMMARY: '/page' };
    expect(argumentsOf(given)).toEqual({ args: ['check', '--', '--fix', 'a b.yml', '$(x)'], folder: '.' });
  });
});

test('the guide names every input, and nothing is found in its workflow', () => {
  const guide = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'ci.md'), 'utf8');
  const [, table = ''] = /\| input \|[^\n]*\n([\s\S]*?)\n\n/.exec(guide) ?? [];
  const named = table.split('\n').flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(Object.keys(metadata.inputs).sort());
  const [, example = ''] = /```yaml\n(name:[\s\S]*?)```/.exec(guide) ?? [];
  const workspace = new Workspace();
  workspace.set('.github/workflows/a.yml', example);
  expect(workspace.usage('.github/workflows/a.yml')?.workflow.jobs).toHaveLength(1);
  expect(lintFile(workspace, '.github/workflows/a.yml')).toEqual([]);
});

describe('the action', () => {
  test('runs the bundle that action.yml names', async () => {
    expect(await built('action')).toBe(join(import.meta.dirname, '..', '..', metadata.runs.main));
  });

  test('annotates, writes a summary and fails', async () => {
    const { code, output } = await act({ 'sarif-file': 'out.sarif' });
    expect(output).toMatch(/^::(?:error|warning) title=pr-input-in-shell[^\n]*\n2 files checked: 1 \w+; 1 with a safe fix\.\n$/);
    expect(code).toBe(1);
    expect(readFileSync(join(root, 'summary.md'), 'utf8')).toContain('### Tallyman');
    expect(readFileSync(join(root, 'out.sarif'), 'utf8')).toContain('"ruleId": "pr-input-in-shell"');
  });

  test('runs where it is told to, and fails on what it is told to', async () => {
    expect(await act({ 'working-directory': 'sub folder' })).toEqual({ code: 0, output: '1 file checked: no findings.\n' });
    expect((await act({ 'fail-on': 'never', format: 'pretty' })).code).toBe(0);
    writeFileSync(join(root, 'known.json'), '{}');
    expect(await act({ baseline: 'known.json' })).toMatchObject({
      code: 2,
      output: expect.stringContaining('Cannot read the baseline known.json'),
    });
  });

  test.each([
    [{ summary: 'yes' }, '::error::The input `summary` is either true or false.\n'],
    [{ 'working-directory': 'nowhere' }, '::error::Tallyman could not be started: the folder of `working-directory` must be there.\n'],
    [{ format: 'xml' }, /--format.*xml/],
    [{ paths: '--version' }, /Cannot read --version: it does not exist\./],
  ])('%j is told of', async (given, sentence) => {
    const { code, output } = await act(given);
    expect(output).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
    expect(code).toBe(2);
  });
});
