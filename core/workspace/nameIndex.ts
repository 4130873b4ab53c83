import { type Match, meet, nameKey, plainName } from '../image/match.ts';
import { render, type Template } from '../image/template.ts';
import type { TagUse } from './tagUses.ts';

interface Named<T> {
  readonly name: Template;
  /** Equal for names of one repository in all workflows; made when it is first asked for, `null` where there is none. */
  key?: string | null;
  readonly uses: Set<T>;
  /** The same as a list; made when it is first asked for after a change. */
  list?: readonly T[] | undefined;
}

/** Names whose last path segment is not known. */
const open = '*';

/** Uses by the name of their repository. Each name is compared once, and only with names that may end like it. */
export class NameIndex<T extends TagUse> {
  readonly #names = new Map<string, Named<T>>();
  readonly #bySegment = new Map<string, Set<Named<T>>>();

  add(use: T): void {
    const name = plainName(use.parts.name);
    const key = written(name);
    let named = this.#names.get(key);
    if (!named) {
      named = { name, uses: new Set() };
      this.#names.set(key, named);
      const segment = lastSegment(name);
      const same = this.#bySegment.get(segment);
      if (same) same.add(named);
      else this.#bySegment.set(segment, new Set([named]));
    }
    named.uses.add(use);
    named.list = undefined;
  }

  delete(use: T): void {
    const name = plainName(use.parts.name);
    const key = written(name);
    const named = this.#names.get(key);
    if (!named?.uses.delete(use)) return;
    named.list = undefined;
    if (named.uses.size > 0) return;
    this.#names.delete(key);
    const segment = lastSegment(name);
    const same = this.#bySegment.get(segment);
    same?.delete(named);
    if (same?.size === 0) this.#bySegment.delete(segment);
  }

  /** How many different names are held. */
  get size(): number {
    return this.#names.size;
  }

  /** Uses of the repository that `name` names, or may name; what stands in the file `from` is compared as in one workflow. */
  find(name: Template, certainty: Exclude<Match, 'never'>, from?: string): readonly T[] {
    const plain = plainName(name);
    const segment = lastSegment(plain);
    const candidates =
      segment === open ? [...this.#names.values()] : [...(this.#bySegment.get(segment) ?? []), ...(this.#bySegment.get(open) ?? [])];
    if (candidates.length === 0) return [];
    const key = nameKey(plain);
    const nearKey = from === undefined ? undefined : nameKey(plain, 'run');
    const found: (readonly T[])[] = [];
    for (const named of candidates) {
      const { name: other, uses } = named;
      if (named.key === undefined) named.key = nameKey(other) ?? null;
      named.list ??= [...uses];
      if ((key !== undefined && key === named.key) || (certainty === 'maybe' && meet(other, plain) === 'maybe')) found.push(named.list);
      else if (nearKey !== undefined) {
        // Uses of one name are alike: one of them tells for all that stand in that file.
        const near = named.list.find(use => use.path === from);
        if (near && nearKey === nameKey(plainName(near.parts.name), 'run')) found.push(named.list.filter(use => use.path === from));
      }
    }
    // The one name that most repositories have is not copied for each that asks.
    return found.length === 1 ? (found[0] ?? []) : found.flat();
  }
}

function written(name: Template): string {
  return render(
    name,
    ({ source, shape, via, changes }) => `\u0001${source}\u0002${shape}\u0002${changes ?? ''}${via.length > 0 ? '\u0003' : ''}\u0001`,
  );
}

/** What follows the last `/` where that is known text to its end. */
function lastSegment(name: Template): string {
  const last = name.at(-1);
  if (last?.kind !== 'text') return open;
  const slash = last.text.lastIndexOf('/');
  if (slash >= 0) return last.text.slice(slash + 1);
  return name.length === 1 ? last.text : open;
}
