/** Docker Hub's names; credentials and references use any of them. */
const dockerHubNames = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** One name per registry: lower case, Docker Hub's aliases as `docker.io`. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return dockerHubNames.has(lower) ? 'docker.io' : lower;
}

/** True for this machine itself: `localhost`, 127.0.0.0/8 and ::1, with or without a port. */
export function isLoopback(host: string): boolean {
  const name = hostname(host);
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Where the distribution API of this host is. Plain http on loopback, elsewhere only when asked. */
export function apiBase(host: string, plainHttp = false): URL {
  const name = canonicalHost(host);
  if (name === 'docker.io') return new URL('https://registry-1.docker.io/');
  return new URL(`${plainHttp || isLoopback(name) ? 'http' : 'https'}://${name}/`);
}

/** The interfaces that providers have beside their registries, at another site of their own. */
const knownInterfaces: ReadonlyMap<string, string> = new Map([
  ['docker.io', 'hub.docker.com'],
  ['ghcr.io', 'api.github.com'],
]);

/**
 * True where the provider's own interface at `api` may be sent what belongs to the registry at `host`: its known partner over https,
 * the same site, or both on this machine.
 */
export function isOwnInterface(host: string, api: URL): boolean {
  if (isLoopback(api.host)) return isLoopback(host);
  if (api.protocol !== 'https:') return false;
  const name = canonicalHost(host);
  const known = knownInterfaces.get(name);
  if (known !== undefined) return api.host === known;
  // GitHub Enterprise Cloud with data residency: `containers.acme.ghe.com` beside `api.acme.ghe.com`.
  const tenant = /^containers(\.[a-z0-9-]+\.ghe\.com)$/.exec(name)?.[1];
  return tenant === undefined ? sameSite(api.host, name) : api.host === `api${tenant}`;
}

/** The repository's name in the API: Docker Hub keeps its official images under `library/`. */
export function apiRepository(host: string, repository: string): string {
  return canonicalHost(host) === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository;
}

/** The host without its port, lower case. */
export function hostname(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

// Anyone may own a name right below these, so two names under them are not one site.
const shared = new Set(
  `amazonaws.com amazonaws.com.cn awsapprunner.com elasticbeanstalk.com on.aws cloudfront.net azurecr.io azurecr.cn azurecr.us azure.com
  azurewebsites.net azurecontainerapps.io azurestaticapps.net azurefd.net windows.net pkg.dev gcr.io googleapis.com run.app web.app
  firebaseapp.com appspot.com github.io github.dev githubusercontent.com gitlab.io gitpod.io jfrog.io scw.cloud ondigitalocean.app
  digitaloceanspaces.com oraclecloud.com herokuapp.com vercel.app netlify.app pages.dev workers.dev r2.dev fly.dev railway.app
  onrender.com deno.dev deno.net replit.dev repl.co hf.space glitch.me surge.sh ngrok.io ngrok.app ngrok-free.app trycloudflare.com
  loca.lt ts.net nip.io sslip.io duckdns.org ddns.net hopto.org zapto.org no-ip.org dyndns.org mooo.com eu.org us.com uk.com
  de.com ghe.com`.split(/\s+/),
);

/**
 * True where both names belong to one owner as far as names can tell: the same host, one below the other, or both below a domain
 * that one owner registers (`registry.acme.io`, `auth.acme.io`). Addresses and shared domains are only ever the same as themselves.
 */
export function sameSite(a: string, b: string): boolean {
  const one = hostname(a);
  const other = hostname(b);
  if (one === other) return true;
  if (/^[\d.]+$|[[\]:]/.test(one + other)) return false;
  const left = one.split('.').reverse();
  const right = other.split('.').reverse();
  let common = 0;
  while (common < left.length && left[common] !== undefined && left[common] === right[common]) common++;
  for (let count = 2; count <= common; count++) if (shared.has(left.slice(0, count).reverse().join('.'))) return false;
  const [top = '', second = ''] = left;
  // `co.uk`, `com.au`: a country's second level belongs to nobody.
  const registrable = top.length === 2 && second.length <= 3 ? 3 : 2;
  return common >= registrable;
}
