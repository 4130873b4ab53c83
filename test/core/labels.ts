import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../core/rules/index.ts';
import { built } from '../fakes/built.ts';
import { corpusFolder } from './corpus.ts';

/** What a careful reviewer says of one line: one of these rules should speak there, or none of them may warn. */
export interface Label {
  readonly path: string;
  readonly line: number;
  /** Those that exist here. */
  readonly rules: readonly string[];
  /** Some that it names do not exist yet, and may be the ones that are meant. */
  readonly partly: boolean;
  readonly verdict: 'fire' | 'silent';
  readonly why: string;
}

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly path: string;
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
}

export interface Judged extends Label {
  /** The finding that answers (fire) or offends (silent). */
  readonly by?: Found;
}

/**
 * Every label of the corpus that one of our rules can answer, with what `tallyman check` says there; `undefined` without a corpus. A
 * label that also names rules which do not exist yet counts where it is answered.
 */
export async function judgeLabels(): Promise<readonly Judged[] | undefined> {
  const folder = corpusFolder();
  const labels = folder && join(folder, 'labels.tsv');
  if (!folder || !labels || !existsSync(labels)) return undefined;
  const findings = await check(folder);
  return readLabels(readFileSync(labels, 'utf8')).flatMap(label => {
    const by = findings.find(
      ({ rule, severity, path, range }) =>
        path === label.path &&
        label.rules.includes(rule) &&
        range.start.line <= label.line &&
        label.line <= range.end.line &&
        (label.verdict === 'fire' || severity === 'error' || severity === 'warning'),
    );
    return label.partly && label.verdict === 'fire' && !by ? [] : [{ ...label, ...(by && { by }) }];
  });
}

function readLabels(text: string): readonly Label[] {
  const known = new Set(rules.map(({ id }) => id));
  return text
    .split('\n')
    .slice(1)
    .flatMap(row => {
      const [workspace, path, line, ids, verdict, why] = row.split('\t');
      if (!workspace || !path || !line || !ids || !why || (verdict !== 'fire' && verdict !== 'silent')) return [];
      const named = ids.split('|');
      const ours = named.filter(id => known.has(id));
      const partly = ours.length < named.length;
      return ours.length > 0 ? [{ path: `${workspace}/${path}`, line: Number(line), rules: ours, partly, verdict, why }] : [];
    });
}

/** The findings of the whole corpus, as a user gets them. */
async function check(folder: string): Promise<readonly Found[]> {
  const cli = await built('cli');
  const output = await new Promise<string>((resolve, reject) => {
    const run = execFile(
      process.execPath,
      [cli, 'check', '--format', 'json', '--fail-on', 'never', '.'],
      { cwd: folder, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => (error ? reject(new Error(stderr || error.message)) : resolve(stdout)),
    );
    run.stdin?.end();
  });
  return (JSON.parse(output) as { findings: readonly Found[] }).findings;
}
