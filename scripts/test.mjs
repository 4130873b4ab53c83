// `npm test`: everything, on a fresh clone. What is given after `--` goes to vitest (`npm test -- --update`).
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, root, runTool } from './bootstrap.mjs';
import { build } from './build.mjs';
import { installEditor } from './editorHost.mjs';
import { onInterrupt, stopAll } from './processes.mjs';
import { main, say, Trouble } from './steps.mjs';
import { sayWithout, systemPackages } from './systemPackages.mjs';

const results = join(root, 'test-results');

await main(async () => {
  onInterrupt(stopAll);
  await dependencies();
  const without = await systemPackages();
  await clean('types', 'typescript', ['-b'], 'tsc');
  await clean('format and lint', '@biomejs/biome', ['check', '.']);
  await build();
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const counts = [await unit(process.argv.slice(2))];
  if (!without.includes('chromium')) {
    await installEditor();
    counts.push(await editor());
  }
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  say('');
  sayWithout(without);
  say(`${passed} passed, ${failed} failed${without.length > 0 ? `, without ${without.join(', ')}` : ''}`);
  return failed > 0 || passed === 0 ? 1 : 0;
});

/** A tool that must have nothing to say. */
async function clean(what, packageName, args, bin) {
  say(`\n── ${what}`);
  if ((await runTool(packageName, args, { bin })) !== 0) throw new Trouble(`The ${what} are not clean: see above.`);
}

/** Everything that runs outside the editor. */
async function unit(args) {
  say('\n── vitest');
  const file = join(results, 'vitest.json');
  const code = await runTool('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args]);
  const { numPassedTests: passed, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
  // A file that cannot even be loaded has no tests that failed.
  const failed = Math.max(numFailedTests, numFailedTestSuites > 0 || code !== 0 ? 1 : 0);
  return { passed, failed };
}

/** What runs in a real VS Code: mocha starts one for each file, one after the other. */
async function editor() {
  const counts = { passed: 0, failed: 0 };
  const files = readdirSync(join(root, 'test/editor')).filter(name => name.endsWith('.test.mjs'));
  for (const name of files) {
    say(`\n── editor: ${name.replace('.test.mjs', '')}`);
    let output = '';
    const code = await runTool('mocha', ['--reporter', 'spec', '--exit', join('test/editor', name)], {
      onOutput: text => {
        output += text;
        process.stdout.write(text);
      },
    });
    const count = word => Number(new RegExp(`^\\s*(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0);
    counts.passed += count('passing');
    counts.failed += Math.max(count('failing'), code === 0 ? 0 : 1);
    if (count('pending') > 0) throw new Trouble(`${name} skips tests: nothing is skipped silently.`);
  }
  return counts;
}
