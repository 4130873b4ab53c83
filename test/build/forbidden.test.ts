import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const sources = ['core', 'protocol', 'server', 'cli', 'client', 'demo', 'esbuild.mjs', 'package.json', 'tsconfig.base.json'];
let copy: string;
const undo: (() => void)[] = [];

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tallyman-build-'));
  for (const source of sources.filter(one => existsSync(join(root, one))))
    cpSync(join(root, source), join(copy, source), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
});

afterEach(() => {
  for (const one of undo.splice(0)) one();
});

afterAll(() => rmSync(copy, { recursive: true }));

/** Adds a line to a file of the copy until the test ends. */
function add(file: string, line: string): void {
  const path = join(copy, file);
  const before = readFileSync(path);
  appendFileSync(path, `\n${line}\n`);
  undo.push(() => writeFileSync(path, before));
}

/** Runs Node in the copy; answers the exit code and all it wrote. */
function node(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, args, { cwd: copy }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

describe('a bundle', () => {
  function build(name: string) {
    const script = `
      const { bundle, bundles } = await import('./esbuild.mjs');
      await bundle(bundles.find(({ out }) => out === 'dist/${name}.js'));`;
    return node('--input-type=module', '--eval', script);
  }

  test.each(['server', 'cli', 'program', 'extension'])('%s is whole as it is', async name => {
    expect(await build(name)).toEqual({ code: 0, output: '' });
  });

  test.each([
    ['server', 'server/main.ts', '../core/registry/registry.ts', 'dist/server.js must not contain:\n  core/registry/registry.ts'],
    ['server', 'server/convert.ts', '../core/promotion/model.ts', 'core/promotion/model.ts'],
    ['server', 'core/workspace/paths.ts', '../../cli/discover.ts', 'dist/server.js must not contain:\n  cli/discover.ts'],
    ['server', 'server/main.ts', 'vscode', 'Could not resolve "vscode"'],
    ['program', 'core/text/printable.ts', 'vscode', 'Could not resolve "vscode"'],
    ['program', 'cli/main.ts', 'vscode-languageserver', 'node_modules/vscode-languageserver/'],
    ['program', 'cli/discover.ts', '../server/held.ts', 'dist/program.js must not contain:\n  server/held.ts'],
    ['extension', 'client/extension.ts', '../server/held.ts', 'dist/extension.js must not contain:\n  server/held.ts'],
  ])('%s fails when %s imports %s', async (name, file, specifier, sentence) => {
    add(file, `import '${specifier}';`);
    const { code, output } = await build(name);
    expect(code).toBe(1);
    expect(output).toContain(sentence);
  });

  test.each(['program', 'extension'])('%s fails when it loads the AWS SDK before it is used', async name => {
    add('core/registry/ecr/session.ts', "import { openEcr } from './awsSdk.ts'; export const eager = openEcr;");
    expect(await build(name)).toMatchObject({ code: 1, output: expect.stringContaining("await import('./awsSdk.ts')") });
  });

  test('server fails when it reaches the AWS SDK', async () => {
    const sdk = join(copy, 'server/node_modules/@aws-sdk/client-ecr');
    mkdirSync(sdk, { recursive: true });
    undo.push(() => rmSync(join(copy, 'server/node_modules'), { recursive: true }));
    writeFileSync(join(sdk, 'index.js'), 'export const secret = 1;');
    add('server/main.ts', "import '@aws-sdk/client-ecr';");
    expect(await build('server')).toMatchObject({ code: 1, output: expect.stringContaining('node_modules/@aws-sdk/client-ecr/index.js') });
  });
});

describe('the type check', () => {
  test.each([
    ['core/text', 'core/text/span.ts', '../image/digest.ts'],
    ['core/rules', 'core/rules/rule.ts', '../registry/registry.ts'],
    ['core/registry', 'core/registry/registry.ts', '../workflow/model.ts'],
    ['core/promotion', 'core/promotion/plan.ts', '../usage/usage.ts'],
    ['protocol', 'protocol/index.ts', '../server/held.ts'],
    ['server', 'server/held.ts', '../core/registry/registry.ts'],
    ['server', 'server/held.ts', '../client/extension.ts'],
    ['client', 'client/extension.ts', '../server/held.ts'],
    ['client', 'client/extension.ts', '../cli/discover.ts'],
    ['cli', 'cli/discover.ts', '../server/held.ts'],
  ])('of %s fails when %s imports %s', async (project, file, specifier) => {
    add(file, `import '${specifier}';`);
    const { code, output } = await node(join(root, 'node_modules/typescript/bin/tsc'), '-b', project);
    expect(code).not.toBe(0);
    const target = join(file, '..', specifier);
    expect(output).toMatch(
      new RegExp(`TS6307: File '[^']*${target.replaceAll('.', '\\.')}' is not listed within the file list of project`),
    );
  });
});
