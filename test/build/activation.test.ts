import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundler } from '../fakes/built.ts';

const root = join(import.meta.dirname, '..', '..');
const runs = 7;

interface Cost {
  /** Milliseconds of the processor, until `activate` has given control back. */
  readonly milliseconds: number;
  /** Files of ours that were read until then. */
  readonly read: readonly string[];
}

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-activation-'));
  const { bundle, bundles } = await bundler();
  const parts = ['extension', 'languageClient', 'aws', 'github'];
  // As users get them.
  await Promise.all(
    bundles
      .filter(({ out }) => parts.includes(basename(out, '.js')))
      .map(one => bundle({ ...one, out: join(folder, basename(one.out)), minify: true })),
  );
  writeFileSync(join(folder, 'start.cjs'), starter());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loads the extension beside an editor that takes everything and does nothing, and says what that cost. */
function starter(): string {
  const sources = globSync('client/**/*.ts', { cwd: root }).map(path => readFileSync(join(root, path), 'utf8'));
  const names = new Set(sources.flatMap(text => [...text.matchAll(/\bvscode\.(\w+)/g)].map(([, name]) => name)));
  return `
    const Module = require('node:module');
    const anything = () => new Proxy(class { dispose() {} }, {
      get: (target, key) => (key in target || typeof key === 'symbol' || key === 'then' ? target[key] : (target[key] = anything())),
      apply: () => anything(),
    });
    const editor = Object.fromEntries(${JSON.stringify([...names])}.map(name => [name, anything()]));
    const load = Module._load;
    Module._load = (name, ...rest) => (name === 'vscode' ? editor : load(name, ...rest));
    const callable = () => Object.assign(() => callable(), { dispose() {} });
    const quiet = (...names) => Object.fromEntries(names.map(name => [name, callable()]));
    Object.assign(editor.window, quiet('onDidChangeWindowState'), { createOutputChannel: () => quiet('error'), createTreeView: () => quiet('onDidCollapseElement', 'onDidExpandElement', 'onDidChangeVisibility') });
    Object.assign(editor.workspace, quiet('onDidChangeConfiguration', 'onDidGrantWorkspaceTrust', 'registerTextDocumentContentProvider', 'onDidCloseTextDocument'));
    Object.assign(editor.commands, quiet('registerCommand'));
    Object.assign(editor.authentication, quiet('onDidChangeSessions'));
    editor.EventEmitter = class { event() {} fire() {} dispose() {} };
    editor.Disposable = class { static from() { return { dispose() {} }; } dispose() {} };
    const memory = { get: (_, usual) => usual, update: async () => undefined };
    const secrets = { get: async () => undefined, onDidChange: callable() };
    const context = { subscriptions: [], globalState: memory, workspaceState: memory, secrets, globalStorageUri: { fsPath: ${JSON.stringify(folder)} }, asAbsolutePath: path => path, extensionMode: 1 };
    const before = process.cpuUsage();
    require('./extension.js').activate(context);
    const { user, system } = process.cpuUsage(before);
    const ours = Object.keys(require.cache).filter(path => path.startsWith(__dirname) && path !== __filename);
    console.log(JSON.stringify({ milliseconds: (user + system) / 1000, read: ours.map(path => require('node:path').basename(path)) }));
    process.exit(0);
  `;
}

function start(): Cost {
  return JSON.parse(execFileSync(process.execPath, [join(folder, 'start.cjs')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
}

test('activating takes at most 60 ms, and reads nothing of Amazon’s, GitHub’s or the language client’s before it is used', () => {
  const costs = Array.from({ length: runs }, start);
  for (const { read } of costs) expect(read).toEqual(['extension.js']);
  expect(Math.min(...costs.map(({ milliseconds }) => milliseconds))).toBeLessThanOrEqual(60);
});
