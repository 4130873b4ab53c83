import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { activation } from './activation.ts';
import { credentials } from './credentials.ts';
import { diagnostics } from './diagnostics.ts';
import { ecr } from './ecr.ts';
import { faults } from './faults.ts';
import { gitHub } from './gitHub.ts';
import { gotOver } from './gotOver.ts';
import { inTheFile } from './inTheFile.ts';
import { looking } from './looking.ts';
import { newWorkflow } from './newWorkflow.ts';
import { previews } from './previews.ts';
import { promotion } from './promotion.ts';
import { record } from './record.ts';
import { restricted } from './restricted.ts';
import { rules } from './rules.ts';
import { sidebar } from './sidebar.ts';

/**
 * The suite inside the extension host: `run` is what both launchers (`@vscode/test-electron` and the served VS Code) call. Counts
 * and failures go to the file that TALLYMAN_EDITOR_RESULTS names, the test that is under way and what the
 * extension says to ones beside it (`.at`, `.said`).
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter: 'json', reporterOptions: { output: '/dev/null' } });
  // For whoever works on one of them.
  const only = process.env['TALLYMAN_EDITOR_ONLY'];
  if (only) mocha.grep(new RegExp(only));
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, null, mocha);
  const restrictedMode = process.env['TALLYMAN_EDITOR_RESTRICTED'] === '1';
  const suites = [
    activation,
    diagnostics,
    rules,
    sidebar,
    credentials,
    faults,
    gotOver,
    promotion,
    newWorkflow,
    inTheFile,
    ecr,
    looking,
    gitHub,
    previews,
  ];
  for (const suite of restrictedMode ? [restricted] : suites) suite();
  const file = process.env['TALLYMAN_EDITOR_RESULTS'];
  if (file) mocha.suite.beforeAll(() => record(`${file}.said`));
  const results: { title: string; error?: string }[] = [];
  const failures = await new Promise<number>(resolve => {
    mocha
      .run(resolve)
      .on('test', test => file && writeFileSync(`${file}.at`, test.fullTitle()))
      .on('pass', test => results.push({ title: test.fullTitle() }))
      .on('fail', (test, error: Error) => results.push({ title: test.fullTitle(), error: error.stack ?? String(error) }));
  });
  if (file) writeFileSync(file, JSON.stringify(results));
  if (failures > 0) throw new Error(results.flatMap(({ title, error }) => (error ? [`${title}\n${error}`] : [])).join('\n\n'));
}
