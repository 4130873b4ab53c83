import pLimit from 'p-limit';
import type { Digest } from '../../core/image/digest.ts';
import { type AttachmentKind, referrerKind } from '../../core/registry/attachments.ts';
import { describeImage } from '../../core/registry/describe.ts';
import { RegistryError, type RegistryErrorCode } from '../../core/registry/errors.ts';
import type { Referrer } from '../../core/registry/listing.ts';
import { standInReferrers, standInTag } from '../../core/registry/referrers.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { signedBy } from '../images/signed.ts';
import { troubleOf } from '../trouble.ts';
import { isComplete, type Row } from './row.ts';

/** Rows that are looked at together; two of the six requests that a host gets at once stay free for what a person does meanwhile. */
const rowsAtOnce = 4;

/** Where the rows are, and where they go when more is known of them. */
export interface Rows {
  at(key: string): Row | undefined;
  put(rows: readonly Row[]): void;
}

/**
 * Looks at the rows that somebody sees, for what the listing did not tell: in at most three requests a tag its digest, platforms, age
 * and commit, which are kept by digest, and in one more for each image whether it is signed, where the registry answers that.
 */
export class Filling {
  readonly #registry: Registry;
  readonly #repository: string;
  readonly #rows: Rows;
  /** Tags whose digest was told since the listing was opened. */
  #confirmed = new Set<string>();
  #tried = new Set<string>();
  #attached = new Map<Digest, readonly AttachmentKind[]>();
  /** The registry has no referrers API. */
  #plain = false;
  #under = new AbortController();
  #running = 0;

  constructor(registry: Registry, repository: string, rows: Rows) {
    this.#registry = registry;
    this.#repository = repository;
    this.#rows = rows;
  }

  get busy(): boolean {
    return this.#running > 0;
  }

  /** A new pass over the listing has begun: what was told before may not hold. */
  begin(): void {
    this.#confirmed = new Set();
    this.#tried = new Set();
    this.#attached = new Map();
  }

  /** The listing told this tag's digest; where it moved there is something new to look at. */
  confirm(key: string, moved: boolean): void {
    this.#confirmed.add(key);
    if (moved) this.#tried.delete(key);
  }

  /** Looks at these rows, each once until `begin`. Throws where the registry answers too many requests already; the rest is left then. */
  async fill(keys: readonly string[]): Promise<void> {
    const { signal } = this.#under;
    const tried = this.#tried;
    const wanted = keys.filter(key => !tried.has(key) && this.#wants(key));
    for (const key of wanted) tried.add(key);
    if (wanted.length > 0) this.#running++;
    try {
      await this.#each(
        wanted,
        key => this.#look(key, signal),
        signal,
        key => tried.delete(key),
      );
      const [first, ...others] = this.#unattached(keys);
      // The first answer tells whether there is an API to ask.
      if (first !== undefined && !this.#plain) await this.#attachAll([first], keys, signal);
      if (!this.#plain) await this.#attachAll(others, keys, signal);
      else
        await this.#attachAll(
          this.#unattached(keys).filter(digest => this.#hasStandIn(digest)),
          keys,
          signal,
        );
    } finally {
      if (wanted.length > 0) this.#running--;
    }
  }

  /** Ends the looking that is under way; the rows that it did not come to may be asked for again. */
  stop(): void {
    this.#under.abort();
    this.#under = new AbortController();
    this.#tried = new Set();
  }

  #wants(key: string): boolean {
    const row = this.#rows.at(key);
    return row !== undefined && row.state.status !== 'gone' && ((row.tag !== undefined && !this.#confirmed.has(key)) || !isComplete(row));
  }

  /** Does each, some at a time; the first trouble that concerns all of them ends the others. `left` is told which were not done. */
  async #each<T extends string>(
    items: readonly T[],
    run: (item: T) => Promise<void>,
    signal: AbortSignal,
    left: (item: T) => void = () => undefined,
  ): Promise<void> {
    const limit = pLimit(rowsAtOnce);
    let trouble: unknown;
    const runs = items.map(item =>
      limit(async () => {
        if (signal.aborted || trouble !== undefined) return left(item);
        try {
          await run(item);
        } catch (error) {
          left(item);
          if (!signal.aborted) trouble ??= error;
        }
      }),
    );
    await Promise.all(runs);
    if (trouble !== undefined) throw trouble;
  }

  async #look(key: string, signal: AbortSignal): Promise<void> {
    const before = this.#rows.at(key);
    if (!before) return;
    try {
      const digest = await this.#digestOf(before, signal);
      if (digest === undefined) return this.#rows.put([{ ...before, state: { status: 'gone' } }]);
      const same = digest === before.digest;
      const details =
        same && isComplete(before) ? before.details : await describeImage(this.#registry, this.#repository, digest, { signal });
      const { details: _, attached, ...row } = this.#rows.at(key) ?? before;
      this.#confirmed.add(key);
      this.#rows.put([{ ...row, digest, state: { status: 'read' }, ...(details && { details }), ...(same && attached && { attached }) }]);
    } catch (error) {
      if (signal.aborted || concernsAll(error)) throw error;
      this.#rows.put([{ ...(this.#rows.at(key) ?? before), state: { status: 'failed', message: troubleOf(error).message } }]);
    }
  }

  /** What the tag names now. Where the listing tells no digests the manifest itself is read: that saves the request for it afterwards. */
  async #digestOf({ tag, digest, key }: Row, signal: AbortSignal): Promise<Digest | undefined> {
    if (tag === undefined || (digest !== undefined && this.#confirmed.has(key))) return digest;
    const { abilities } = this.#registry;
    const found = abilities.digests
      ? await this.#registry.resolve(this.#repository, tag, { signal })
      : await this.#registry.manifest(this.#repository, tag, { signal });
    return found?.digest;
  }

  /** The images among these rows of which nobody asked yet what is attached to them. */
  #unattached(keys: readonly string[]): readonly Digest[] {
    const rows = keys.flatMap(key => this.#rows.at(key) ?? []);
    const images = rows.filter(({ details, listed }) => details?.content !== 'artifact' && listed.subject === undefined);
    return [...new Set(images.flatMap(({ digest }) => digest ?? []))].filter(digest => !this.#attached.has(digest));
  }

  /** What is attached, from the API or, where that says nothing, from the index that stands in for it, which is in the listing. */
  async #referrers(digest: Digest, signal: AbortSignal): Promise<readonly Referrer[] | undefined> {
    let found: readonly Referrer[] | undefined;
    try {
      if (!this.#plain) found = await this.#registry.referrers(this.#repository, digest, { signal, apiOnly: true });
    } catch (error) {
      if (signal.aborted || concernsAll(error)) throw error;
      this.#plain = true;
    }
    if ((found && found.length > 0) || !this.#hasStandIn(digest)) return found;
    try {
      return await standInReferrers(this.#registry, this.#repository, digest, { signal });
    } catch (error) {
      if (signal.aborted || concernsAll(error)) throw error;
      this.#tried.add(`stand-in of ${digest}`);
      return found;
    }
  }

  #hasStandIn(digest: Digest): boolean {
    return this.#rows.at(standInTag(digest)) !== undefined && !this.#tried.has(`stand-in of ${digest}`);
  }

  async #attachAll(digests: readonly Digest[], keys: readonly string[], signal: AbortSignal): Promise<void> {
    await this.#each(digests, digest => this.#attach(digest, keys, signal), signal);
  }

  async #attach(digest: Digest, keys: readonly string[], signal: AbortSignal): Promise<void> {
    const referrers = await this.#referrers(digest, signal);
    if (!referrers) return;
    const signed: readonly AttachmentKind[] = signedBy(referrers) === 'signed' ? ['signature'] : [];
    const attached = [...new Set([...signed, ...referrers.map(referrerKind)])];
    this.#attached.set(digest, attached);
    const rows = keys.flatMap(key => this.#rows.at(key) ?? []).filter(row => row.digest === digest);
    this.#rows.put(rows.map(row => ({ ...row, attached })));
  }
}

/** Trouble that the next request would have too: offline, throttled, without credentials. */
const forAll: ReadonlySet<RegistryErrorCode> = new Set([
  'FOREIGN_API',
  'INSECURE',
  'RESET',
  'SESSION_EXPIRED',
  'TIMEOUT',
  'TOOMANYREQUESTS',
  'UNAUTHORIZED',
  'UNREACHABLE',
  'UNTRUSTED_REALM',
]);

function concernsAll(error: unknown): boolean {
  return error instanceof RegistryError && forAll.has(error.code);
}
