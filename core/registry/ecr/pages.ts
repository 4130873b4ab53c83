import { RegistryError } from '../errors.ts';

/** The most that ECR puts on one page of a listing. */
const largestPage = 1000;
/** Pages in a row that may bring nothing new before a list counts as endless. */
const barrenPages = 2;

export interface Paging {
  readonly nextToken?: string;
  readonly maxResults: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string | undefined;
}

export interface List<T> {
  readonly host: string;
  readonly subject: string;
  key(item: T): string;
  ask(paging: Paging): Promise<Page<T>>;
  /** Rows of the first page; a thousand where it is absent. */
  readonly first?: number | undefined;
}

/**
 * Pages until there is no token for another, each item once. Stops with PAGING where a token comes again or pages repeat what came already.
 */
export async function* pages<T>({ host, subject, key, ask, first = largestPage }: List<T>): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  const tokens = new Set<string>();
  const small = Math.max(1, Math.min(first, largestPage));
  let maxResults = small;
  let nextToken: string | undefined;
  for (let barren = 0; ; ) {
    const page = await ask({ maxResults, ...(nextToken !== undefined && { nextToken }) }).catch((error: unknown) => {
      // Whether a token is good for pages of another size is written nowhere.
      if (maxResults === small || !(error instanceof RegistryError) || error.status !== 400 || error.code !== 'UNEXPECTED') throw error;
      return undefined;
    });
    if (!page) {
      maxResults = small;
      continue;
    }
    const fresh = page.items.filter(item => !seen.has(key(item)));
    for (const item of fresh) seen.add(key(item));
    yield fresh;
    if (page.nextToken === undefined) return;
    barren = fresh.length === 0 ? barren + 1 : 0;
    if (tokens.has(page.nextToken) || barren >= barrenPages)
      throw new RegistryError('PAGING', host, { subject, detail: 'the next pages bring nothing new' });
    tokens.add(page.nextToken);
    // Once a token was refused for a larger page, pages stay small.
    if (nextToken === undefined) maxResults = largestPage;
    nextToken = page.nextToken;
  }
}
