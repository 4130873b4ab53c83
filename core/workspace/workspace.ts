import { LineMap } from '../text/lines.ts';
import { analyze, type WorkflowUsage } from '../usage/analyze.ts';
import { excessiveSize, parseWorkflow } from '../workflow/parse.ts';
import { fileKind } from './paths.ts';

interface File {
  readonly text: string;
  lines?: LineMap;
  usage?: WorkflowUsage;
}

/** The workflow and action files of one workspace folder, each read once per text. Paths are relative to the folder, with `/`. */
export class Workspace {
  readonly #files = new Map<string, File>();

  /** Adds a file or replaces its text; the same text again changes nothing. */
  set(path: string, text: string): void {
    if (this.#files.get(path)?.text !== text) this.#files.set(path, { text });
  }

  delete(path: string): void {
    this.#files.delete(path);
  }

  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  text(path: string): string | undefined {
    return this.#files.get(path)?.text;
  }

  /** Undefined for a file that the workspace does not hold. */
  lines(path: string): LineMap | undefined {
    const file = this.#files.get(path);
    if (!file) return undefined;
    file.lines ??= new LineMap(file.text);
    return file.lines;
  }

  /** What the file does with images; `undefined` for a file that is not held or is too large to be read. */
  usage(path: string): WorkflowUsage | undefined {
    const file = this.#files.get(path);
    if (!file || excessiveSize(file.text) !== undefined) return undefined;
    // A file that was named by hand and lies elsewhere is read as a workflow.
    file.usage ??= analyze(parseWorkflow(path, file.text, fileKind(path) ?? 'workflow'));
    return file.usage;
  }
}
