import {
  type Answers,
  type BehindAnswer,
  type ImageAnswer,
  type ImageName,
  imageKey,
  type SettingsAnswer,
} from '../../core/live/answers.ts';

/** Milliseconds for which an answer holds. */
const fresh = 5 * 60_000;
/** Answers that are kept; the oldest go first. */
const most = 5000;

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/** Everything that the client answered, with its time. What is asked for anew stays until there is another answer. */
export class Known implements Answers {
  readonly #images = new Map<string, Kept<ImageAnswer>>();
  readonly #settings = new Map<string, Kept<SettingsAnswer | undefined>>();
  readonly #behind = new Map<string, Kept<BehindAnswer>>();
  /** Counts answers that were other ones than before. */
  version = 0;

  image(name: ImageName): ImageAnswer | undefined {
    return this.#images.get(imageKey(name))?.value;
  }

  settings(host: string, repository: string): SettingsAnswer | undefined {
    return this.#settings.get(`${host}/${repository}`)?.value;
  }

  behind(revision: string, branch: string): BehindAnswer | undefined {
    return this.#behind.get(`${revision} ${branch}`)?.value;
  }

  setImage(name: ImageName, value: ImageAnswer): void {
    this.#set(this.#images, imageKey(name), value);
  }

  setSettings(host: string, repository: string, value: SettingsAnswer | undefined): void {
    this.#set(this.#settings, `${host}/${repository}`, value, value !== undefined);
  }

  setBehind(revision: string, branch: string, value: BehindAnswer): void {
    this.#set(this.#behind, `${revision} ${branch}`, value, value.status === 'known');
  }

  wantsImage(name: ImageName): boolean {
    return isStale(this.#images.get(imageKey(name)));
  }

  wantsSettings(host: string, repository: string): boolean {
    return isStale(this.#settings.get(`${host}/${repository}`));
  }

  wantsBehind(revision: string, branch: string): boolean {
    return isStale(this.#behind.get(`${revision} ${branch}`));
  }

  /** What was answered of a host, of one of its repositories, or of all may be another now. */
  doubt(host?: string, repository?: string): void {
    const start = host === undefined ? '' : repository === undefined ? `${host}/` : `${host}/${repository}`;
    const all: readonly Map<string, Kept<unknown>>[] = [this.#images, this.#settings];
    for (const kept of all) for (const [key, { value }] of kept) if (key.startsWith(start)) kept.set(key, { value, at: 0 });
    // A fetch may have come with it.
    for (const [key, { value }] of this.#behind) this.#behind.set(key, { value, at: 0 });
  }

  /** What was not known before and tells nothing (`tells`) changes nothing that is shown. */
  #set<T>(kept: Map<string, Kept<T>>, key: string, value: T, tells = true): void {
    const before = kept.get(key);
    if (before ? withoutTime(before.value) !== withoutTime(value) : tells) this.version++;
    kept.delete(key);
    kept.set(key, { value, at: Date.now() });
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  }
}

function isStale(kept: Kept<unknown> | undefined): boolean {
  return !kept || Date.now() - kept.at > fresh;
}

/** Two answers that differ only in when they were given say the same. */
function withoutTime(value: unknown): string {
  return JSON.stringify(value, (key, field: unknown) => (key === 'readAt' ? undefined : field)) ?? '';
}
