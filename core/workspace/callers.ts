/** Finds who may call a file without analysing anything: by the paths that texts name. */
export class CallIndex {
  readonly #named = new Map<string, ReadonlySet<string>>();
  readonly #callers = new Groups();
  readonly #held = new Groups();

  /** Takes up a file's text, `undefined` for one that is gone; answers the held files that it may call, or may have called before. */
  set(path: string, text: string | undefined): ReadonlySet<string> {
    const before = this.#named.get(path) ?? new Set();
    const now = text === undefined ? new Set<string>() : targets(text);
    for (const name of before) this.#callers.delete(name, path);
    for (const name of now) this.#callers.add(name, path);
    if (now.size > 0) this.#named.set(path, now);
    else this.#named.delete(path);
    if (text === undefined) this.#held.delete(target(path), path);
    else this.#held.add(target(path), path);
    return new Set([...before, ...now].flatMap(name => [...this.#held.of(name)]));
  }

  /** Files whose text names this workflow or this action's folder, wherever they count their paths from. */
  of(path: string): ReadonlySet<string> {
    return this.#callers.of(target(path));
  }
}

/** Sets of paths by name; an empty one is not kept. */
class Groups {
  readonly #groups = new Map<string, Set<string>>();

  add(name: string, path: string): void {
    const group = this.#groups.get(name);
    if (group) group.add(path);
    else this.#groups.set(name, new Set([path]));
  }

  delete(name: string, path: string): void {
    const group = this.#groups.get(name);
    group?.delete(path);
    if (group?.size === 0) this.#groups.delete(name);
  }

  of(name: string): ReadonlySet<string> {
    return this.#groups.get(name) ?? new Set();
  }
}

/** What stands for a file in a text: a workflow's own name, an action's folder; of a path its last part. */
function target(path: string): string {
  const parts = path.split('/').filter(part => part !== '' && part !== '.');
  if (/^action\.ya?ml$/.test(parts.at(-1) ?? '')) parts.pop();
  return parts.at(-1) ?? '.';
}

const before = /[\s'"[{,:]/;
const path = /[^\s'",}\]#]*/y;
const lineEnd = /['"]?[^\S\n]*(?:\n|$)/y;

/** The last parts of all paths that begin with `./`, as `uses:` names what lies in the repository. */
function targets(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  if (!text.includes('uses')) return found;
  for (let at = text.indexOf('.'); at >= 0; at = text.indexOf('.', at + 1)) {
    if (at > 0 && !before.test(text[at - 1] as string)) continue;
    if (text[at + 1] === '/') {
      path.lastIndex = at;
      found.add(target(path.exec(text)?.[0] ?? ''));
    } else {
      // The repository's own folder.
      lineEnd.lastIndex = at + 1;
      if (lineEnd.test(text)) found.add(target('.'));
    }
  }
  return found;
}
