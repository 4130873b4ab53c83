import { appendFile, writeFile } from 'node:fs/promises';
import { printable } from '../core/text/printable.ts';
import { readRulePages } from '../core/text/rulePages.ts';
import { reason } from './discover.ts';
import { exit, Failure } from './failure.ts';
import type { Report } from './formats/report.ts';
import { sarif } from './formats/sarif.ts';
import { markdownSummary } from './formats/summary.ts';
import { whole } from './interrupt.ts';

/** Writes the findings as SARIF. Throws a Failure where the file cannot be written. */
export function writeSarifFile(file: string, report: Report): Promise<void> {
  return orFail(file, () => writeFile(file, sarif(report, readRulePages(__dirname))));
}

/** Adds the summary to a file, which other steps of a job write too. Throws a Failure where the file cannot be written. */
export function writeSummaryFile(file: string, report: Report): Promise<void> {
  return orFail(file, () => appendFile(file, markdownSummary(report)));
}

async function orFail(file: string, work: () => Promise<void>): Promise<void> {
  await whole(work).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(exit.usage, `Cannot write ${printable(file)}: ${reason(error)}.`);
  });
}
