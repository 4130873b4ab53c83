import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { built } from '../fakes/built.ts';
import { folderWith } from '../server/client.ts';
import { ecrCache, prTitle } from '../server/workflows.ts';
import { run } from './run.ts';

const workflow = '.github/workflows/build.yml';
const clean = 'on: push\njobs: {}\n';
let root: string;

beforeEach(() => {
  root = folderWith({});
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Runs `check` in the folder. */
function check(...args: string[]) {
  return run(['check', ...args], { cwd: root });
}

interface Document {
  readonly version: number;
  readonly files: number;
  readonly findings: readonly {
    readonly rule: string;
    readonly path: string;
    readonly fix?: { readonly edits: readonly { readonly text: string }[] };
  }[];
}

/** The JSON document of a run: `rule path` of each finding, and how many files were checked. */
async function found(...args: string[]) {
  const { stdout, stderr, code } = await check(...args, '--format', 'json');
  const document = JSON.parse(stdout) as Document;
  return { files: document.files, findings: document.findings.map(({ rule, path }) => `${rule} ${path}`), stderr, code, document };
}

describe('what is read', () => {
  test('many repositories give what each of them gives, in the order of their paths', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `r${String(index).padStart(2, '0')}`);
    for (const [index, name] of names.entries()) {
      for (let file = 0; file < 10; file++) put(`${name}/.github/workflows/w${file}.yml`, file === 3 && index % 2 === 0 ? prTitle : clean);
    }
    put(`${names[7]}/.github/workflows/broken.yml`, 'on: push\njobs: [\n');
    const { files, findings, code } = await found();
    expect(files).toBe(401);
    expect(new Set(findings.filter(one => one.startsWith('pr-input')))).toEqual(
      new Set(names.filter((_, index) => index % 2 === 0).map(name => `pr-input-in-shell ${name}/.github/workflows/w3.yml`)),
    );
    expect(findings).toContain(`invalid-yaml ${names[7]}/.github/workflows/broken.yml`);
    const paths = findings.map(one => one.split(' ')[1]);
    expect(paths).toEqual([...paths].sort());
    expect(code).toBe(1);
    expect((await check()).stdout).toContain('401 files checked');
  });

  test('a folder gives its workflows and composite actions, without ignored paths, node_modules and .git', async () => {
    put('.gitignore', 'generated/\n*.local.yml\n');
    for (const path of [
      workflow,
      'sub/.gitea/workflows/a.yaml',
      'sub/.forgejo/workflows/a.yml',
      'actions/push/action.yaml',
      'compose.yml',
      'node_modules/x/.github/workflows/a.yml',
      '.git/.github/workflows/a.yml',
      'generated/.github/workflows/a.yml',
      '.github/workflows/mine.local.yml',
      '.github/workflows/deeper/a.yml',
    ]) {
      put(path, path.endsWith('action.yaml') ? 'runs: { using: composite, steps: [] }\n' : prTitle);
    }
    expect(await found('.')).toMatchObject({
      files: 4,
      findings: [
        `pr-input-in-shell ${workflow}`,
        'pr-input-in-shell sub/.forgejo/workflows/a.yml',
        'pr-input-in-shell sub/.gitea/workflows/a.yaml',
      ],
      stderr: '',
      code: 1,
    });
  });

  test('a folder without workflows gives every YAML file below it', async () => {
    put('ci/a.yml', prTitle);
    put('ci/b.yaml', clean);
    expect(await found('ci')).toMatchObject({ files: 2, findings: ['pr-input-in-shell ci/a.yml'] });
  });

  test('no path means the root of the repository', async () => {
    put('.git/HEAD', 'ref: refs/heads/main\n');
    put(workflow, prTitle);
    mkdirSync(join(root, 'deep/er'), { recursive: true });
    const { stdout } = await run(['check', '--format', 'json'], { cwd: join(root, 'deep/er') });
    expect((JSON.parse(stdout) as Document).findings[0]?.path).toBe(`../../${workflow}`);
  });

  test('a named file is read whatever its name, also where git ignores it, and once when named twice', async () => {
    put('.git/HEAD', '');
    put('.gitignore', 'out/\n');
    put('out/ship it 出荷.txt', prTitle);
    const name = 'out/ship it 出荷.txt';
    expect(await found(name, `./${name}`, join(root, name))).toMatchObject({ files: 1, findings: [`pr-input-in-shell ${name}`] });
    expect(await found('out')).toMatchObject({ files: 0, findings: [], code: 0 });
  });

  test('the workflow folder itself can be named', async () => {
    put(workflow, prTitle);
    expect(await found('.github')).toMatchObject({ files: 1 });
    expect(await found('.github/workflows')).toMatchObject({ files: 1 });
  });

  test('links that lead in a circle or out of the folder are not followed', async () => {
    put(`in/${workflow}`, clean);
    put('secret.yml', prTitle);
    symlinkSync('..', join(root, 'in/loop'));
    symlinkSync(join(root, 'secret.yml'), join(root, 'in/.github/workflows/out.yml'));
    symlinkSync('build.yml', join(root, 'in/.github/workflows/link.yml'));
    symlinkSync('itself.yml', join(root, 'in/.github/workflows/itself.yml'));
    expect(await found('in')).toMatchObject({ files: 2, findings: [], code: 0, stderr: '' });
  });

  test('a folder without YAML is done at once, with a word about it', async () => {
    put('README.md', 'hello');
    expect(await check('.')).toEqual({
      code: 0,
      stdout: '0 files checked: no findings.\n',
      stderr: 'Nothing to check in .: it holds no workflow and no other YAML file.\n',
    });
  });

  test('standard input is checked in place of the file it names', async () => {
    put(workflow, clean);
    const result = await run(['check', '--stdin', '--path', workflow, '--format', 'json'], { cwd: root, input: prTitle });
    expect(result.code).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ files: 1, findings: [{ path: workflow, rule: 'pr-input-in-shell' }] });
    const elsewhere = await run(['check', '--stdin', '--path', 'not/there/.github/workflows/a.yml'], { cwd: root, input: '' });
    expect(elsewhere).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('bad input', () => {
  test.each([
    ['a missing path', 'nowhere.yml', 'Cannot read nowhere.yml: it does not exist.'],
    ['a part that is no folder', `${workflow}/x.yml`, `Cannot read ${workflow}/x.yml: a part of the path is no folder.`],
    ['a binary', 'binary.yml', 'Cannot read binary.yml: it is no UTF-8 text.'],
    ['another encoding', 'utf16.yml', 'Cannot read utf16.yml: it is no UTF-8 text.'],
    ['a circle of links', 'circle.yml', 'Cannot read circle.yml: its links lead in a circle.'],
  ])('%s is named in one sentence, and the rest is still printed', async (_, path, sentence) => {
    put(workflow, prTitle);
    put('binary.yml', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0));
    put('utf16.yml', Buffer.from('on: push', 'utf16le'));
    symlinkSync('circle.yml', join(root, 'circle.yml'));
    const { findings, stderr, code } = await found(path, workflow);
    expect(stderr).toBe(`${sentence}\n`);
    expect(findings).toEqual([`pr-input-in-shell ${workflow}`]);
    expect(code).toBe(2);
  });

  test('what is neither file nor folder is named in one sentence', async () => {
    const server = createServer().listen(join(root, 'socket'));
    await once(server, 'listening');
    expect(await check('socket')).toMatchObject({ code: 2, stderr: 'Cannot read socket: it is no file.\n' });
    server.close();
  });

  test.each([
    ['an empty file', '', []],
    ['only a comment', '# nothing\n', []],
    ['a list', '- a\n- b\n', undefined],
    ['a scalar', 'hello\n', undefined],
    ['a byte order mark and CRLF', `\ufeff${prTitle.replaceAll('\n', '\r\n')}`, ['pr-input-in-shell']],
    ['broken YAML', 'on: [push\n', ['invalid-yaml']],
    ['tabs for indentation', 'on:\n\tpush:\n', ['invalid-yaml']],
    ['duplicate keys', 'on: push\non: push\njobs: {}\n', ['invalid-yaml']],
    ['5 MB', `on: push\n${'# padding padding padding\n'.repeat(200_000)}`, ['file-too-large']],
    ['deep nesting', '['.repeat(100_000), undefined],
  ])('%s neither hangs nor crashes', async (_, text, rules) => {
    put(workflow, text);
    const { document, stderr, code } = await found('.');
    expect(stderr).toBe('');
    expect([0, 1]).toContain(code);
    if (rules) expect([...new Set(document.findings.map(({ rule }) => rule))]).toEqual(rules);
  });

  test.each([
    [['--format', 'xml'], /--format.*xml.*pretty, json, sarif, github/],
    [['--min-severity', 'fatal'], /--min-severity.*fatal/],
    [['--stdin'], /--stdin needs --path/],
    [['--path', 'x.yml'], /--path.*--stdin/],
    [['--stdin', '--path', 'x.yml', 'y.yml'], /leave out the paths/],
    [['--stdin', '--path', 'x.yml', '--fix'], /--fix writes files/],
    [['--fix=some'], /unknown option '--fix=some'/],
    [['--stdin', '--path', 'x.yml', '--fix=all'], /--fix writes files/],
    [['--stdin', '--path', 'x.yml', '--changed-since', 'main'], /--stdin has none/],
    [['--changed-since', 'main', '--write-baseline', 'x.json'], /--write-baseline takes all/],
    [['--nonsense'], /unknown option '--nonsense'/],
  ])('%j is a mistake of usage', async (args, sentence) => {
    const { code, stdout, stderr } = await check(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('--fix', () => {
  test('writes safe fixes and reports what is left, and a second run changes nothing', async () => {
    const deploy = '      - run: kubectl set image deploy/app app=ghcr.io/acme/app:latest\n';
    put(workflow, `\ufeff${ecrCache}${deploy}`.replaceAll('\n', '\r\n'));
    put('.github/workflows/title.yml', prTitle);
    const { stdout } = await check('--fix');
    expect(stdout).toContain('warning[deploy-moving-tag]');
    expect(stdout).toMatch(/\n2 files checked: 1 \w+; 2 fixed\.\n$/);
    const fixed = readFileSync(join(root, workflow), 'utf8');
    expect(fixed).toBe(
      `\ufeff${ecrCache}${deploy}`
        .replace('ignore-error=true', 'ignore-error=true,image-manifest=true,oci-mediatypes=true')
        .replaceAll('\n', '\r\n'),
    );
    const title = readFileSync(join(root, '.github/workflows/title.yml'), 'utf8');
    await check('--fix');
    expect(readFileSync(join(root, workflow), 'utf8')).toBe(fixed);
    expect(readFileSync(join(root, '.github/workflows/title.yml'), 'utf8')).toBe(title);
  });

  test('=all writes suggestions too, and what it leaves it leaves again', async () => {
    const word = prTitle.replace('echo "${{ github.event.pull_request.title }}"', 'echo ${{ github.event.pull_request.title }}');
    put(workflow, word);
    expect((await check('--fix')).stdout).toContain('= suggestion:');
    expect(readFileSync(join(root, workflow), 'utf8')).toBe(word);
    expect(await check('--fix=all', workflow)).toMatchObject({ code: 0, stdout: '1 file checked: no findings; 1 fixed.\n' });
    const fixed = readFileSync(join(root, workflow), 'utf8');
    expect(fixed).not.toContain('echo ${{');
    await check('--fix=all');
    expect(readFileSync(join(root, workflow), 'utf8')).toBe(fixed);
  });

  test('touches no file that was not named', async () => {
    put(workflow, clean);
    put('.github/workflows/title.yml', prTitle);
    expect(await check('--fix', workflow)).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, '.github/workflows/title.yml'), 'utf8')).toBe(prTitle);
  });
});

describe('what is written', () => {
  test('json holds lines and UTF-16 columns from 1, related places, the docs page and the fix', async () => {
    put(workflow, `\ufeff# 🚢\n${ecrCache}`);
    const { document } = await found(workflow);
    const line = 11;
    const [finding] = document.findings;
    expect(document).toMatchObject({ version: 1, files: 1 });
    expect(Object.keys(finding ?? {})).toEqual(['rule', 'severity', 'message', 'path', 'range', 'related', 'docs', 'fix']);
    expect(finding).toMatchObject({
      rule: 'cache-image-manifest',
      severity: 'warning',
      path: workflow,
      range: { start: { line }, end: { line } },
      docs: 'https://github.com/tallyman/tallyman/blob/main/docs/rules/cache-image-manifest.md',
      fix: { safe: true, edits: [{ path: workflow, range: { start: { line }, end: { line } } }] },
    });
    expect(finding?.fix?.edits.map(({ text }) => text).join('')).toContain('image-manifest=true,oci-mediatypes=true');
  });

  test('severities are cut by --min-severity and fail by --fail-on', async () => {
    put(workflow, ecrCache);
    expect(await check('--fail-on', 'error')).toMatchObject({ code: 0 });
    expect(await check('--fail-on', 'never')).toMatchObject({ code: 0 });
    const cut = await check('--min-severity', 'error');
    expect(cut.code).toBe(1);
    expect(cut.stdout).toBe('1 file checked: no findings; 1 warning not shown.\n');
  });

  test('pretty shows the line with carets and no colour in a pipe', async () => {
    put(workflow, prTitle);
    const { stdout } = await check();
    expect(stdout).toContain(
      [
        ` --> ${workflow}:6:20`,
        '  |',
        '6 |       - run: echo "${{ github.event.pull_request.title }}"',
        '  |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
      ].join('\n'),
    );
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/\n1 file checked: 1 \w+; 1 with a safe fix\.\n$/);
  });

  test('a reader that goes away ends the run without a word', async () => {
    for (let at = 0; at < 200; at++) put(`.github/workflows/${at}.yml`, prTitle);
    const child = spawn(process.execPath, [await built('cli'), 'check'], { cwd: root });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    await once(child, 'exit');
    expect(stderr).toBe('');
  });
});
