// `npm run bench`: the benchmark tables. TypeScript runs as it is under the tools' Node.
import { dependencies, runNode } from './bootstrap.mjs';
import { toolNode } from './node24.mjs';
import { main } from './steps.mjs';

await main(async () => {
  await dependencies();
  return runNode(await toolNode(), ['--no-warnings', '--expose-gc', 'test/bench/main.ts', ...process.argv.slice(2)]);
});
