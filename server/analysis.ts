import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { lintInSteps } from '../core/lint.ts';
import type { Finding } from '../core/rules/rule.ts';
import { finish, type Steps } from '../core/text/steps.ts';
import type { Folder, Folders } from './folders.ts';
import { type Good, heldFindings } from './held.ts';
import { type Settings, wantedFiles } from './settings.ts';

/** An open document that is ours to judge, with what is found in it now. */
export interface Analysed {
  readonly document: TextDocument;
  readonly folder: Folder;
  readonly path: string;
  readonly findings: readonly Finding[];
}

/** Milliseconds of work between two looks at what else there is to do. */
const slice = 4;

/** Files that are asked for may lead to others, so often at most. */
const maximumRounds = 20;

/** Findings of open documents, from their newest text; what has the same text and the same neighbours is not analysed twice. */
export class Analysis {
  settings: Settings;
  readonly #documents: Pick<TextDocuments<TextDocument>, 'get' | 'keys'>;
  readonly #folders: Folders;
  readonly #report: (message: string) => void;
  readonly #lintInSteps: typeof lintInSteps;
  readonly #good = new Map<string, Good>();
  readonly #failed = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #cached = new Map<string, Analysed>();
  readonly #last = new Map<string, { readonly version: number; readonly analysed: Analysed }>();
  /** Counts all that may make findings others. */
  #changes = 0;
  /** What is being worked out, and what was, each for the changes until then. */
  readonly #underWay = new Map<string, { readonly changes: number; readonly done: Promise<boolean> }>();
  readonly #found = new Map<string, readonly Finding[]>();
  readonly #waiting = new Set<() => void>();

  /** `report` is told, once a file, when the analysis of that file fails. */
  constructor(
    documents: Pick<TextDocuments<TextDocument>, 'get' | 'keys'>,
    folders: Folders,
    settings: Settings,
    report: (message: string) => void,
    lint = lintInSteps,
  ) {
    this.#documents = documents;
    this.#folders = folders;
    this.settings = settings;
    this.#report = report;
    this.#lintInSteps = lint;
  }

  /** The document's text changed; rules look across files, so everything is asked anew. */
  changed(uri: string): void {
    this.#dirty.add(uri);
    this.#forget();
  }

  /** Saved files, folders or settings changed. */
  invalidate(): void {
    this.#forget();
    this.#last.clear();
    for (const uri of this.#documents.keys()) this.changed(uri);
  }

  /** Counts all that may make findings others: what was found at the same count still holds. */
  get changes(): number {
    return this.#changes;
  }

  /** Calls back, once, when something has changed that may make findings others; the answer takes that back. */
  onceChanged(call: () => void): () => void {
    this.#waiting.add(call);
    return () => this.#waiting.delete(call);
  }

  /** Forgets a document that was closed; resolves when the saved file has taken its place. */
  async closed(uri: string): Promise<void> {
    this.#dirty.delete(uri);
    this.#last.delete(uri);
    this.#good.delete(uri);
    this.#failed.delete(uri);
    this.#forget();
    const { folder, path } = this.#folders.locate(uri);
    await folder.close(path);
    this.#forget();
  }

  /**
   * As `of`, when the other files that the document's findings ask for have been read. Other requests are answered meanwhile; when
   * something changes it begins anew, after `quiet`.
   */
  async settled(uri: string, quiet: () => Promise<void>): Promise<Analysed | undefined> {
    for (let round = 0; round < maximumRounds; round++) {
      while (!(await this.#workOut(uri))) await quiet();
      const analysed = this.of(uri);
      if (!(await analysed?.folder.giveWanted())) break;
      this.#forget();
    }
    return this.of(uri);
  }

  /** Findings of a saved file that need not be open, as `settled`; `undefined` where something changed meanwhile. */
  async saved(folder: Folder, path: string): Promise<readonly Finding[] | undefined> {
    for (let round = 0; ; round++) {
      this.takeChanges();
      const found = await this.#run(this.#stepsFor(folder, path), this.#changes);
      if (!found) return undefined;
      if (round === maximumRounds || !(await folder.giveWanted())) return this.shown(found.value);
      this.#forget();
    }
  }

  /** `undefined` for a document that is not open, or no workflow or action file. */
  of(uri: string): Analysed | undefined {
    this.takeChanges();
    const known = this.#cached.get(uri);
    if (known) return known;
    const document = this.#documents.get(uri);
    const { folder, path } = this.#folders.locate(uri);
    if (!document || !this.#isOurs(document, path)) return undefined;
    const analysed = { document, folder, path, findings: this.shown(this.#lint(uri, folder, path)) };
    this.#cached.set(uri, analysed);
    this.#last.set(uri, { version: document.version, analysed });
    return analysed;
  }

  /** What was found last in a document that is as it was then, though other files may not be: as its marks in the editor. */
  last(uri: string): Analysed | undefined {
    const last = this.#last.get(uri);
    return last && last.version === this.#documents.get(uri)?.version ? last.analysed : undefined;
  }

  #forget(): void {
    this.#changes++;
    this.#cached.clear();
    this.#found.clear();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call();
  }

  /** Findings as the client's settings want to see them. */
  shown(findings: readonly Finding[]): readonly Finding[] {
    const { severities, invalidYaml } = this.settings;
    return findings.flatMap(finding => {
      const severity = severities.get(finding.rule);
      if (severity === 'off' || (finding.rule === 'invalid-yaml' && !invalidYaml)) return [];
      return severity ? [{ ...finding, severity }] : [finding];
    });
  }

  /** Has the document's findings ready for `of`; false where something changed meanwhile. */
  #workOut(uri: string): Promise<boolean> {
    const before = this.#underWay.get(uri);
    if (before?.changes === this.#changes) return before.done;
    const done = this.#inSlices(uri).finally(() => {
      if (this.#underWay.get(uri)?.done === done) this.#underWay.delete(uri);
    });
    this.#underWay.set(uri, { changes: this.#changes, done });
    return done;
  }

  async #inSlices(uri: string): Promise<boolean> {
    this.takeChanges();
    const changes = this.#changes;
    const document = this.#documents.get(uri);
    const { folder, path } = this.#folders.locate(uri);
    if (!document || !this.#isOurs(document, path) || this.#cached.has(uri) || this.#found.has(uri)) return true;
    try {
      const found = await this.#run(this.#stepsFor(folder, path), changes);
      if (found) this.#found.set(uri, found.value);
      return found !== undefined;
    } catch {
      // `of` meets it again, and says so.
      return true;
    }
  }

  /** Does the steps a little at a time; `undefined` where something changed meanwhile. */
  async #run<T>(steps: Steps<T>, changes: number): Promise<{ readonly value: T } | undefined> {
    for (;;) {
      const end = performance.now() + slice;
      let { done, value } = steps.next();
      while (!done && performance.now() < end) ({ done, value } = steps.next());
      if (done) return { value: value as T };
      await new Promise(resolve => setImmediate(resolve));
      if (this.#changes !== changes) return undefined;
    }
  }

  *#stepsFor({ workspace }: Folder, path: string): Steps<readonly Finding[]> {
    yield* workspace.prepareFlow();
    return yield* this.#lintInSteps(workspace, path);
  }

  #isOurs({ languageId }: TextDocument, path: string): boolean {
    return /^(?:yaml\b.*|github-actions-workflow)$/.test(languageId) && wantedFiles(this.settings)(path);
  }

  /** Lays the newest texts of open documents over the saved files. */
  takeChanges(): void {
    for (const uri of this.#dirty) {
      const document = this.#documents.get(uri);
      const { folder, path } = this.#folders.locate(uri);
      if (document && this.#isOurs(document, path)) folder.open(path, uri, document.getText());
    }
    this.#dirty.clear();
  }

  #lint(uri: string, folder: Folder, path: string): readonly Finding[] {
    const text = folder.workspace.text(path) ?? '';
    try {
      const findings = this.#found.get(uri) ?? finish(this.#lintInSteps(folder.workspace, path));
      this.#failed.delete(uri);
      if (!findings.some(({ rule }) => rule === 'invalid-yaml')) {
        this.#good.set(uri, { text, findings });
        return findings;
      }
      const good = this.#good.get(uri);
      return good ? [...findings.filter(({ rule }) => rule === 'invalid-yaml'), ...heldFindings(good, path, text)] : findings;
    } catch (error) {
      if (!this.#failed.has(uri))
        this.#report(`Tallyman could not analyse ${path}: ${error instanceof Error ? error.message : String(error)}`);
      this.#failed.add(uri);
      return [];
    }
  }
}
