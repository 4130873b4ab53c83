import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How text is laid out for the reader at hand. */
export interface Layout {
  readonly color: boolean;
  /** Terminal columns; absent for a pipe or a file, where nothing is wrapped or cut. */
  readonly width?: number;
}

export function layout({ env, stdout }: NodeJS.Process = process): Layout {
  const color = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return { color, ...(stdout.isTTY && { width: Math.max(stdout.columns, 40) }) };
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

export function paint({ color }: Layout, style: Style, text: string): string {
  return color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}

/** Resolves when the document is on its way to stdout. */
export async function write(document: string): Promise<void> {
  if (!process.stdout.write(forRunner(document))) await once(process.stdout, 'drain');
}

/** Progress and notes, beside the document. */
export function tell(line: string): void {
  process.stderr.write(`${forRunner(line)}\n`);
}

/**
 * GitHub's runner obeys `##[command]` anywhere in a line of a log (github.com/actions/runner, ActionCommand.cs), also where it is quoted from a
 * file. Nothing of ours says it, so it is broken up there; in JSON by an escape that means the same.
 */
function forRunner(text: string, { env } = process): string {
  if (env['GITHUB_ACTIONS'] !== 'true' || !text.includes('##[')) return text;
  return text.replaceAll('##[', text.startsWith('{') ? '##\\u005b' : '## [');
}

/** True where somebody can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks a question that only `y` or `yes` answers with yes; the end of input and Ctrl-C are a no. */
export async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise(resolve => {
    const done = (answer: boolean) => {
      signal.removeEventListener('abort', decline);
      resolve(answer);
      lines.close();
    };
    const decline = () => done(false);
    signal.addEventListener('abort', decline, { once: true });
    lines.once('SIGINT', () => {
      process.stderr.write('\n');
      decline();
    });
    lines.once('close', decline);
    lines.question(`${question} [y/N] `, answer => done(/^y(es)?$/i.test(answer.trim())));
  });
}
