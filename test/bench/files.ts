import { parseDocument } from 'yaml';
import { lintFile } from '../../core/lint.ts';
import { rules } from '../../core/rules/index.ts';
import type { Rule, RuleContext } from '../../core/rules/rule.ts';
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

/** The rules that look beyond the file that they are asked about: at the tag flow, or at other files. Found by watching them. */
function rulesOfWorkspace(): ReadonlySet<Rule> {
  const beyond = new Set<Rule>();
  const others: ReadonlySet<string | symbol> = new Set<keyof Workspace>(['flow', 'paths', 'file', 'text', 'usage', 'usages']);
  for (const { path, text } of files) {
    const workspace = workspaceOf(path, text);
    lintFile(workspace, path);
    const usage = workspace.usage(path);
    if (!usage) continue;
    for (const question of questions(rules, usage)) {
      const watched = new Proxy(workspace, {
        get(target, name) {
          if (others.has(name)) beyond.add(question.rule);
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      ask(question, { path, text, usage, workspace: watched, report: () => undefined });
    }
  }
  return beyond;
}

/** Parse, analysis and rules of each file by itself, against its bare YAML parse in the same process. */
export function fileTimes(): void {
  for (const { path, text } of files) lintFile(workspaceOf(path, text), path);
  const beyond = rulesOfWorkspace();
  const own = rules.filter(rule => !beyond.has(rule));
  const rows = files.map(({ path, text }) => {
    const runs = { parse: [] as number[], own: [] as number[], all: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      runs.parse.push(time(() => void parseDocument(text, { prettyErrors: false })));
      runs.own.push(time(() => void lintFile(workspaceOf(path, text), path, own)));
      runs.all.push(time(() => void lintFile(workspaceOf(path, text), path)));
    }
    return { parse: median(runs.parse), own: median(runs.own), all: median(runs.all) };
  });
  const line = (name: string, share: number) => {
    const [parse, checked, all] = (['parse', 'own', 'all'] as const).map(column =>
      percentile(
        rows.map(row => row[column]),
        share,
      ),
    ) as [number, number, number];
    return [name, parse, checked, checked / parse, all, all / parse];
  };
  table(
    `${files.length} files of ${source}, warm, each the median of ${rounds} runs, milliseconds; ${beyond.size} of ${rules.length} rules need the workspace`,
    [['', 'bare YAML', 'checked', 'ratio', 'with those', 'ratio'], line('p50', 0.5), line('p90', 0.9), line('p99', 0.99)],
  );
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
