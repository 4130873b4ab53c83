// `npm test`: on a fresh clone sets everything up and runs every test, those in a real editor too. The last line has the totals.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, root, runTool } from './bootstrap.mjs';
import { build } from './build.mjs';
import { onInterrupt, stopAll } from './processes.mjs';
import { main, say, seconds, step } from './steps.mjs';
import { machineTools } from './tools.mjs';

const results = join(root, 'test-results');
const totals = { passed: 0, failed: 0 };

/** Adds a suite's results and shows each failure. */
function count(suite, tests) {
  const failed = tests.filter(({ error }) => error);
  totals.passed += tests.length - failed.length;
  totals.failed += failed.length;
  for (const { title, error } of failed) say(`\n✗ ${suite}: ${title}\n${error}`);
  say(`${suite}: ${tests.length - failed.length} passed, ${failed.length} failed`);
}

/** A tool that only says yes or no counts as one test; its output is shown where it says no. */
async function check(title, packageName, args, options) {
  let output = '';
  const code = await step(title, () => runTool(packageName, args, { ...options, onOutput: text => (output += text) }));
  count(title, [{ title: packageName, ...(code !== 0 && { error: output.trim() || `exit code ${code}` }) }]);
}

async function unitTests(without) {
  const report = join(results, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runTool('vitest', args, { env: { TALLYMAN_WITHOUT: without.join(',') } });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const tests = testResults.flatMap(({ name, status, message, assertionResults }) => [
    ...assertionResults
      .filter(test => test.status === 'passed' || test.status === 'failed')
      .map(test => ({ title: test.fullName, ...(test.status === 'failed' && { error: test.failureMessages.join('\n') }) })),
    // A file that could not even be loaded has no tests to blame.
    ...(status === 'failed' && !assertionResults.some(test => test.status === 'failed') ? [{ title: name, error: message }] : []),
  ]);
  if (code !== 0 && tests.every(({ error }) => !error)) tests.push({ title: 'vitest', error: `It ended with exit code ${code}.` });
  count('unit, server, command line and registries', tests);
}

async function editorTests() {
  const { bundle, editorSuite } = await import('../esbuild.mjs');
  await step('Building the extension suite', () => bundle(editorSuite));
  const { runSuite } = await import('../test/editor/host.mjs');
  count('extension, in the extension host', await runSuite());
  const report = join(results, 'walk.json');
  rmSync(report, { force: true });
  const args = ['test/editor/*.test.mjs', '--reporter', 'json', '--reporter-option', `output=${report}`, '--exit'];
  let output = '';
  const code = await step('Using the editor in a browser, as a person does', () =>
    runTool('mocha', args, { onOutput: text => (output += text) }),
  );
  const walk = readReport(report);
  const tests = walk
    ? walk.tests.map(({ fullTitle, err }) => ({ title: fullTitle, ...(err.message && { error: err.stack ?? err.message }) }))
    : [];
  for (const { fullTitle, err } of walk?.failures ?? []) {
    if (!tests.some(({ title }) => title === fullTitle)) tests.push({ title: fullTitle, error: err.stack ?? err.message });
  }
  if (code !== 0 && tests.every(({ error }) => !error)) tests.push({ title: 'mocha', error: output.slice(-4000) });
  count('editor, in a browser', tests);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

await main(async () => {
  onInterrupt(stopAll);
  const without = await machineTools();
  await dependencies();
  mkdirSync(results, { recursive: true });
  await check('Types (tsc)', 'typescript', ['-b'], { bin: 'tsc' });
  await check('Format and lint (biome)', '@biomejs/biome', ['check', '.']);
  await build();
  await unitTests(without);
  if (!without.includes('chromium')) await editorTests();
  await stopAll();
  say(`\nAll of it took ${seconds()}.`);
  const { passed, failed } = totals;
  say(
    without.length > 0
      ? `${passed} passed, ${failed} failed; left out: what needs ${without.join(', ')}`
      : `${passed} passed, ${failed} failed`,
  );
  return failed > 0 ? 1 : 0;
});
