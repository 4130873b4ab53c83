// A real VS Code out of npm, served to a browser: for `npm start` without a `code` of the user's, for the tests and the screenshots.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { cached } from './cache.mjs';
import { toolNode } from './node24.mjs';
import { npm } from './npm.mjs';
import { start } from './processes.mjs';
import { step, Trouble } from './steps.mjs';

/** code-server's package holds VS Code's own server and workbench; its own front is not used. */
const pinned = {
  version: '4.139.1',
  integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
};

/** Settings that keep the workbench to what is being shown. */
export const quietWorkbench = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'window.commandCenter': false,
  'editor.minimap.enabled': false,
};

/** VS Code's folder in the cache, installed the first time (about 600 MB). */
export async function installEditor() {
  const folder = await cached(`code-server-${pinned.version}`, async folder => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await step(`Fetching VS Code (about 600 MB, once)`, async () => {
      await npm(['install', '--save-exact', '--ignore-scripts', `code-server@${pinned.version}`], folder);
      const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
      if (lock.packages['node_modules/code-server'].integrity !== pinned.integrity) {
        throw new Trouble(`code-server@${pinned.version} does not have the checksum pinned in scripts/editorHost.mjs, so it was not used.`);
      }
      const code = join(folder, 'node_modules/code-server/lib/vscode');
      await npm(['install', '--omit=dev', '--ignore-scripts'], code);
      await npm(['install', '--omit=dev', '--ignore-scripts'], join(code, 'extensions'));
    });
  });
  return join(folder, 'node_modules/code-server/lib/vscode');
}

/** Makes `extensionsDir` hold this build of the extension and nothing else, as installing the .vsix would; or nothing at all. */
export function installExtension(extensionsDir, installed = true) {
  rmSync(extensionsDir, { recursive: true, force: true });
  mkdirSync(extensionsDir, { recursive: true });
  if (!installed) return;
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = join(extensionsDir, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  for (const path of [
    'package.json',
    'README.md',
    'LICENSE',
    'media',
    'syntaxes',
    'dist/extension.js',
    'dist/languageClient.js',
    'dist/aws.js',
    'dist/github.js',
    'dist/server.js',
    'dist/rulePages.json',
  ]) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, path), { recursive: true });
  }
}

/**
 * Starts VS Code on 127.0.0.1. `dataDir` and `extensionsDir` are its own; `settings` become the user's and the machine's; `trusted` false opens
 * folders in Restricted Mode; `smokeTest` lets a page run tests inside the extension host, which sees `env`. Answers the base address (`http://localhost:PORT`) and `stop`.
 */
export async function startEditorHost({ port, dataDir, extensionsDir, settings = {}, trusted = true, smokeTest = false, env = {} }) {
  const code = await installEditor();
  const node = await toolNode();
  const all = { ...quietWorkbench, 'security.workspace.trust.enabled': !trusted, ...settings };
  // Settings of machine scope are read from Machine, those of application scope (trust) from User.
  for (const scope of ['Machine', 'User']) {
    mkdirSync(join(dataDir, 'data', scope), { recursive: true });
    writeFileSync(join(dataDir, 'data', scope, 'settings.json'), `${JSON.stringify(all, null, 2)}\n`);
  }
  const args = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'];
  args.push('--server-data-dir', dataDir, '--extensions-dir', extensionsDir, '--telemetry-level', 'off');
  if (smokeTest) args.push('--enable-smoke-test-driver');
  let log = '';
  const server = start(node, [join(code, 'out/server-main.js'), ...args], {
    cwd: dataDir,
    // An npm above us must not leak its settings into terminals and tasks of the editor.
    env: { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^VSCODE_|^NODE_OPTIONS$/.test(name))), ...env },
    onOutput: text => {
      log = (log + text).slice(-4000);
    },
  });
  let over = false;
  server.ended.then(() => {
    over = true;
  });
  for (let tries = 0; !(await answers(port)); tries++) {
    if (over || tries > 300) {
      await server.stop();
      throw new Trouble(`VS Code did not start:\n${log.trim().split('\n').slice(-8).join('\n')}`);
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return { url: `http://localhost:${port}`, ended: server.ended, stop: server.stop };
}

/** Whether somebody accepts connections at this port of 127.0.0.1. */
export function answers(port) {
  return new Promise(resolve => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** A port of 127.0.0.1 that nobody uses now: `wanted`, or any where it is 0. Trouble says who is in the way. */
export function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', error => {
      const why = error.code === 'EACCES' ? 'may not be used by you' : 'is in use already';
      reject(new Trouble(`Port ${wanted} ${why}. Choose another one: npm start -- --port ${wanted < 65_000 ? wanted + 1 : 8080}`));
    });
    probe.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
