// Times reading and checking workflows against bare YAML parsing of the same files, in one process. Run by `npm run bench`.
import { parseDocument } from 'yaml';
import { lintFile } from '../../core/lint.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { corpus, ownWorkflows } from '../core/corpus.ts';

const rounds = 20;

interface Row {
  readonly path: string;
  /** Milliseconds, the median of all rounds. */
  readonly parse: number;
  readonly check: number;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

function time(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

function check(path: string, text: string): void {
  const workspace = new Workspace();
  workspace.set(path, text);
  lintFile(workspace, path);
}

const real = corpus();
const files = real.length > 0 ? real : ownWorkflows();
for (const { path, text } of files) check(path, text);

const rows: Row[] = files.map(({ path, text }) => {
  const parses: number[] = [];
  const checks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    parses.push(time(() => void parseDocument(text, { prettyErrors: false })));
    checks.push(time(() => check(path, text)));
  }
  return { path, parse: median(parses), check: median(checks) };
});

const line = (name: string, share: number) => {
  const [parse, checked] = [
    percentile(
      rows.map(row => row.parse),
      share,
    ),
    percentile(
      rows.map(row => row.check),
      share,
    ),
  ];
  return `${name}  ${parse.toFixed(2).padStart(8)}  ${checked.toFixed(2).padStart(8)}  ${(checked / parse).toFixed(1).padStart(5)}`;
};

const source = real.length > 0 ? 'the corpus' : 'our own workflows (no corpus: set TALLYMAN_CORPUS)';
process.stdout.write(`${files.length} files of ${source}, warm, each the median of ${rounds} runs, milliseconds\n\n`);
process.stdout.write(`       bare YAML   checked  ratio\n${line('p50', 0.5)}\n${line('p90', 0.9)}\n${line('p99', 0.99)}\n`);
