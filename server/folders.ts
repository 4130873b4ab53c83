import { remoteRepositories } from '../core/workspace/remotes.ts';
import { search } from '../core/workspace/search.ts';
import { below, type Tree } from '../core/workspace/tree.ts';
import { giveWanted, readWanted } from '../core/workspace/wanted.ts';
import { Workspace } from '../core/workspace/workspace.ts';

/** The workspace's files, wherever they live: Node's disk in `main.ts`, another host's file system elsewhere. */
export interface WorkspaceFiles {
  /** What lies below a workspace folder; `undefined` where this host cannot read it, and then only open documents are known. */
  tree(folderUri: string): Tree | undefined;
  /** The rules' pages by id, where they are at hand. */
  rulePages?(): ReadonlyMap<string, string>;
}

/** A repository with more folders than this is understood from what was found until then. */
const maximumFolders = 20_000;

/** Bytes of a `.git/config`: a larger one is left alone. */
const maximumConfig = 64 * 1024;

/** One workspace folder: its files as they are saved, with what is open laid over them. */
export class Folder {
  readonly uri: string;
  readonly workspace = new Workspace();
  readonly #tree: Tree | undefined;
  readonly #uris = new Map<string, string>();
  readonly #open = new Set<string>();
  readonly #beside: (uri: string) => Tree | undefined;
  #giving: Promise<boolean> = Promise.resolve(false);
  /** Resolves when the files on disk have been read. */
  loaded: Promise<void> = Promise.resolve();

  /** `beside` answers the tree of another place, where that belongs to a folder of the client too. */
  constructor(uri: string, tree: Tree | undefined, beside: (uri: string) => Tree | undefined = () => undefined) {
    this.uri = uri;
    this.#tree = tree;
    this.#beside = beside;
  }

  /** Reads what is wanted and drops what is wanted no more; open documents stay as they are. It is loaded once `beside` is done too. */
  load(wanted: (path: string) => boolean, beside: Promise<void> = Promise.resolve()): Promise<void> {
    this.loaded = Promise.all([this.#load(wanted), beside]).then(
      () => undefined,
      () => undefined,
    );
    return this.loaded;
  }

  /** The document that the client has open is the truth for its path until it is closed. */
  open(path: string, uri: string, text: string): void {
    this.#open.add(path);
    this.#uris.set(path, uri);
    this.workspace.set(path, text);
  }

  /** Goes back to the saved file: unsaved text is dropped. */
  close(path: string): Promise<void> {
    this.#open.delete(path);
    return this.refresh(path);
  }

  /** Reads a saved file again, or forgets it where it is gone. */
  async refresh(path: string): Promise<void> {
    const text = await this.#tree?.read(path).catch(() => undefined);
    if (this.#open.has(path)) return;
    if (text === undefined) {
      this.workspace.delete(path);
      this.#uris.delete(path);
    } else this.workspace.set(path, text);
  }

  /** Reads the files that the analysis has asked for; answers whether one of them is there. */
  giveWanted(): Promise<boolean> {
    // One after the other: who asks meanwhile waits for what is being read.
    this.#giving = this.#giving.then(async () => {
      const found = await giveWanted(this.workspace, folder => this.#treeOf(folder));
      return found.length > 0;
    });
    return this.#giving;
  }

  /** Reads again what a script, a Dockerfile or the like holds; answers whether anybody had asked for it. */
  async refreshOther(path: string): Promise<boolean> {
    // Its folder may have been asked for, whose names are others now.
    const wanted = [path, `${path.slice(0, Math.max(0, path.lastIndexOf('/')))}/`].filter(one => this.workspace.isWanted(one));
    for (const one of wanted) {
      const folder = this.workspace.folderOf(one) ?? '';
      const inside = folder === '' ? one : one.slice(folder.length + 1);
      this.workspace.setOther(one, await readWanted(this.#treeOf(folder), inside));
    }
    return wanted.length > 0;
  }

  /** The repositories that this is a checkout of, `owner/name`. git is not run: its file is read. */
  async repositories(): Promise<readonly string[]> {
    const config = await this.#tree?.read('.git/config', maximumConfig).catch(() => undefined);
    return config === undefined ? [] : remoteRepositories(config);
  }

  /** The URI of a file that the workspace knows, as the client wrote it where the client did. */
  uriOf(path: string): string | undefined {
    if (!this.workspace.lines(path)) return undefined;
    return this.#uris.get(path) ?? `${this.uri}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  #treeOf(folder: string): Tree | undefined {
    return folder === '' ? this.#tree : this.#beside(`${this.uri}/${folder}`);
  }

  async #load(wanted: (path: string) => boolean): Promise<void> {
    if (!this.#tree) return;
    const found = new Set(await search(this.#tree, { wanted, maximumFolders }));
    for (const path of this.workspace.paths()) if (!found.has(path) && !this.#open.has(path)) this.workspace.delete(path);
    for (const path of found) if (!this.#open.has(path)) await this.refresh(path);
  }
}

/** The workspace folders of the client, and a folder of its own for each place with documents that lie in none of them. */
export class Folders {
  readonly #files: WorkspaceFiles;
  readonly #folders = new Map<string, Folder>();
  readonly #loose = new Map<string, Folder>();
  /** How many folders knew of each other last. */
  #introduced = 0;

  constructor(files: WorkspaceFiles) {
    this.#files = files;
  }

  add(uri: string): Folder {
    const base = uri.replace(/(?<!\/)\/+$/, '');
    const folder = new Folder(base, this.#files.tree(uri), beside => this.#treeAt(beside));
    this.#folders.set(plain(base), folder);
    return folder;
  }

  remove(uri: string): void {
    this.#folders.delete(plain(uri.replace(/(?<!\/)\/+$/, '')));
  }

  all(): readonly Folder[] {
    return [...this.#folders.values()];
  }

  /** Tells each folder which repositories' checkouts are open beside it, so that what it calls there is understood. */
  async introduce(): Promise<void> {
    if (this.#folders.size < 2 && this.#introduced < 2) return;
    this.#introduced = this.#folders.size;
    const all = await Promise.all(this.all().map(async folder => ({ folder, repositories: await folder.repositories() })));
    for (const { folder } of all) {
      const others = all.filter(other => other.folder !== folder);
      const named = others.flatMap(other =>
        other.repositories.map(repository => [repository, pathBetween(folder.uri, other.folder.uri)] as const),
      );
      folder.workspace.setBeside(new Map(named.flatMap(([repository, path]) => (path === undefined ? [] : [[repository, path] as const]))));
    }
  }

  /** Reads a saved file again for the folders that use it from beside; answers whether there are any. */
  async refreshBeside(uri: string): Promise<boolean> {
    const own = this.locate(uri).folder;
    let used = false;
    for (const folder of this.all()) {
      const path = folder === own ? undefined : pathBetween(folder.uri, uri);
      if (path !== undefined) used = (await folder.refreshOther(path)) || used;
    }
    return used;
  }

  /** What lies at a place inside one of the client's folders; nothing outside them is read. */
  #treeAt(uri: string): Tree | undefined {
    let path = plain(uri);
    while (/\/[^/]+\/\.\.(?=\/|$)/.test(path)) path = path.replace(/\/[^/]+\/\.\.(?=\/|$)/, '');
    for (let base = path; base.includes('/'); base = base.slice(0, base.lastIndexOf('/'))) {
      const folder = this.#folders.get(base);
      const tree = folder && this.#files.tree(folder.uri);
      if (tree) return base === path ? tree : below(tree, path.slice(base.length + 1));
    }
    return undefined;
  }

  /** The innermost folder that holds the file, and the file's path in it. */
  locate(uri: string): { readonly folder: Folder; readonly path: string } {
    const path = plain(uri);
    let base = path;
    while (base.includes('/')) {
      base = base.slice(0, base.lastIndexOf('/'));
      const folder = this.#folders.get(base);
      if (folder) return { folder, path: path.slice(base.length + 1) };
    }
    const outside = /^(.*?)\/(\.(?:github|gitea|forgejo)\/.*|[^/]*)$/s.exec(path);
    const root = outside?.[1] ?? '';
    const folder = this.#loose.get(root) ?? new Folder(encodeURI(root), undefined);
    this.#loose.set(root, folder);
    return { folder, path: outside?.[2] ?? path };
  }
}

/** The way from a folder to another place, `../ci`; `undefined` where they are not of one file system. */
function pathBetween(from: string, to: string): string | undefined {
  const [here, there] = [plain(from).split('/'), plain(to).split('/')];
  // `file:///…`: the scheme and the host.
  if (here.slice(0, 3).join('/') !== there.slice(0, 3).join('/')) return undefined;
  let common = 0;
  while (common < here.length && here[common] === there[common]) common++;
  return [...here.slice(common).map(() => '..'), ...there.slice(common)].join('/');
}

/** A URI for comparing: clients differ in what they percent-encode and in the case of a drive letter. */
function plain(uri: string): string {
  let decoded = uri;
  try {
    decoded = decodeURIComponent(uri);
  } catch {
    // No valid encoding, so it stands for itself.
  }
  return decoded.replace(/^file:\/\/\/([A-Za-z]):/, (_, drive: string) => `file:///${drive.toLowerCase()}:`);
}
