// `npm start`: from a fresh clone to the example workspace in a real VS Code, with the demo registry behind it. Ctrl-C ends all of it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { cacheFolder } from './cache.mjs';
import { findDesktop, openDesktop } from './desktop.mjs';
import { freePort, installExtension, startEditorHost } from './editorHost.mjs';
import { openBrowser } from './openBrowser.mjs';
import { onInterrupt, stopAll } from './processes.mjs';
import { main, say, step, Trouble } from './steps.mjs';

const usage = `Usage: npm start -- [--port N] [--no-open] [--browser]

  --port N    where VS Code is served to the browser (a free port)
  --no-open   only print the address: no window and no browser is opened
  --browser   in the browser even where VS Code is installed
`;

function options() {
  const known = { port: { type: 'string' }, 'no-open': { type: 'boolean' }, browser: { type: 'boolean' }, help: { type: 'boolean' } };
  try {
    const { values } = parseArgs({ options: known });
    const port = Number(values.port ?? 0);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new Trouble(`--port takes a number from 0 to 65535, not ${values.port}.`);
    return { ...values, port };
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble(`${error.message}\n\n${usage}`);
  }
}

/** The demo on its usual port, so that what was connected last time still is; on a free one where that is taken. */
async function startDemo(folder) {
  const demo = createRequire(import.meta.url)('../dist/demo.js');
  try {
    return await demo.startDemo({ folder });
  } catch (error) {
    if (!(error instanceof demo.PortTaken)) throw new Trouble(error.message);
    return demo.startDemo({ folder, port: 0 });
  }
}

await main(async () => {
  const { port: wanted, help, browser, 'no-open': noOpen } = options();
  if (help) {
    say(usage);
    return 0;
  }
  let demo;
  const end = async () => {
    await stopAll();
    await demo?.stop();
  };
  onInterrupt(async () => {
    say('\nEnding the editor and the demo registry.');
    await end();
  });
  try {
    const port = await freePort(wanted);
    await build();
    const home = join(cacheFolder(), 'start');
    const workspace = join(home, 'workspace', 'shop');
    demo = await step('Starting the demo registry with its images and the example workspace', () => startDemo(workspace));
    if (demo.notice) say(demo.notice);
    const settings = { 'tallyman.registries': [demo.registry.host] };
    const extensionsDir = join(home, 'extensions');
    installExtension(extensionsDir);
    const desktop = noOpen || browser || wanted !== 0 ? undefined : findDesktop();
    const place = { dataDir: join(home, desktop ? 'desktop' : 'server'), extensionsDir, settings };
    let editor;
    if (desktop) {
      editor = await step(`Opening VS Code (${desktop})`, () => openDesktop({ ...place, command: desktop, folder: demo.workspaceFolder }));
    } else {
      editor = await step('Starting VS Code', () => startEditorHost({ ...place, port }));
      const address = `${editor.url}/?folder=${encodeURIComponent(demo.workspaceFolder)}`;
      const opened = !noOpen && (await openBrowser(address));
      say(`\n${noOpen || opened ? 'VS Code is at' : 'No browser could be opened here. Open this address in one:'}\n\n    ${address}\n`);
    }
    say(`Demo registry: ${demo.registry.url}\nExample workspace: ${demo.workspaceFolder}\nCtrl-C ends all of it.`);
    await editor.ended;
    return 0;
  } finally {
    await end();
  }
});
