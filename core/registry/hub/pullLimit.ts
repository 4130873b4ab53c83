import { RegistryError } from '../errors.ts';
import { askedWait } from '../exchange.ts';
import type { Fetch, FetchResponse } from '../fetch.ts';

/** Docker Hub's limit on pulls, seen from the outside. */
export interface PullLimit {
  /** The `fetch` to use: it reads what every answer says of the limit. */
  readonly fetch: Fetch;
  /** Throws TOOMANYREQUESTS where a pull would be refused as far as is known. */
  check(subject: string): void;
}

/** Milliseconds after which an exhausted limit is tried again: it frees pulls one by one, and HEAD tells too. */
const pause = 60_000;

/**
 * Watches `ratelimit-limit` and `ratelimit-remaining` (`100;w=21600`: pulls, seconds) on the answers about manifests. GET counts as a
 * pull and HEAD does not. docs.docker.com, "Docker Hub pull usage and limits".
 */
export function pullLimit(host: string, inner: Fetch): PullLimit {
  let spentUntil = 0;
  let limit: string | undefined;

  async function fetch(...[url, init]: Parameters<Fetch>): Promise<FetchResponse> {
    const response = await inner(url, init);
    if (!/^\/v2\/.+\/manifests\/[^/]+$/.test(new URL(url).pathname)) return response;
    const { headers } = response;
    limit = wordsOf(headers.get('ratelimit-limit')) ?? limit;
    if (response.status === 429) {
      const wait = askedWait(headers);
      spentUntil = Date.now() + (wait ?? pause);
      // Without a word of how long, asking again at once would only be refused again.
      return wait === undefined ? { status: response.status, body: response.body, headers: patient(headers) } : response;
    }
    const remaining = /^\s*(\d+)/.exec(headers.get('ratelimit-remaining') ?? '')?.[1];
    if (remaining !== undefined) spentUntil = Number(remaining) === 0 ? Date.now() + pause : 0;
    return response;
  }

  return {
    fetch,
    check(subject) {
      const wait = spentUntil - Date.now();
      if (wait <= 0) return;
      throw new RegistryError('TOOMANYREQUESTS', host, { subject, retryAfter: wait, ...(limit !== undefined && { detail: limit }) });
    },
  };
}

function patient(headers: FetchResponse['headers']): FetchResponse['headers'] {
  return { get: name => (name.toLowerCase() === 'retry-after' ? String(pause / 1000) : headers.get(name)) };
}

/** `100;w=21600` as people say it. */
function wordsOf(header: string | null): string | undefined {
  const [, count, seconds] = /^\s*(\d+)\s*;\s*w=(\d+)/.exec(header ?? '') ?? [];
  if (count === undefined || seconds === undefined) return undefined;
  return `its limit of ${count} pulls in ${Math.round(Number(seconds) / 3600)} h is used up`;
}
