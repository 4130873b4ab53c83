import { type Answer, type Asked, answer, json } from '../../../demo/registry/answer.ts';
import { graphql } from './graphql.ts';
import type { GitHubState, PackageVersion, Scope, Token } from './state.ts';

/** What a route works with: the matched parts of its path, decoded. */
interface Call {
  readonly state: GitHubState;
  readonly asked: Asked;
  readonly url: string;
  readonly parts: readonly string[];
  readonly token: Token | undefined;
}

type Route = readonly [method: string, pattern: RegExp, handle: (call: Call) => Answer];

const routes: readonly Route[] = [
  ['GET', /^\/user\/orgs$/, memberships],
  ['GET', /^\/user\/packages$/, call => packages(call, call.token?.login ?? '')],
  ['GET', /^\/(orgs|users)\/([^/]+)\/packages$/, call => ofOwner(call, () => packages(call, call.parts[1] ?? ''))],
  ['GET', /^\/(orgs|users)\/([^/]+)\/packages\/container\/([^/]+)\/versions$/, call => ofOwner(call, () => versions(call))],
  ['GET', /^\/(orgs|users)\/([^/]+)\/packages\/container\/([^/]+)\/versions\/(\d+)$/, call => ofOwner(call, () => version(call))],
  ['DELETE', /^\/(orgs|users)\/([^/]+)\/packages\/container\/([^/]+)\/versions\/(\d+)$/, call => ofOwner(call, () => remove(call))],
  ['GET', /^\/repos\/([^/]+)\/([^/]+)\/pulls$/, pulls],
  ['POST', /^\/graphql$/, ({ state, asked, token }) => (token ? graphql(state, asked) : requiresAuthentication())],
];

/** GitHub's REST and GraphQL answers to one request, under `prefix` (`/api/v3` on a GitHub Enterprise server). docs.github.com, REST, version 2022-11-28. */
export function rest(state: GitHubState, asked: Asked, url: string, prefix: string): Answer {
  const reset = { 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 1800), 'x-ratelimit-resource': 'core' };
  const limits = () => ({ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': String(Math.max(0, state.remaining)), ...reset });
  // The address of a next page names an account or repository by its number.
  const linked = /^\/repositories\/9919\/([\w-]+)$/.exec(asked.path)?.[1];
  if (linked !== undefined) return rest(state, { ...asked, path: Buffer.from(linked, 'base64url').toString() }, url, prefix);
  const path = asked.path.startsWith(prefix) ? asked.path.slice(prefix.length) : asked.path.replace(/^\/api\/graphql$/, '/graphql');
  if (asked.headers['user-agent'] === undefined)
    return answer(403, { 'content-type': 'text/plain' }, Buffer.from('Request forbidden by administrative rules.'));
  const sent = /^(?:Bearer|token) (.+)$/i.exec(asked.headers['authorization'] ?? '')?.[1];
  const token = sent === undefined ? undefined : state.tokens.get(sent);
  if (sent !== undefined && !token) return withHeaders(trouble(401, 'Bad credentials'), limits());
  if (state.remaining <= 0) return withHeaders(trouble(403, 'API rate limit exceeded for user ID 583231.'), limits());
  state.remaining -= 1;
  for (const [method, pattern, handle] of routes) {
    const match = method === asked.method ? pattern.exec(path) : null;
    if (match) return withHeaders(handle({ state, asked, url, parts: match.slice(1).map(decodeURIComponent), token }), limits());
  }
  return withHeaders(trouble(404, 'Not Found'), limits());
}

function withHeaders(sent: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...sent, headers: { ...headers, ...sent.headers } };
}

export function trouble(status: number, message: string): Answer {
  return json(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) });
}

function requiresAuthentication(): Answer {
  return trouble(401, 'Requires authentication');
}

/** The answer of `work` for an account that is what the path says; GitHub knows no organisation by a person's name. */
function ofOwner({ state, parts }: Call, work: () => Answer): Answer {
  const account = [...state.accounts].find(([login]) => login.toLowerCase() === parts[1]?.toLowerCase())?.[1];
  const kind = parts[0] === 'orgs' ? 'Organization' : 'User';
  return account?.kind === kind ? work() : trouble(404, 'Not Found');
}

function lacks(token: Token | undefined, scope: Scope, what: string): Answer | undefined {
  if (!token) return requiresAuthentication();
  return token.scopes.includes(scope) ? undefined : trouble(403, `You need at least ${scope} scope to ${what}.`);
}

function memberships(call: Call): Answer {
  const refused = lacks(call.token, 'read:org', 'list organizations');
  if (refused) return refused;
  const orgs = call.state.accounts.get(call.token?.login ?? '')?.memberOf ?? [];
  return page(call, orgs, login => ({ login }));
}

function packages(call: Call, owner: string): Answer {
  const refused = lacks(call.token, 'read:packages', 'list packages');
  if (refused) return refused;
  if (call.asked.query.get('package_type') === null) return trouble(422, 'Invalid input: package_type is missing.');
  const names = [...call.state.packages.keys()].filter(name => name.startsWith(`${owner.toLowerCase()}/`));
  return page(call, names, name => ({
    name: name.slice(owner.length + 1),
    package_type: 'container',
    owner: { login: owner },
    version_count: call.state.packages.get(name)?.length,
    visibility: 'private',
  }));
}

function versions(call: Call): Answer {
  const refused = lacks(call.token, 'read:packages', "get a package's versions");
  if (refused) return refused;
  const all = call.state.packages.get(`${call.parts[1]}/${call.parts[2]}`.toLowerCase());
  if (!all) return trouble(404, 'Package not found.');
  return page(call, all, shown(call));
}

function version(call: Call): Answer {
  const refused = lacks(call.token, 'read:packages', 'get a package version');
  if (refused) return refused;
  const repository = `${call.parts[1]}/${call.parts[2]}`.toLowerCase();
  const found = call.state.packages.get(repository)?.find(({ id }) => String(id) === call.parts[3]);
  return found ? json(200, shown(call)(found)) : trouble(404, 'Package version not found.');
}

/** A version as every answer of the API shows it. */
function shown({ state, url, parts }: Call): (version: PackageVersion) => unknown {
  const [kind, owner, name] = parts;
  const tags = state.tagsOf(`${owner}/${name}`.toLowerCase());
  const account = `https://github.com/${kind}/${owner}/packages/container`;
  return ({ id, digest, createdAt }) => ({
    id,
    name: digest,
    url: `${url}/${kind}/${owner}/packages/container/${encodeURIComponent(name ?? '')}/versions/${id}`,
    package_html_url: `${account}/package/${encodeURIComponent(name ?? '')}`,
    created_at: createdAt.replace('.000', ''),
    updated_at: createdAt.replace('.000', ''),
    html_url: `${account}/${encodeURIComponent(name ?? '')}/${id}`,
    metadata: { package_type: 'container', container: { tags: tags.get(digest) ?? [] } },
  });
}

function remove({ state, parts, token }: Call): Answer {
  const refused = lacks(token, 'delete:packages', 'delete a package version');
  if (refused) return refused;
  const repository = `${parts[1]}/${parts[2]}`.toLowerCase();
  const all = state.packages.get(repository) ?? [];
  const version = all.find(({ id }) => String(id) === parts[3]);
  if (!version) return trouble(404, 'Package version not found.');
  const tags = state.tagsOf(repository);
  const tagged = (one: PackageVersion) => tags.has(one.digest);
  if (tagged(version) && all.filter(tagged).length === 1)
    return trouble(400, 'You cannot delete the last tagged version of a package. You must delete the package instead.');
  state.remove(repository, version);
  return answer(204);
}

function pulls(call: Call): Answer {
  const all = call.state.pulls.get(`${call.parts[0]}/${call.parts[1]}`.toLowerCase());
  if (!all) return trouble(404, 'Not Found');
  const wanted = call.asked.query.get('state') ?? 'open';
  const newestFirst = all.filter(({ state }) => wanted === 'all' || state === wanted).sort((a, b) => b.number - a.number);
  return page(call, newestFirst, ({ number, title, state, merged }) => ({
    number,
    title,
    state,
    merged_at: merged ? '2026-11-01T10:00:00Z' : null,
    html_url: `https://github.com/${call.parts[0]}/${call.parts[1]}/pull/${number}`,
  }));
}

/** One page of `all`, with the `Link` that GitHub writes: to numbered pages under another path than the one that was asked. */
function page<T>({ asked, url }: Call, all: readonly T[], show: (item: T) => unknown): Answer {
  const size = Math.min(Number(asked.query.get('per_page') ?? 30), 100);
  const number = Number(asked.query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const address = (to: number) => {
    const query = new URLSearchParams(asked.query);
    query.set('page', String(to));
    return `${url}/repositories/9919/${Buffer.from(asked.path).toString('base64url')}?${query}`;
  };
  const links = [
    ...(number > 1 ? [`<${address(number - 1)}>; rel="prev"`] : []),
    ...(number < last ? [`<${address(number + 1)}>; rel="next"`, `<${address(last)}>; rel="last"`] : []),
    ...(number > 1 ? [`<${address(1)}>; rel="first"`] : []),
  ];
  const items = all.slice((number - 1) * size, number * size).map(show);
  return json(200, items, links.length > 0 ? { link: links.join(', ') } : {});
}
