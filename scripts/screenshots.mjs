// `npm run screenshots`: takes the README's pictures anew, on a walk through the editor.
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
  const pictures = join(root, 'docs', 'images');
  return runTool('mocha', ['test/editor/walk.test.mjs', '--bail', '--exit'], { env: { TALLYMAN_PICTURES: pictures } });
});
