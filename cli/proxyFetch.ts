import type { Fetch } from '../core/registry/fetch.ts';
import { isLoopback } from '../core/registry/hosts.ts';
import { exit, Failure } from './failure.ts';

/**
 * A `fetch` that honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY on every supported Node; `undefined` where no proxy is set, since
 * the global one does then. This machine itself is never asked for through a proxy. Why not the global one: docs/decisions/0003-proxies-in-the-cli.md.
 */
export async function proxyFetch(environment: NodeJS.ProcessEnv): Promise<Fetch | undefined> {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const https = read('HTTPS_PROXY') ?? read('ALL_PROXY');
  const http = read('HTTP_PROXY') ?? read('ALL_PROXY');
  if (https === undefined && http === undefined) return undefined;
  const [httpsProxy, httpProxy] = [https, http].map(proxyUrl);
  // Large, and most runs do without it.
  const { EnvHttpProxyAgent, fetch: tunnelledFetch } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    noProxy: read('NO_PROXY') ?? '',
  });
  return (url, init) => {
    if (isLoopback(new URL(url).host)) return globalThis.fetch(url, init);
    return tunnelledFetch(url, { ...init, dispatcher });
  };
}

/** A proxy's address; without a scheme it is http, as curl has it. */
function proxyUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  // The address may hold a password, so it is not repeated.
  throw new Failure(exit.usage, 'HTTPS_PROXY or HTTP_PROXY is no http address.');
}
