// `npm run screenshots`: takes the README's pictures anew, on a walk through the editor.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, root, runTool } from './bootstrap.mjs';
import { build } from './build.mjs';
import { onInterrupt, stopAll } from './processes.mjs';
import { main } from './steps.mjs';
import { machineTools } from './tools.mjs';

await main(async () => {
  onInterrupt(stopAll);
  await machineTools();
  await dependencies();
  await build();
  const code = await runTool('mocha', ['test/editor/walk.test.mjs', 'test/editor/inTheFile.test.mjs', '--bail', '--exit']);
  const images = join(root, 'docs', 'images');
  mkdirSync(images, { recursive: true });
  for (const name of ['diagnostics', 'in-the-file', 'sidebar', 'promote'])
    copyFileSync(join(root, 'test-results/walk', `${name}.png`), join(images, `${name}.png`));
  return code;
});
