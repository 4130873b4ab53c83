import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Baseline, formatBaseline, parseBaseline } from '../core/baseline.ts';
import { printable } from '../core/text/printable.ts';
import { reason } from './discover.ts';
import { exit, Failure } from './failure.ts';
import type { Results } from './results.ts';
import { tell } from './terminal.ts';

/** Throws a Failure where the file is no baseline. */
export async function readBaseline(file: string): Promise<Baseline> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  const baseline = typeof text === 'string' ? parseBaseline(text) : reason(text);
  if (typeof baseline === 'string') throw new Failure(exit.usage, `Cannot read the baseline ${printable(file)}: ${printable(baseline)}.`);
  return baseline;
}

/** Everything that is found now becomes known. Answers the exit code; throws a Failure where nothing was written. */
export async function writeBaseline(results: Results, file: string): Promise<number> {
  for (const problem of results.problems) tell(printable(problem));
  if (results.problems.length > 0) throw new Failure(exit.usage, 'No baseline was written: it would not hold what could not be read.');
  const entries = results.entries(dirname(resolve(file))).map(({ entry }) => entry);
  await writeFile(file, formatBaseline(entries)).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(exit.usage, `Cannot write the baseline ${printable(file)}: ${reason(error)}.`);
  });
  tell(`${entries.length} ${entries.length === 1 ? 'finding is' : 'findings are'} known from now on with --baseline ${printable(file)}.`);
  return exit.done;
}
