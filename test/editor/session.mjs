// One VS Code with the demo registry behind it and a Chromium in front, all of it on free ports and gone afterwards.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { freePort, installExtension, startEditorHost } from '../../scripts/editorHost.mjs';
import { stopAll } from '../../scripts/processes.mjs';

export const { startDemo, startRegistry } = createRequire(import.meta.url)('../../dist/demo.js');

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
flags.push('--disable-component-update', '--disable-sync', '--force-color-profile=srgb');

/** Where this machine's Chromium is: CHROMIUM, or the places that Debian, Alpine and macOS use. */
export function chromiumPath() {
  const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
  usual.push('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium');
  return [process.env.CHROMIUM, ...usual].find(path => path && existsSync(path));
}

/**
 * Starts all three. `installed` false leaves the extension to be loaded from the repository by a test payload; `env` reaches the
 * extension host. Answers the demo, the workbench's address and `stop`, which ends and removes everything.
 */
export async function startSession({ trusted = true, smokeTest = false, installed = true, settings = {}, env = {}, size } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-editor-'));
  const stops = [async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
    await stopAll();
  };
  try {
    const demo = await startDemo({ port: 0, folder: join(folder, 'shop') });
    stops.push(() => demo.stop());
    const extensionsDir = join(folder, 'extensions');
    installExtension(extensionsDir, installed);
    const host = await startEditorHost({
      port: await freePort(),
      dataDir: join(folder, 'data'),
      extensionsDir,
      trusted,
      smokeTest,
      settings: { 'tallyman.registries': [demo.registry.host], ...settings },
      // Nobody's own credentials are used.
      env: { DOCKER_CONFIG: join(folder, 'docker'), ...env },
    });
    stops.push(host.stop);
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
    stops.push(() => browser.close());
    const page = await browser.newPage({ viewport: size ?? { width: 1280, height: 800 }, deviceScaleFactor: 2 });
    const address = `${host.url}/?folder=${encodeURIComponent(demo.workspaceFolder)}`;
    return { demo, page, address, url: host.url, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
