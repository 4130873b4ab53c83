import { parseDocument } from 'yaml';
import { lintFile } from '../../core/lint.ts';
import { rules } from '../../core/rules/index.ts';
import type { RuleContext } from '../../core/rules/rule.ts';
import { ask, questions } from '../../core/visit.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { median, percentile, table, time } from './measure.ts';
import { files, source } from './workflows.ts';

const rounds = 20;

function workspaceOf(path: string, text: string): Workspace {
  const workspace = new Workspace();
  workspace.set(path, text);
  return workspace;
}

/** Parse, analysis and rules of each file by itself, against its bare YAML parse in the same process. */
export function fileTimes(): void {
  for (const { path, text } of files) lintFile(workspaceOf(path, text), path);
  const rows = files.map(({ path, text }) => {
    const parses: number[] = [];
    const checks: number[] = [];
    for (let round = 0; round < rounds; round++) {
      parses.push(time(() => void parseDocument(text, { prettyErrors: false })));
      checks.push(time(() => void lintFile(workspaceOf(path, text), path)));
    }
    return { parse: median(parses), check: median(checks) };
  });
  const line = (name: string, share: number) => {
    const parse = percentile(
      rows.map(row => row.parse),
      share,
    );
    const check = percentile(
      rows.map(row => row.check),
      share,
    );
    return [name, parse, check, check / parse];
  };
  table(`${files.length} files of ${source}, warm, each the median of ${rounds} runs, milliseconds`, [
    ['', 'bare YAML', 'checked', 'ratio'],
    line('p50', 0.5),
    line('p90', 0.9),
    line('p99', 0.99),
  ]);
}

/** What each rule costs over all files, once everything else is known; the dearest first. */
export function ruleTimes(): void {
  const known = files.map(({ path, text }) => {
    const workspace = workspaceOf(path, text);
    lintFile(workspace, path);
    return { path, text, workspace };
  });
  const costs = rules.map(rule => {
    const runs = Array.from({ length: 5 }, () =>
      time(() => {
        for (const { path, text, workspace } of known) {
          const usage = workspace.usage(path);
          if (!usage) continue;
          const context: RuleContext = { path, text, usage, workspace, report: () => undefined };
          const question = questions(rules, usage).find(({ rule: other }) => other === rule);
          if (question) ask(question, context);
        }
      }),
    );
    return [rule.id, median(runs) / files.length] as const;
  });
  const sorted = [...costs].sort((a, b) => b[1] - a[1]);
  const total = costs.reduce((sum, [, cost]) => sum + cost, 0);
  table('Rules, milliseconds a file on average', [
    ['', 'ms'],
    ['all', total],
    ...sorted.slice(0, 12).map(([id, cost]) => [id, cost.toFixed(3)]),
  ]);
}
