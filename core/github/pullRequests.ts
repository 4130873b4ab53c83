import { LRUCache } from 'lru-cache';
import type { RegistryError, RegistryErrorCode } from '../registry/errors.ts';
import { asRecord } from '../registry/manifest.ts';
import type { RequestOptions } from '../registry/registry.ts';
import { printable } from '../text/printable.ts';
import type { GitHubRepository } from './repository.ts';
import type { Transport } from './transport.ts';

/** A pull request; the title is printable. */
export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed' | 'merged';
  /** Its page, at https; absent where the answer names none. */
  readonly url?: string;
}

/** How the questions are asked. */
export interface Asking {
  ask<T>(subject: string, options: RequestOptions, work: (transport: Transport) => Promise<T>): Promise<T>;
  fail(code: RegistryErrorCode, subject: string, detail?: string): RegistryError;
  /** True where there is a token. */
  isSignedIn(options: RequestOptions): Promise<boolean>;
}

type PullRequests = (
  repository: GitHubRepository,
  numbers: readonly number[],
  options?: RequestOptions,
) => Promise<ReadonlyMap<number, PullRequest>>;

/** Numbers in one query: GitHub allows half a million nodes, and each is one. */
const atOnce = 100;
/** Pages of a hundred that are read without a token, of sixty requests an hour. */
const mostPages = 5;
/** Milliseconds for which an answer is believed. A merged one stays merged. */
const believed = { open: 60_000, closed: 300_000, merged: 86_400_000 } as const;
const longestTitle = 256;

export function pullRequests({ ask, fail, isSignedIn }: Asking): PullRequests {
  const known = new LRUCache<string, PullRequest>({ max: 5000 });

  /** GraphQL takes many numbers in one request; each is asked for under a name of its own. */
  async function byNumber(
    { owner, name }: GitHubRepository,
    numbers: readonly number[],
    options: RequestOptions,
  ): Promise<readonly unknown[]> {
    const subject = `${owner}/${name}`;
    const each = numbers.map(number => `p${number}: pullRequest(number: ${number}) { number title state url }`);
    const query = `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${each.join(' ')} } }`;
    const answer = asRecord(await ask(subject, options, transport => transport.graphql(query, { owner, name }, options.signal)));
    const data = asRecord(asRecord(answer?.['data'])?.['repository']);
    const errors = Array.isArray(answer?.['errors']) ? answer['errors'].map(asRecord) : [];
    const type = (wanted: string) => errors.some(error => error?.['type'] === wanted);
    if (type('RATE_LIMITED')) throw fail('TOOMANYREQUESTS', subject);
    if (data) return Object.values(data);
    if (type('NOT_FOUND')) throw fail('NAME_UNKNOWN', subject);
    throw fail(type('FORBIDDEN') ? 'DENIED' : 'UNEXPECTED', subject);
  }

  /** Without a token: the newest of a public repository, until the oldest that is wanted was passed. */
  async function listed(
    { owner, name }: GitHubRepository,
    numbers: readonly number[],
    options: RequestOptions,
  ): Promise<readonly unknown[]> {
    const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/pulls`;
    const parameters = { state: 'all', sort: 'created', direction: 'desc', per_page: 100 };
    const oldest = Math.min(...numbers);
    return ask(`${owner}/${name}`, options, async transport => {
      const found: unknown[] = [];
      let pages = 0;
      for await (const page of transport.pages(path, parameters, options.signal)) {
        found.push(...page);
        const last = asRecord(page.at(-1))?.['number'];
        if (++pages >= mostPages || typeof last !== 'number' || last <= oldest) break;
      }
      return found;
    });
  }

  return async (repository, numbers, options = {}) => {
    const keyOf = (number: number) => `${repository.owner}/${repository.name}#${number}`.toLowerCase();
    const wanted = [...new Set(numbers)].filter(number => Number.isSafeInteger(number) && number > 0 && number < 2 ** 31);
    const missing = wanted.filter(number => !known.has(keyOf(number)));
    const read = (await isSignedIn(options))
      ? Array.from({ length: Math.ceil(missing.length / atOnce) }, (_, index) =>
          byNumber(repository, missing.slice(index * atOnce, (index + 1) * atOnce), options),
        )
      : missing.length > 0
        ? [listed(repository, missing, options)]
        : [];
    for (const item of (await Promise.all(read)).flat()) {
      const pull = pullOf(item);
      if (pull) known.set(keyOf(pull.number), pull, { ttl: believed[pull.state] });
    }
    return new Map(
      wanted.flatMap(number => {
        const pull = known.get(keyOf(number));
        return pull ? [[number, pull] as const] : [];
      }),
    );
  };
}

/** Reads both of GitHub's forms: `OPEN`, `CLOSED`, `MERGED`, and `open`, `closed` with the time of the merge. */
function pullOf(item: unknown): PullRequest | undefined {
  const fields = asRecord(item);
  const { number, title, url, html_url: page, merged_at: merged } = fields ?? {};
  const said = typeof fields?.['state'] === 'string' ? fields['state'].toLowerCase() : '';
  if (typeof number !== 'number' || typeof title !== 'string') return undefined;
  const state = said === 'closed' && typeof merged === 'string' ? 'merged' : said;
  if (state !== 'open' && state !== 'closed' && state !== 'merged') return undefined;
  const link = page ?? url;
  const safe = typeof link === 'string' && URL.canParse(link) && new URL(link).protocol === 'https:';
  return { number, title: printable(title).slice(0, longestTitle), state, ...(safe && { url: link }) };
}
