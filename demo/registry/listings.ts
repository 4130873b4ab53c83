import { type Answer, type Asked, failure, json } from './answer.ts';
import type { Store } from './store.ts';

/** `GET /v2/<name>/tags/list?n=&last=`: sorted, with a relative `Link` while there is more. */
export function listTags(store: Store, name: string, asked: Asked): Answer {
  if (!store.repository(name)) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  return page(asked, store.tags(name), tags => ({ name, tags }));
}

/** `GET /v2/_catalog?n=&last=`. */
export function listRepositories(store: Store, asked: Asked): Answer {
  return page(asked, store.names(), repositories => ({ repositories }));
}

/** The most names on one page, also where nobody asked for a limit. */
const limit = 1000;

function page(asked: Asked, all: readonly string[], body: (names: readonly string[]) => unknown): Answer {
  const wanted = asked.query.get('n');
  if (wanted !== null && !/^\d{1,9}$/.test(wanted)) {
    return failure(400, 'PAGINATION_NUMBER_INVALID', 'n must be a number of results, 0 or more', { n: wanted });
  }
  const size = Math.min(wanted === null ? limit : Number(wanted), limit);
  const last = asked.query.get('last');
  const rest = last === null ? all : all.filter(name => name > last);
  const names = rest.slice(0, size);
  const end = names.at(-1);
  const more = end !== undefined && names.length < rest.length;
  return json(200, body(names), more ? { link: nextLink(asked.path, end, size) } : {});
}

/** A `Link` to the page after `last`, relative as distribution writes it. */
export function nextLink(path: string, last: string, size: number): string {
  return `<${path}?${new URLSearchParams({ last, n: String(size) })}>; rel="next"`;
}
