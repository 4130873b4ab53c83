import { RegistryError } from '../registry/errors.ts';
import { exchange } from '../registry/exchange.ts';
import type { Fetch } from '../registry/fetch.ts';
import type { TransportInit } from './transport.ts';

const answerLimit = 8 * 1024 * 1024;
const told = ['content-type', 'link', 'retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-ratelimit-limit'];

/**
 * The given `fetch` as octokit wants one: bounded in time and size, never to another host than the API's, and without the token after
 * a redirect to another. Throws RegistryError.
 */
export function boundFetch(base: URL, inner: Fetch, timeout: number): (url: string, init: TransportInit) => Promise<Response> {
  const settings = { host: base.host, apiHost: base.host, fetch: inner, timeout, attempts: 1 };
  return async (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    if (url.origin !== base.origin) throw new RegistryError('PAGING', base.host, { detail: 'an address leads to another host' });
    const { authorization, ...others } = headers;
    const answer = await exchange(settings, {
      method: method === 'POST' ? 'POST' : 'GET',
      url,
      headers: others,
      limit: answerLimit,
      ...(authorization !== undefined && { authorization }),
      ...(typeof body === 'string' && { body }),
      ...(signal && { signal }),
    });
    const names = told.flatMap(name => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as [string, string]];
    });
    return new Response(Buffer.from(answer.body), { status: answer.status, headers: names });
  };
}
