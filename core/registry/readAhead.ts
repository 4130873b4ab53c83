import { RegistryError } from './errors.ts';

/** A page of a list whose pages are numbered from 1. */
export interface NumberedPage<T> {
  readonly items: readonly T[];
  /** How many pages there are, where the server says so. */
  readonly pages?: number;
  /** Another page follows, where it does not say how many there are. */
  readonly more?: boolean;
}

const mostAtOnce = 6;
/** Half a million rows: no repository is believed to have more. */
const mostPages = 5000;
/** Pages in a row that may bring nothing new before the list counts as endless. */
const barrenPages = 2;

/**
 * The pages of a numbered list, in order, each item once by its `key`. Where the number of pages is known, the next ones are asked for
 * before they are wanted, as many as were taken already and at most six: who takes one page costs one, who takes them all waits little.
 * What is under way is cancelled when the caller stops. Throws PAGING where the list does not end.
 */
export async function* readAhead<T>(
  host: string,
  read: (page: number, signal: AbortSignal) => Promise<NumberedPage<T>>,
  key: (item: T) => string,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly items: readonly T[]; readonly last: boolean }> {
  const stopped = new AbortController();
  const either = signal ? AbortSignal.any([signal, stopped.signal]) : stopped.signal;
  const asked = new Map<number, Promise<NumberedPage<T>>>();
  const ask = (page: number) => {
    if (asked.has(page)) return;
    const pending = read(page, either);
    // Whoever comes to this page hears of its trouble; until then nobody waits for it.
    pending.catch(() => undefined);
    asked.set(page, pending);
  };
  const seen = new Set<string>();
  let barren = 0;
  try {
    for (let page = 1, pages = 1; page <= pages; page++) {
      const ahead = Math.min(mostAtOnce, 2 ** Math.max(0, page - 2), pages - page + 1);
      for (let next = page; next < page + ahead; next++) ask(next);
      const { items, pages: said, more } = await (asked.get(page) as Promise<NumberedPage<T>>);
      asked.delete(page);
      const fresh = items.filter(item => seen.size !== seen.add(key(item)).size);
      // What was pushed meanwhile shifts rows to the next page, so some repeat; a server that repeats all of them does not advance.
      barren = fresh.length === 0 ? barren + 1 : 0;
      pages = items.length === 0 ? page : Math.max(said ?? (more ? page + 1 : page), page);
      if (page < pages && (barren >= barrenPages || page >= mostPages))
        throw new RegistryError('PAGING', host, { detail: barren >= barrenPages ? 'the next pages bring nothing new' : 'it has no end' });
      yield { items: fresh, last: page >= pages };
    }
  } finally {
    stopped.abort();
  }
}
