import { readRulePages } from '../../core/text/rulePages.ts';
import { layout } from '../terminal.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import { pretty } from './pretty.ts';
import type { Report } from './report.ts';
import { sarif } from './sarif.ts';

/** How findings can be written. */
export const formats = ['pretty', 'json', 'sarif', 'github'] as const;
export type Format = (typeof formats)[number];

/** The document of a format, as it goes to standard output. */
export function written(format: Format, report: Report): string {
  switch (format) {
    case 'pretty':
      return pretty(report, layout());
    case 'json':
      return json(report);
    case 'sarif':
      return sarif(report, readRulePages(__dirname));
    case 'github':
      return github(report);
  }
}
