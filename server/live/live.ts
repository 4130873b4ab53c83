import { type CancellationToken, CancellationTokenSource, type Connection } from 'vscode-languageserver';
import type { ImageAnswer, ImageName } from '../../core/live/answers.ts';
import { imagesOf, knownTags, revisionsOf } from '../../core/live/questions.ts';
import type { Surroundings } from '../../core/live/settle.ts';
import { type ImageUse, imageUses } from '../../core/live/uses.ts';
import { liveFindings } from '../../core/liveLint.ts';
import type { Finding } from '../../core/rules/rule.ts';
import { type RegistryChangedParams, registryChanged } from '../../protocol/registries.ts';
import type { Analysed, Analysis } from '../analysis.ts';
import { aMoment } from '../features/moment.ts';
import type { Folder } from '../folders.ts';
import { Asking } from './asking.ts';
import { Known } from './known.ts';

/** Milliseconds without an edit before registries are asked: half a tag names nothing. */
const calm = 1000;
/** The same for a document that was just opened, or of which something changed elsewhere. */
const soon = 50;

/** The parts of a server that this works with. */
export interface LiveParts {
  readonly connection: Connection;
  readonly analysis: Analysis;
  readonly isOpen: (uri: string) => boolean;
  readonly openDocuments: () => readonly string[];
}

/**
 * What registries say of open documents' references. Nothing waits for it: whoever shows something takes what is known, and is told when
 * there is more. One batch a document, asked of the client when nobody types.
 */
export class Live {
  /** False where the client answers no such questions: then nothing is asked and nothing is said. */
  readonly enabled: boolean;
  readonly known = new Known();
  readonly #parts: LiveParts;
  readonly #asking: Asking;
  readonly #surroundings = new WeakMap<Folder, Surroundings>();
  readonly #uses = new WeakMap<Analysed, { readonly around: Surroundings; readonly uses: readonly ImageUse[] }>();
  readonly #found = new WeakMap<
    Analysed,
    { readonly version: number; readonly uses: readonly ImageUse[]; readonly all: readonly Finding[] }
  >();
  readonly #seen = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #running = new Map<string, CancellationTokenSource>();
  readonly #listeners = new Set<() => void>();

  constructor(parts: LiveParts, enabled: boolean) {
    this.#parts = parts;
    this.enabled = enabled;
    this.#asking = new Asking(parts.connection, this.known);
    if (!enabled) return;
    parts.connection.onNotification(registryChanged, ({ host, repository }: RegistryChangedParams) => {
      this.known.doubt(host, repository);
      for (const uri of parts.openDocuments()) this.#schedule(uri, soon);
    });
  }

  /** Is called when more is known, or something else than before. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Settings changed, so what is shown is to be taken anew. */
  again(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The text of a document changed, or is there for the first time. */
  edited(uri: string): void {
    this.#schedule(uri, this.#seen.has(uri) ? calm : soon);
    this.#seen.add(uri);
  }

  closed(uri: string): void {
    this.#seen.delete(uri);
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    this.#running.get(uri)?.cancel();
  }

  /** The document's references; it takes none of registries' time. */
  uses(analysed: Analysed): readonly ImageUse[] {
    const around = this.#surroundings.get(analysed.folder) ?? {};
    const known = this.#uses.get(analysed);
    if (known?.around === around) return known.uses;
    const uses = imageUses(analysed.folder.workspace, analysed.path, around);
    this.#uses.set(analysed, { around, uses });
    return uses;
  }

  answer(image: ImageName): ImageAnswer | undefined {
    return this.known.image(image);
  }

  /** The document's findings with those that rest on what is known of registries, in source order. */
  findings(analysed: Analysed): readonly Finding[] {
    const { settings } = this.#parts.analysis;
    if (!this.enabled || !settings.liveFindings || this.known.version === 0 || !this.#parts.isOpen(analysed.document.uri))
      return analysed.findings;
    const uses = this.uses(analysed);
    const before = this.#found.get(analysed);
    if (before?.version === this.known.version && before.uses === uses) return before.all;
    const { folder, path } = analysed;
    const live = this.#parts.analysis.shown(liveFindings(folder.workspace, path, { uses, answers: this.known, now: Date.now() }));
    const all = live.length === 0 ? analysed.findings : [...analysed.findings, ...live].sort((a, b) => a.span.start - b.span.start);
    this.#found.set(analysed, { version: this.known.version, uses, all });
    return all;
  }

  #schedule(uri: string, delay: number): void {
    if (!this.enabled) return;
    clearTimeout(this.#timers.get(uri));
    const ask = () => {
      this.#timers.delete(uri);
      void this.#ask(uri).catch((error: Error) => this.#parts.connection.console.warn(`Registries could not be asked: ${error.message}`));
    };
    this.#timers.set(uri, setTimeout(ask, delay));
  }

  async #ask(uri: string): Promise<void> {
    // One batch at a time: what is asked meanwhile is asked after it.
    if (this.#running.has(uri)) return this.#schedule(uri, calm);
    const source = new CancellationTokenSource();
    this.#running.set(uri, source);
    try {
      await this.#batch(uri, source.token);
    } finally {
      this.#running.delete(uri);
    }
  }

  async #batch(uri: string, token: CancellationToken): Promise<void> {
    const analysed = await this.#parts.analysis.settled(uri, aMoment);
    if (!analysed || token.isCancellationRequested) return;
    const { folder } = analysed;
    const { workspace } = folder;
    const around = await this.surroundings(folder);
    const uses = this.uses(analysed);
    const images = imagesOf(uses, workspace).filter(image => this.known.wantsImage(image));
    const { version } = this.known;
    if (images.length > 0) await this.#asking.images(images, knownTags(images, workspace, around), token);
    if (token.isCancellationRequested) return;
    // Lenses do not wait for what only some rules want to know.
    if (this.known.version !== version) this.again();
    const { version: seen } = this.known;
    await Promise.all([
      this.#asking.settings(imagesOf(uses, workspace), token),
      this.#asking.behind(folder.uri, revisionsOf(uses, workspace, this.known), token),
    ]);
    if (this.known.version !== seen) this.again();
  }

  /** Which repository the folder is a checkout of, where exactly one is named: of a fork nobody knows whose runs are meant. */
  async surroundings(folder: Folder): Promise<Surroundings> {
    const known = this.#surroundings.get(folder);
    if (known) return known;
    const [repository, ...others] = await folder.repositories();
    const around: Surroundings = repository !== undefined && others.length === 0 ? { repository } : {};
    this.#surroundings.set(folder, around);
    return around;
  }
}
