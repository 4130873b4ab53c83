// `npm run test:electron`: the extension suite in a desktop VS Code, downloaded, or the one that VSCODE_EXECUTABLE names.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { dependencies, root } from './bootstrap.mjs';
import { build } from './build.mjs';
import { toolNode } from './node24.mjs';
import { main, step, Trouble } from './steps.mjs';

const launcher = new URL('../test/editor/electron.mjs', import.meta.url);

await main(async () => {
  await dependencies();
  await build();
  const { bundle, editorSuite } = await import(pathToFileURL(`${root}/esbuild.mjs`).href);
  await step('Building the extension suite', () => bundle(editorSuite));
  const { status, error } = spawnSync(await toolNode(), [launcher.pathname], { cwd: root, stdio: 'inherit' });
  if (error) throw new Trouble(`The tests could not be started: ${error.message}`);
  return status ?? 1;
});
