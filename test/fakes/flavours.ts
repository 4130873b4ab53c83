import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fetch } from '../../core/registry/fetch.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';

/** How one product asks who is there and lists what it has, as its users reported it. */
export interface Flavour {
  readonly host: string;
  /** Of its token service, without the query. */
  readonly realm: string;
  readonly service?: string;
  /** The 401 of a request that carried `sent`; a bearer challenge with the scope that the path needs where it is left out. */
  challenge?(path: string, sent: string | undefined): string | undefined;
  /** What a request for a path needs, where it is not `repository:<name>:pull`. */
  scope?(name: string, path: string): string;
  /** The name of the token in the service's answer. */
  readonly field: 'token' | 'access_token';
  /** How `/v2/_catalog` ends for everybody who is no administrator. */
  readonly catalog: 'lists' | '401' | '403 of the token service' | 'a web page with 404' | '404';
  /** True where Basic credentials are taken in place of a token. */
  readonly basic?: boolean;
  /** The body of `tags/list`. */
  list?(name: string, tags: readonly string[]): unknown;
}

const bearer = ({ realm, service }: Flavour, scope: string) =>
  `Bearer realm="${realm}"${service ? `,service="${service}"` : ''}${scope ? `,scope="${scope}"` : ''}`;

/** Sources: microsoft/vscode-docker#3199 and portainer#2956 (GitLab), renovate#14708 and Azure/acr#676, harbor#13573 and go-containerregistry#1493, watchtower#1895 (Google). */
export const flavours = {
  gitlab: {
    host: 'registry.gitlab.com',
    realm: 'https://gitlab.com/jwt/auth',
    service: 'container_registry',
    field: 'token',
    catalog: '403 of the token service',
  },
  quay: { host: 'quay.io', realm: 'https://quay.io/v2/auth', service: 'quay.io', field: 'token', catalog: '401' },
  azure: {
    host: 'acme.azurecr.io',
    realm: 'https://acme.azurecr.io/oauth2/token',
    service: 'acme.azurecr.io',
    field: 'access_token',
    catalog: 'lists',
    scope: (name, path) => `repository:${name}:${path.endsWith('/tags/list') ? 'metadata_read' : 'pull'}`,
  },
  google: {
    host: 'europe-docker.pkg.dev',
    realm: 'https://europe-docker.pkg.dev/v2/token',
    field: 'token',
    catalog: 'a web page with 404',
    list: (name, tags) => ({ child: [], manifest: { 'sha256:00': { tag: tags, timeUploadedMs: '1' } }, name, tags }),
  },
  harbor: {
    host: 'harbor.acme.io',
    realm: 'https://harbor.acme.io/service/token',
    service: 'harbor-registry',
    field: 'token',
    catalog: '401',
    basic: true,
    // Whoever sent something, or asks for the list, is challenged for Basic.
    challenge: (path, sent) => (sent !== undefined || path === '/v2/_catalog' ? 'Basic realm="harbor"' : undefined),
  },
  zot: {
    host: 'zot.acme.io',
    realm: '',
    field: 'token',
    catalog: 'lists',
    basic: true,
    challenge: () => 'Basic realm="Authorization Required"',
    // An empty repository of some says only whose it is.
    list: (name, tags) => (tags.length > 0 ? { name, tags } : { name }),
  },
} as const satisfies Readonly<Record<string, Flavour>>;

export interface RunningFlavour {
  /** Behind it: what it holds, and its faults. */
  readonly inner: RunningRegistry;
  /** Leads the flavour's hosts to this machine; other hosts are not reached. */
  readonly fetch: Fetch;
  /** What came, each as `GET host/path`, with the scopes of token requests. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

const username = 'ada';

/** Plays a flavour on loopback for user `ada` with this password, or the refresh token of the same text. */
export async function startFlavour(flavour: Flavour, password: string): Promise<RunningFlavour> {
  const inner = await startRegistry();
  const asked: string[] = [];
  const hosts = new Set([flavour.host, ...(flavour.realm ? [new URL(flavour.realm).host] : [])]);
  const tokens = new Map<string, readonly string[]>();
  const server = createServer((request, response) => {
    answer(flavour, inner, tokens, asked, password, request, response).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    inner,
    asked,
    fetch(url, init) {
      const { protocol, host, pathname, search } = new URL(url);
      if (protocol !== 'https:' || !hosts.has(host)) throw new Error(`${url} is not to be asked.`);
      return fetch(`${origin}${pathname}${search}`, { ...init, headers: { ...init.headers, 'x-host': host } });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await inner.stop();
    },
  };
}

async function answer(
  flavour: Flavour,
  inner: RunningRegistry,
  tokens: Map<string, readonly string[]>,
  asked: string[],
  password: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = String(request.headers['x-host']);
  const url = new URL(request.url ?? '/', `https://${host}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const scopes = [...url.searchParams.getAll('scope'), ...(form.get('scope')?.split(' ') ?? [])];
  asked.push([request.method, `${host}${url.pathname}`, ...scopes].join(' '));
  const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const refuse = (status: number, code: string, headers?: Readonly<Record<string, string>>) =>
    send(status, { errors: [{ code, message: 'refused' }] }, headers);
  const sent = request.headers.authorization;
  const isAda = sent === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  if (`https://${host}${url.pathname}` === flavour.realm) {
    if (!isAda && form.get('refresh_token') !== password) return refuse(401, 'UNAUTHORIZED');
    if (scopes.includes('registry:catalog:*') && flavour.catalog === '403 of the token service') return refuse(403, 'DENIED');
    const token = `token-${tokens.size}`;
    tokens.set(token, scopes);
    return send(200, { [flavour.field]: token });
  }

  const [, name = ''] = /^\/v2\/(.+)\/(?:tags|manifests|blobs|referrers)\//.exec(url.pathname) ?? [];
  const catalog = url.pathname === '/v2/_catalog';
  if (catalog && flavour.catalog === 'a web page with 404')
    return send(404, '<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>', { 'content-type': 'text/html; charset=UTF-8' });
  const needs = catalog ? 'registry:catalog:*' : name === '' ? '' : (flavour.scope?.(name, url.pathname) ?? `repository:${name}:pull`);
  const granted = tokens.get(/^Bearer (\S+)$/.exec(sent ?? '')?.[1] ?? '');
  const may = (flavour.basic && isAda) || (granted && (needs === '' || granted.includes(needs)));
  if (!may || (catalog && flavour.catalog === '401')) {
    const challenge = flavour.challenge?.(url.pathname, sent) ?? bearer(flavour, needs);
    return refuse(401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
  }
  const passed = await fetch(`${inner.url}${url.pathname}${url.search}`, {
    method: request.method ?? 'GET',
    headers: { accept: String(request.headers.accept) },
  });
  const body = Buffer.from(await passed.arrayBuffer());
  const headers = Object.fromEntries([...passed.headers].filter(([key]) => /^(?:content-type|docker-|link)/.test(key)));
  if (passed.status === 200 && flavour.list && url.pathname.endsWith('/tags/list'))
    return send(200, flavour.list(name, JSON.parse(body.toString()).tags), headers);
  response.writeHead(passed.status, headers).end(request.method === 'HEAD' ? undefined : body);
}
