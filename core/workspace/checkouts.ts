/** Where the checkouts of other repositories lie, relative to a workspace's folder. */
export class Checkouts {
  /** Those that something was looked for in. */
  readonly #used = new Set<string>();
  #beside: ReadonlyMap<string, string> = new Map();

  /** Takes folders that are open beside the workspace, by repository; answers whether they are others than before. */
  setBeside(folders: ReadonlyMap<string, string>): boolean {
    const key = (of: ReadonlyMap<string, string>) => JSON.stringify([...of].sort());
    const isNew = key(folders) !== key(this.#beside);
    this.#beside = folders;
    return isNew;
  }

  /** The folder of a repository (`owner/name` in lower case): `named` by the policy, or open beside the workspace. */
  of(repository: string, named: string | undefined): string | undefined {
    const folder = (named ?? this.#beside.get(repository))
      ?.split('/')
      .filter(part => part !== '' && part !== '.')
      .join('/');
    if (folder) this.#used.add(folder);
    return folder;
  }

  /** Where a file lies: `''` for the workspace's own folder, or one of the checkouts; `undefined` for neither. */
  folderOf(path: string): string | undefined {
    const checkout = [...this.#used].find(folder => path.startsWith(`${folder}/`));
    return checkout ?? (path.split('/').includes('..') ? undefined : '');
  }
}
