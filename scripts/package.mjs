// `npm run package`: tallyman.vsix, from minified bundles without source maps.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root, runTool } from './bootstrap.mjs';
import { build } from './build.mjs';
import { main, say, step, Trouble } from './steps.mjs';

/** What a user may be asked to download, in bytes. */
const largest = 2.5e6;

await main(async () => {
  await build({ minify: true });
  let output = '';
  const args = ['package', '--no-dependencies', '--out', 'tallyman.vsix'];
  const code = await step('Packing tallyman.vsix', () =>
    runTool('@vscode/vsce', args, { bin: 'vsce', onOutput: text => (output += text) }),
  );
  if (code !== 0) throw new Trouble(output.trim());
  const { size } = statSync(join(root, 'tallyman.vsix'));
  if (size > largest) throw new Trouble(`tallyman.vsix has ${size} bytes, more than the ${largest} that it may have.`);
  say(`tallyman.vsix, ${(size / 1e6).toFixed(1)} MB`);
});
