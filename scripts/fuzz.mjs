// `npm run fuzz`: random and mutated workflows against the linter, for as long as one likes. TypeScript runs as it is under the tools' Node.
import { dependencies, runNode } from './bootstrap.mjs';
import { toolNode } from './node24.mjs';
import { main } from './steps.mjs';

await main(async () => {
  await dependencies();
  return runNode(await toolNode(), ['--no-warnings', 'test/fuzz/main.ts', ...process.argv.slice(2)]);
});
