// `npm run build`: dist/extension.js, dist/server.js, dist/cli.js with dist/program.js, and the demo. Runs on any supported Node.
import { pathToFileURL } from 'node:url';
import { dependencies } from './bootstrap.mjs';
import { main, step, Trouble } from './steps.mjs';

/** Builds every bundle; a bundle that reaches what its process must not hold fails with the offenders named. */
export async function build({ minify = false } = {}) {
  await dependencies();
  const { bundle, bundles, gatherRulePages } = await import('../esbuild.mjs');
  try {
    await step(`Building ${bundles.length} bundles`, async () => {
      await Promise.all(bundles.map(each => bundle({ ...each, minify })));
      await gatherRulePages();
    });
  } catch (error) {
    throw new Trouble(`${error.message}\nNothing else was done.`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(() => build({ minify: process.argv.includes('--minify') }));
