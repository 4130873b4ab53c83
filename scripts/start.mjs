// `npm start`: the demo registry with its images, and the example workspace in a real VS Code with the extension running.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { dependencies } from './bootstrap.mjs';
import { build } from './build.mjs';
import { cacheFolder } from './cache.mjs';
import { answers, freePort, installEditor, installExtension, quietWorkbench, startEditorHost } from './editorHost.mjs';
import { onInterrupt, start, stopAll } from './processes.mjs';
import { main, say, step, Trouble } from './steps.mjs';

/** Where VS Code is served when nobody says otherwise. */
const usualPort = 8123;

const usage = `npm start                           opens the example workspace in VS Code
npm start -- --port 9000            serves VS Code at that port of this machine
npm start -- --no-open              opens nothing, prints the address`;

await main(async () => {
  const { port, open, help } = options();
  if (help) return say(usage);
  // Asked for by number, a port must be free before anything is installed.
  if (port !== undefined) await freePort(port);
  onInterrupt(stopAll);
  await dependencies();
  await build();
  // With a port or without a window it is the served one that is meant.
  const own = open && port === undefined ? usersCode() : undefined;
  if (!own) await installEditor();
  const demo = await startRegistry();
  if (demo.notice) say(`  ${demo.notice}`);
  await (own ? openDesktop(own, demo) : serve(demo, port, open));
  await demo.stop();
  await stopAll();
});

function options() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string' }, 'no-open': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
      throw new Error(`--port takes a number from 1 to 65535, not ${values.port}.`);
    return { port, open: !values['no-open'], help: values.help };
  } catch (error) {
    throw new Trouble(`${error.message}\n\n${usage}`);
  }
}

/** The demo's own folder; two demos at once have one each. */
function folderOf(name) {
  const folder = join(cacheFolder(), 'demo', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function startRegistry() {
  const { startDemo, defaultPort } = createRequire(import.meta.url)('../dist/demo.js');
  const port = (await answers(defaultPort)) ? await freePort() : defaultPort;
  const demo = await step('Starting the demo registry and laying out the example workspace', () =>
    startDemo({ port, folder: join(folderOf(String(port)), 'shop') }),
  );
  return { ...demo, folder: folderOf(String(port)), stop: () => demo.stop() };
}

/** VS Code served to a browser, until Ctrl-C. */
async function serve(demo, wanted, open) {
  const port = wanted ?? (await freePort((await answers(usualPort)) ? 0 : usualPort));
  const extensionsDir = join(demo.folder, 'extensions');
  const host = await step('Starting VS Code', async () => {
    installExtension(extensionsDir);
    return startEditorHost({ port, dataDir: join(demo.folder, 'data'), extensionsDir, settings: settings(demo) });
  });
  const address = `${host.url}/?folder=${encodeURIComponent(demo.workspaceFolder)}`;
  say(`\nTallyman is at ${address}\nThe demo registry is at ${demo.registry.host}. Ctrl-C ends all of it.`);
  if (open && !(await openBrowser(address))) say('No browser could be opened: open the address above in one.');
  await host.ended;
  throw new Trouble('VS Code has ended by itself. Run this again.');
}

/** The user's own VS Code with a profile of ours, until its window is closed or Ctrl-C. */
async function openDesktop(code, demo) {
  const userData = join(demo.folder, 'desktop');
  const extensionsDir = join(demo.folder, 'desktop-extensions');
  installExtension(extensionsDir);
  mkdirSync(join(userData, 'User'), { recursive: true });
  const all = { ...quietWorkbench, 'security.workspace.trust.enabled': false, ...settings(demo) };
  writeFileSync(join(userData, 'User', 'settings.json'), `${JSON.stringify(all, null, 2)}\n`);
  say(`\nOpening ${demo.workspaceFolder} in your VS Code, with a profile of its own.`);
  say(`The demo registry is at ${demo.registry.host}. Close the window or press Ctrl-C to end all of it.`);
  const window = start(code, [
    '--new-window',
    '--wait',
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensionsDir,
    demo.workspaceFolder,
  ]);
  await window.ended;
}

/** In the user's settings of a profile that is only the demo's: the setting is machine-scoped. */
function settings(demo) {
  return { 'tallyman.registries': [demo.registry.host] };
}

/** The `code` on the PATH, or nothing. */
function usersCode() {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        if (folder !== '') accessSync(path, constants.X_OK);
        if (folder !== '') return path;
      } catch {
        // Not there: the next folder may have it.
      }
    }
  }
  return undefined;
}

/** Asks the platform to open an address; false where nothing can. */
function openBrowser(address) {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open'];
  return new Promise(resolve => {
    const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    // It stays with the browser that it starts, or is gone at once.
    child.on('exit', code => resolve(code === 0));
    setTimeout(() => resolve(true), 3000).unref();
    child.unref();
  });
}
