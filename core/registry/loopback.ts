import { codes } from './causes.ts';
import { isUntrusted } from './explain.ts';
import type { Fetch, FetchResponse } from './fetch.ts';

/** How a registry on this machine is reached: plain http, or https once it shows that it speaks nothing else. */
export interface Loopback {
  readonly fetch: Fetch;
  /** The address that is really asked for `url`. */
  address(url: URL): string;
}

/**
 * A registry on this machine is spoken to over plain http, as docker does; one that has a certificate hangs up on that, or answers 400. Then the
 * same request is sent over https, and if that is what it speaks, all others too. `host` is as in the addresses that are asked.
 */
export function loopback(host: string, fetch: Fetch): Loopback {
  const plain = `http://${host}/`;
  const encrypted = `https://${host}/`;
  let secure = false;

  async function sent(...[url, init]: Parameters<Fetch>): Promise<FetchResponse> {
    const response = await fetch(url.replace(plain, encrypted), init);
    // Its links lead to https too: they are the same host, and are not another one.
    const get = (name: string) => {
      const value = response.headers.get(name);
      return /^(?:link|location)$/i.test(name) ? (value?.replaceAll(encrypted, plain) ?? null) : value;
    };
    return { status: response.status, headers: { get }, body: response.body };
  }

  /** The outcome over https; `undefined` where it is not spoken. A certificate that is not trusted is one all the same. */
  async function tried(...[url, init]: Parameters<Fetch>): Promise<FetchResponse | undefined> {
    try {
      const response = await sent(url, init);
      secure = true;
      return response;
    } catch (error) {
      if (!codes(error).some(isUntrusted)) return undefined;
      secure = true;
      throw error;
    }
  }

  return {
    address: url => (secure ? url.href.replace(plain, encrypted) : url.href),
    async fetch(url, init) {
      if (!url.startsWith(plain)) return fetch(url, init);
      if (secure) return sent(url, init);
      let answer: FetchResponse;
      try {
        answer = await fetch(url, init);
      } catch (error) {
        const other = init.signal.aborted || !hungUp(error) ? undefined : await tried(url, init);
        if (other) return other;
        throw error;
      }
      // A registry's own 400 says in JSON what is wrong.
      if (answer.status !== 400 || /json/i.test(answer.headers.get('content-type') ?? '')) return answer;
      return (await tried(url, init)) ?? answer;
    },
  };
}

function hungUp(error: unknown): boolean {
  return codes(error).some(code => /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_\w+)$/.test(code));
}
