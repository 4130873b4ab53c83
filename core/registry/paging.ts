import { RegistryError } from './errors.ts';
import type { Answer } from './exchange.ts';

/** The `rel="next"` address of a `Link` header, or that of another relation, as written. RFC 8288. */
export function nextLink(header: string | null, relation: 'next' | 'last' = 'next'): string | undefined {
  for (const [, address = '', parameters = ''] of (header ?? '').matchAll(/<([^<>]*)>([^<]*)/g)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([\w-]+))/i.exec(parameters) ?? [];
    if ((quoted ?? bare ?? '').toLowerCase().split(/\s+/).includes(relation)) return address;
  }
  return undefined;
}

/** More pages than any list that is read to its end; of a hundred names each they are 200,000. */
const mostPages = 2000;
/** Pages in a row that may bring nothing new before the list counts as endless. */
const barrenPages = 2;

/**
 * Every item of a paged list, once, page by page. Follows `Link` on the same host only, and stops with PAGING where it does not advance:
 * an address seen before, pages that repeat what came already, or more pages than there can be.
 */
export async function* pages(
  host: string,
  first: URL,
  read: (url: URL) => Promise<{ readonly answer: Answer; readonly items: readonly string[] }>,
): AsyncGenerator<readonly string[]> {
  const seen = new Set<string>();
  const addresses = new Set<string>();
  let barren = 0;
  for (let url: URL | undefined = first; url; ) {
    addresses.add(url.href);
    const { answer, items } = await read(url);
    const fresh = items.filter(item => !seen.has(item));
    for (const item of fresh) seen.add(item);
    yield [...new Set(fresh)];
    const link = nextLink(answer.headers.get('link'));
    if (link === undefined) return;
    const next: URL | undefined = URL.canParse(link, answer.url.href) ? new URL(link, answer.url) : undefined;
    const trouble = (detail: string) => new RegistryError('PAGING', host, { request: `GET ${first.pathname}`, detail });
    if (!next || next.origin !== first.origin) throw trouble('the next page is at another host');
    if (addresses.has(next.href)) throw trouble('the next page is one that was read already');
    barren = fresh.length === 0 ? barren + 1 : 0;
    if (addresses.size >= mostPages) throw trouble(`it has not ended after ${mostPages} pages`);
    if (barren >= barrenPages) throw trouble('the next pages bring nothing new');
    url = next;
  }
}
