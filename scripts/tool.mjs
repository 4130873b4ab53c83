// `node scripts/tool.mjs PACKAGE[:BIN] ARG…`: sets the clone up and runs a package's program under a Node that it accepts.
import { dependencies, runTool } from './bootstrap.mjs';
import { main } from './steps.mjs';

await main(async () => {
  const [named, ...args] = process.argv.slice(2);
  const [packageName, bin] = named.split(':');
  await dependencies();
  return runTool(packageName, args, { bin });
});
