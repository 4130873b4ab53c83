import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import * as vscode from 'vscode';
import type { Digest } from '../core/image/digest.ts';
import { describeImage, type ImageDetails } from '../core/registry/describe.ts';
import { connect } from '../core/registry/providers/index.ts';
import type { ConnectOptions } from '../core/registry/providers/provider.ts';
import type { Keychain, Registry, RequestOptions } from '../core/registry/registry.ts';
import { Bodies } from './cache/bodies.ts';
import { BoundedFolder } from './cache/boundedFolder.ts';
import { LastListings } from './cache/lastListings.ts';
import { cachedReader } from './cache/reader.ts';
import { type Entry, parseEntry, type Reach, readEntry, withProfile } from './entry.ts';
import type { Roles } from './listing/groups.ts';
import type { Snapshot } from './listing/listing.ts';
import { RepositoryListing } from './listing/repositoryListing.ts';
import { type KeptNames, RepositoryNames } from './listing/repositoryNames.ts';

/** A registry of the setting `tallyman.registries`; `repositories` are named there where the registry does not list its own. */
export interface Connection {
  readonly host: string;
  readonly repositories: readonly string[];
}

/** What changed: everything, or one repository. */
export type Change = { readonly host: string; readonly repository: string } | undefined;

/** What the workspace's policy says of a repository's tags. */
export type AskRoles = (host: string, repository: string, tags: readonly string[]) => Promise<Roles>;

/** What is to be looked at anew: everything, a host, or one repository. */
export type Doubt = { readonly host: string; readonly repository?: string } | undefined;

const trustedRealmsKey = 'trustedRealms';

/** By host the token services that may have its credentials. */
type TrustedRealms = Readonly<Record<string, readonly string[]>>;

/** Bytes on disk: bodies of some ten thousand images, and some hundred long lists. */
const mostBodies = 48 * 1024 * 1024;
const mostListings = 24 * 1024 * 1024;
const pinnedKey = 'pinnedRepositories';

/** The registries that the user connected, and one cache of what digests hold for everyone who looks. */
export class Registries implements vscode.Disposable {
  readonly #keychain: Keychain;
  readonly #memory: vscode.Memento;
  readonly #clients = new Map<string, Registry>();
  readonly #readers = new WeakMap<Registry, Registry>();
  readonly #bodies: Bodies;
  readonly #last: LastListings;
  readonly #roles: AskRoles;
  /** What a digest names never changes, so only the size is bounded. */
  readonly #images = new LRUCache<string, ImageDetails>({ max: 5000 });
  readonly #changed = new vscode.EventEmitter<Change>();
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  readonly #doubted = new vscode.EventEmitter<Doubt>();
  /** Somebody wants to see what is there now: what was remembered of it may be old. */
  readonly onDidDoubt = this.#doubted.event;

  /** `storage` is the folder for what may be read again; `roles` asks the policy. */
  constructor(keychain: Keychain, memory: vscode.Memento, storage: string, roles: AskRoles) {
    this.#keychain = keychain;
    this.#memory = memory;
    this.#bodies = new Bodies(new BoundedFolder(join(storage, 'bodies'), mostBodies));
    this.#last = new LastListings(new BoundedFolder(join(storage, 'listings'), mostListings));
    this.#roles = roles;
    this.#subscriptions = [
      this.#changed,
      this.#doubted,
      vscode.workspace.onDidChangeConfiguration(event => {
        if (!event.affectsConfiguration('tallyman.registries')) return;
        // How a host is reached may be what changed.
        this.#clients.clear();
        this.changed();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed()),
    ];
  }

  /** In the setting's order; none in Restricted Mode. */
  connections(): readonly Connection[] {
    if (!vscode.workspace.isTrusted) return [];
    const found = new Map<string, string[]>();
    for (const { host, repository } of this.#entries()) {
      const repositories = found.get(host) ?? [];
      found.set(host, repository === undefined ? repositories : [...repositories, repository]);
    }
    return [...found].map(([host, repositories]) => ({ host, repositories }));
  }

  /** Whether the setting names the host, in Restricted Mode too. */
  isNamed(host: string): boolean {
    return this.#entries().some(entry => entry.host === host);
  }

  /** The client for a host; contacts nothing yet. Throws in Restricted Mode, where nothing may be contacted. */
  at(host: string): Registry {
    if (!vscode.workspace.isTrusted) throw new Error('Registries are not contacted until this workspace is trusted.');
    const known = this.#clients.get(host);
    if (known) return known;
    const client = connect(host, { ...this.settings(host), keychain: this.#keychain });
    this.#clients.set(host, client);
    return client;
  }

  /** How a host is reached, but for credentials. */
  settings(host: string): ConnectOptions {
    return { ...this.#reach(host), trustedRealms: this.#trusted()[host] ?? [] };
  }

  /** The same for looking only: what a digest names is read once, and kept on disk. */
  reader(host: string): Registry {
    const client = this.at(host);
    const known = this.#readers.get(client) ?? cachedReader(client, this.#bodies);
    this.#readers.set(client, known);
    return known;
  }

  /** A repository's tags, with what was last known of them. */
  listing(host: string, repository: string): RepositoryListing {
    const name = `${host}/${repository}`;
    const memory = { read: () => this.#last.read<Snapshot>(name), write: (kept: Snapshot) => this.#last.write(name, kept) };
    return new RepositoryListing(this.reader(host), repository, { memory, roles: tags => this.#roles(host, repository, tags) });
  }

  /** The names of a registry's repositories, with those that were last known. */
  names(host: string): RepositoryNames {
    // A repository's name never ends with a slash, so this is no repository's.
    const name = `${host}/`;
    const memory = { read: () => this.#last.read<KeptNames>(name), write: (kept: KeptNames) => this.#last.write(name, kept) };
    return new RepositoryNames(this.reader(host), memory);
  }

  /** Forgets what was kept on disk and in memory. */
  async clearCache(): Promise<void> {
    this.#images.clear();
    await Promise.all([this.#bodies.clear(), this.#last.clear()]);
    this.changed();
  }

  /** What a digest holds, asked once. */
  async image(host: string, repository: string, digest: Digest, options: RequestOptions = {}): Promise<ImageDetails | undefined> {
    const key = `${host}/${repository}@${digest}`;
    const known = this.#images.get(key);
    if (known) return known;
    const image = await describeImage(this.reader(host), repository, digest, options);
    if (image) this.#images.set(key, image);
    return image;
  }

  /** Adds a host, one repository of a host that does not list them, or an account at GitHub, to the setting. */
  async add(host: string, repository?: string): Promise<void> {
    const entry = repository === undefined ? host : `${host}/${repository}`;
    const added = parseEntry(entry);
    const same = (one: Entry) => one.repository === added?.repository && one.reach.owners?.[0] === added?.reach.owners?.[0];
    const known = this.#entries().some(one => one.host === host && same(one));
    if (!known) await this.#write([...this.#setting(), entry]);
  }

  /** Writes into the setting which AWS profile a host is reached with; adds the host where it is not there yet. */
  async useProfile(host: string, profile: string): Promise<void> {
    const items = this.#setting();
    const known = items.some(item => readEntry(item)?.host === host);
    const changed = items.map(item => (readEntry(item)?.host === host ? withProfile(item, profile) : item));
    await this.#write(known ? changed : [...items, { host, profile }]);
  }

  async remove(host: string): Promise<void> {
    this.forget(host);
    const { [host]: _, ...others } = this.#trusted();
    await this.#memory.update(trustedRealmsKey, others);
    await this.#write(this.#setting().filter(item => readEntry(item)?.host !== host));
  }

  /** The user said that the token service at this origin may have this host's credentials; those of no other. */
  async trustRealm(host: string, realm: string): Promise<void> {
    const trusted = this.#trusted();
    await this.#memory.update(trustedRealmsKey, { ...trusted, [host]: [...new Set([...(trusted[host] ?? []), realm])] });
    this.forget(host);
  }

  isPinned(host: string, repository: string): boolean {
    return this.#memory.get<readonly string[]>(pinnedKey, []).includes(`${host}/${repository}`);
  }

  /** The pinned repositories of registries that are connected. */
  pinned(): readonly { readonly host: string; readonly repository: string }[] {
    const names = this.#memory.get<readonly string[]>(pinnedKey, []);
    return this.connections().flatMap(({ host }) =>
      names.filter(name => name.startsWith(`${host}/`)).map(name => ({ host, repository: name.slice(host.length + 1) })),
    );
  }

  /** Pinned repositories stand on top of their registry's list. */
  async pin(host: string, repository: string, pinned: boolean): Promise<void> {
    const name = `${host}/${repository}`;
    const others = this.#memory.get<readonly string[]>(pinnedKey, []).filter(other => other !== name);
    await this.#memory.update(pinnedKey, pinned ? [...others, name] : others);
  }

  /** A registry's repositories in the order of its list: the pinned ones, then the others, both by name. */
  inOrder(host: string, repositories: readonly string[]): readonly string[] {
    const sorted = [...repositories].sort();
    const pinned = sorted.filter(repository => this.isPinned(host, repository));
    return pinned.length === 0 ? sorted : [...pinned, ...sorted.filter(repository => !pinned.includes(repository))];
  }

  /** Drops the client of a host with the tokens it holds, so that new credentials are used. */
  forget(host: string): void {
    this.#clients.delete(host);
  }

  changed(change?: Change): void {
    this.#changed.fire(change);
  }

  doubt(what: Doubt): void {
    this.#doubted.fire(what);
  }

  dispose(): void {
    void this.#last.flush();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #trusted(): TrustedRealms {
    return this.#memory.get<TrustedRealms>(trustedRealmsKey, {});
  }

  #entries(): readonly Entry[] {
    return this.#setting().flatMap(item => readEntry(item) ?? []);
  }

  /** The first of a host's items that says how it is reached holds for all of them: one host is one account. */
  #reach(host: string): Reach {
    const all = this.#entries().flatMap(entry => (entry.host === host ? [entry.reach] : []));
    const said = all.find(({ owners: _, ...others }) => Object.keys(others).length > 0);
    const owners = [...new Set(all.flatMap(reach => reach.owners ?? []))];
    return { ...said, ...(owners.length > 0 && { owners }) };
  }

  /** As it is written, so that what is not understood here stays. */
  #setting(): readonly unknown[] {
    const items: unknown = vscode.workspace.getConfiguration('tallyman').get('registries');
    return Array.isArray(items) ? items : [];
  }

  async #write(items: readonly unknown[]): Promise<void> {
    await vscode.workspace.getConfiguration('tallyman').update('registries', items, vscode.ConfigurationTarget.Global);
  }
}
