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

interface Page {
  readonly answer: Answer;
  readonly items: readonly string[];
}

/** More pages than any list that is read to its end; of a hundred names each they are 200,000. */
const mostPages = 2000;
/** Pages in a row that may bring nothing new before the list counts as endless. */
const barrenPages = 2;

/**
 * Every item of a paged list, once, page by page. Follows `Link` on the same host only, and stops with PAGING where it does not advance:
 * an address seen before, pages that repeat what came already, or more pages than there can be. `Link` is no must (distribution spec
 * 1.1, "Content Discovery"): behind a page as large as was asked for, what follows its last item is asked for once more.
 */
export async function* pages(host: string, first: URL, read: (url: URL) => Promise<Page>): AsyncGenerator<readonly string[]> {
  const seen = new Set<string>();
  const addresses = new Set<string>();
  let barren = 0;
  let guessed = false;
  for (let url: URL | undefined = first; url; ) {
    addresses.add(url.href);
    const found: Page | undefined = await read(url).catch((error: unknown) => {
      // `last` is not known there.
      if (guessed && error instanceof RegistryError && error.status === 400) return undefined;
      throw error;
    });
    if (!found) return;
    const { answer, items }: Page = found;
    const fresh = items.filter(item => !seen.has(item));
    for (const item of fresh) seen.add(item);
    yield [...new Set(fresh)];
    const link = nextLink(answer.headers.get('link'));
    guessed = link === undefined;
    if (guessed && fresh.length === 0) return;
    const next: URL | undefined =
      link === undefined ? after(first, items) : URL.canParse(link, answer.url.href) ? new URL(link, answer.url) : undefined;
    if (guessed && !next) return;
    const trouble = (detail: string) => new RegistryError('PAGING', host, { request: `GET ${first.pathname}`, detail });
    if (!next || next.origin !== first.origin) throw trouble('the next page is at another host');
    if (addresses.has(next.href)) throw trouble('the next page is one that was read already');
    barren = fresh.length === 0 ? barren + 1 : 0;
    if (addresses.size >= mostPages) throw trouble(`it has not ended after ${mostPages} pages`);
    if (barren >= barrenPages) throw trouble('the next pages bring nothing new');
    url = next;
  }
}

/** The page behind a full one; `undefined` where the page was not filled, or where the server does not care what was asked for. */
function after(first: URL, items: readonly string[]): URL | undefined {
  const last = items.at(-1);
  if (last === undefined || items.length !== Number(first.searchParams.get('n'))) return undefined;
  const next = new URL(first);
  next.searchParams.set('last', last);
  return next;
}
