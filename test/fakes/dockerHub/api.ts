import { type Answer, type Asked, answer, json } from '../../../demo/registry/answer.ts';
import type { StoredManifest } from '../../../demo/registry/store.ts';
import type { HubState, TagDates } from './state.ts';

interface Call {
  readonly state: HubState;
  readonly asked: Asked;
  readonly url: string;
  readonly parts: readonly string[];
  /** Who asks; absent for anybody. */
  readonly login: string | undefined;
}

type Route = readonly [method: string, pattern: RegExp, handle: (call: Call) => Answer];

const routes: readonly Route[] = [
  ['POST', /^\/v2\/auth\/token$/, token],
  ['GET', /^\/v2\/namespaces\/([^/]+)\/repositories$/, repositories],
  ['GET', /^\/v2\/namespaces\/([^/]+)\/repositories\/([^/]+)\/tags$/, tags],
  ['GET', /^\/v2\/namespaces\/([^/]+)\/repositories\/([^/]+)\/tags\/([^/]+)$/, tag],
  ['DELETE', /^\/v2\/repositories\/([^/]+)\/([^/]+)\/tags\/([^/]+)\/$/, remove],
];

/** The rows that somebody who is not signed in is shown of a list, since August 2026. */
const forStrangers = 1000;

/** The answers of hub.docker.com to one request. docs.docker.com, "Docker Hub API reference"; error bodies as they were seen. */
export function hubApi(state: HubState, asked: Asked, url: string): Answer {
  const reset = String(Math.ceil(Date.now() / 1000) + 45);
  const limits = () => ({
    'x-ratelimit-limit': '180',
    'x-ratelimit-remaining': String(Math.max(0, state.remaining)),
    'x-ratelimit-reset': reset,
  });
  if (state.remaining <= 0)
    return withHeaders(json(429, { detail: 'Rate limit exceeded', error: false }), { ...limits(), 'x-retry-after': reset });
  state.remaining -= 1;
  const sent = /^Bearer (.+)$/.exec(asked.headers['authorization'] ?? '')?.[1];
  const grant = sent === undefined ? undefined : state.tokens.get(sent);
  if (sent !== undefined && (!grant || grant.until <= Date.now())) return withHeaders(trouble(401, 'unauthorized'), limits());
  for (const [method, pattern, handle] of routes) {
    const match = method === asked.method ? pattern.exec(asked.path) : null;
    if (match)
      return withHeaders(handle({ state, asked, url, parts: match.slice(1).map(decodeURIComponent), login: grant?.login }), limits());
  }
  return withHeaders(trouble(404, 'page not found'), limits());
}

function withHeaders(sent: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...sent, headers: { ...headers, ...sent.headers } };
}

function trouble(status: number, message: string): Answer {
  return json(status, { message, errinfo: {} });
}

function token({ state, asked }: Call): Answer {
  const { identifier, secret } = JSON.parse(Buffer.from(asked.body).toString()) as { identifier?: string; secret?: string };
  if (identifier === undefined || secret === undefined) return trouble(400, 'identifier and secret are required');
  if (state.users.get(identifier) !== secret) return json(401, { detail: 'Incorrect authentication credentials' });
  return json(200, { access_token: state.issue(identifier) });
}

/** What `work` answers, for a repository that is there and that this person may see; Docker Hub does not tell the two apart. */
function seen({ state, parts, login }: Call, work: (repository: string) => Answer): Answer {
  const repository = `${parts[0]}/${parts[1]}`;
  const visible = state.dates.has(repository) && (!state.hidden.has(repository) || login === parts[0]);
  return visible ? work(repository) : trouble(404, 'object not found');
}

function repositories(call: Call): Answer {
  const [namespace] = call.parts;
  const names = [...call.state.dates.keys()].filter(
    name => name.startsWith(`${namespace}/`) && (!call.state.hidden.has(name) || call.login === namespace),
  );
  return page(call, names.sort(), name => ({
    name: name.split('/')[1],
    namespace,
    repository_type: 'image',
    is_private: call.state.hidden.has(name),
  }));
}

function tags(call: Call): Answer {
  return seen(call, repository => page(call, [...(call.state.dates.get(repository) ?? [])], entry => show(call.state, repository, entry)));
}

function tag(call: Call): Answer {
  return seen(call, repository => {
    const name = call.parts[2] ?? '';
    const dates = call.state.dates.get(repository)?.get(name);
    return dates ? json(200, show(call.state, repository, [name, dates])) : trouble(404, `tag '${name}' not found`);
  });
}

function remove(call: Call): Answer {
  const { state, parts, login } = call;
  if (login === undefined) return trouble(401, 'authentication required');
  return seen(call, repository => {
    if (login !== parts[0]) return trouble(403, 'access denied');
    const name = parts[2] ?? '';
    if (!state.dates.get(repository)?.delete(name)) return trouble(404, `tag '${name}' not found`);
    state.store.remove(repository, name);
    return answer(204);
  });
}

/** A tag with the fields that Docker Hub sends. */
function show(state: HubState, repository: string, [name, { pushedAt, pulledAt }]: readonly [string, TagDates]) {
  const stored = state.store.manifest(repository, name);
  const images = stored ? imagesOf(state, repository, stored) : [];
  return {
    creator: 7,
    id: 42,
    images,
    last_updated: pushedAt,
    last_updater: 7,
    last_updater_username: 'moby',
    name,
    repository: 11,
    full_size: images[0]?.size ?? 0,
    v2: true,
    tag_status: 'active',
    tag_last_pulled: pulledAt ?? '0001-01-01T00:00:00Z',
    tag_last_pushed: pushedAt,
    media_type: stored?.mediaType,
    content_type: 'image',
    digest: stored?.digest,
  };
}

interface Entry {
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

/** Its platforms, BuildKit's attestations among them as `unknown`. */
function imagesOf(state: HubState, repository: string, { bytes, digest }: StoredManifest) {
  const { manifests } = JSON.parse(Buffer.from(bytes).toString()) as { manifests?: readonly Entry[] };
  const entries: readonly Entry[] = manifests ?? [{ digest, size: bytes.length, platform: { os: 'linux', architecture: 'amd64' } }];
  return entries.map(entry => ({
    architecture: entry.platform?.architecture ?? 'unknown',
    features: '',
    variant: entry.platform?.variant ?? null,
    digest: entry.digest,
    os: entry.platform?.os ?? 'unknown',
    os_features: '',
    os_version: null,
    size: layersOf(state, repository, entry.digest),
    status: 'active',
    last_pulled: '0001-01-01T00:00:00Z',
    last_pushed: '2026-11-01T00:00:00Z',
  }));
}

function layersOf(state: HubState, repository: string, digest: string): number {
  const child = state.store.manifest(repository, digest);
  const { layers = [] } = JSON.parse(Buffer.from(child?.bytes ?? '{}').toString()) as { layers?: readonly { readonly size: number }[] };
  return layers.reduce((sum, { size }) => sum + size, 0);
}

/** One page of `all`: ten rows where nobody says, never more than a hundred, and not past the thousandth for strangers. */
function page<T>({ asked, url, login }: Call, all: readonly T[], item: (one: T) => unknown): Answer {
  const size = Math.min(Number(asked.query.get('page_size') ?? 10), 100);
  const number = Number(asked.query.get('page') ?? 1);
  const from = (number - 1) * size;
  if (login === undefined && from >= forStrangers)
    return trouble(403, 'pagination offset too large for anonymous requests; sign in to page further');
  if (from > 0 && from >= all.length) return trouble(404, 'page not found');
  const address = (to: number) => `${url}${asked.path}?page=${to}&page_size=${size}`;
  return json(200, {
    count: all.length,
    next: from + size < all.length ? address(number + 1) : null,
    previous: number > 1 ? address(number - 1) : null,
    results: all.slice(from, from + size).map(item),
  });
}
