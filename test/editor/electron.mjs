import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { startDemo } = createRequire(import.meta.url)('../../dist/demo.js');
const executable = process.env.VSCODE_EXECUTABLE;
const folder = mkdtempSync(join(tmpdir(), 'tallyman-electron-'));
const demo = await startDemo({ port: 0, folder: join(folder, 'shop') });
try {
  if (executable && !existsSync(executable)) throw new Error(`VSCODE_EXECUTABLE names ${executable}, which is not there.`);
  mkdirSync(join(folder, 'data', 'User'), { recursive: true });
  const settings = { 'security.workspace.trust.enabled': false, 'tallyman.registries': [demo.registry.host] };
  writeFileSync(join(folder, 'data', 'User', 'settings.json'), JSON.stringify(settings));
  await runTests({
    ...(executable && { vscodeExecutablePath: executable }),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist/test/editor/index.js'),
    launchArgs: [demo.workspaceFolder, '--user-data-dir', join(folder, 'data'), '--disable-extensions', '--disable-workspace-trust'],
  });
} catch (error) {
  process.stderr.write(
    `${error.message}\nWhere VS Code cannot be downloaded, let VSCODE_EXECUTABLE name one, or run npm test, which needs none.\n`,
  );
  process.exitCode = 1;
} finally {
  await demo.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
