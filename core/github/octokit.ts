import { randomUUID } from 'node:crypto';
import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import type { Refusal, Transport, TransportSettings } from './transport.ts';

const Client = Octokit.plugin(paginateRest, retry, throttling);

/** Tries after the first, and the milliseconds that the waits between them grow from: 250, then 1000. */
const retries = 2;
const retryBase = 250;
/** Seconds that a limit is waited for; a longer one is the person's to decide about. */
const longestWait = 10;

/** A client of GitHub's API by octokit. What it throws is a Refusal, or what `fetch` threw. */
export function openOctokit({ base, headers, fetch, authorization }: TransportSettings): Transport {
  const waits = (seconds: number, _options: unknown, _client: unknown, count: number) => count === 0 && seconds <= longestWait;
  const octokit = new Client({
    baseUrl: base,
    userAgent: headers['user-agent'] ?? 'tallyman',
    request: { fetch },
    retry: { retries, retryAfterBaseValue: retryBase },
    // GraphQL queries go out one a second, as GitHub wants them; each client keeps its own count.
    throttle: { id: randomUUID(), onRateLimit: waits, onSecondaryRateLimit: waits },
    // Its warnings name addresses; trouble is told by what is thrown.
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  octokit.hook.before('request', async options => {
    const header = await authorization();
    Object.assign(options.headers, headers, header !== undefined && { authorization: header });
  });

  return {
    async graphql(query, variables, signal) {
      // As a plain request: an answer with errors may still hold most of what was asked for.
      const url = base.replace(/\/api\/v3\/?$/, '/api').replace(/\/$/, '');
      const answer = await octokit
        .request(`POST ${url}/graphql`, { query, variables, ...(signal && { request: { signal } }) })
        .catch(refused);
      return answer.data;
    },

    async *pages(path, parameters, signal) {
      const list = octokit.paginate.iterator(`GET ${path}`, { ...parameters, ...(signal && { request: { signal } }) });
      const pages = list[Symbol.asyncIterator]();
      for (;;) {
        const page = await pages.next().catch(refused);
        if (page.done) return;
        yield page.value.data;
      }
    },
  };
}

/** Octokit's error without the request that it keeps; what `fetch` threw as it is. */
function refused(error: unknown): never {
  if (!(error instanceof Error) || !('response' in error)) throw error;
  if (error.response === undefined) throw error.cause ?? error;
  const { status, headers, data } = error.response as Refusal['refusal'];
  // GraphQL tells of its limit with status 200.
  const limited = /rate limit exceeded/i.test(error.message) && status < 400;
  const refusal: Refusal = Object.assign(new Error(`status ${status}`), { refusal: { status: limited ? 429 : status, headers, data } });
  throw refusal;
}
