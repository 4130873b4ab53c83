import { LineMap } from '../text/lines.ts';

/** The workflow and action files of one workspace folder, each parsed once per text. Paths are relative to the folder, with `/`. */
export class Workspace {
  readonly #files = new Map<string, { readonly text: string; lines?: LineMap }>();

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
}
