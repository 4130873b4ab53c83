import { type Digest, isDigest } from './digest.ts';

/** An image reference split into its parts, as written: nothing is defaulted. Grammar: github.com/distribution/reference. */
export interface Reference {
  /** `host` or `host:port`; absent for Docker Hub short names (`nginx`, `acme/app`). */
  readonly host?: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const hostPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

export function isRepository(text: string): boolean {
  return text.length <= 255 && repositoryPattern.test(text);
}

/** `host` or `host:port`, IPv6 in brackets; no scheme, no path. */
export function isHost(text: string): boolean {
  if (!hostPattern.test(text)) return false;
  const port = /:([0-9]+)$/.exec(text.replace(/^\[[^\]]*\]/, ''))?.[1];
  return port === undefined || (Number(port) > 0 && Number(port) < 65536);
}

/** Parses `[host/]repository[:tag][@digest]`; `undefined` where it is no reference. */
export function parseReference(text: string): Reference | undefined {
  if (text.length > 1024) return undefined;
  let rest = text;
  let digest: Digest | undefined;
  const at = rest.indexOf('@');
  if (at >= 0) {
    const named = rest.slice(at + 1);
    if (!isDigest(named)) return undefined;
    digest = named;
    rest = rest.slice(0, at);
  }
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  let tag: string | undefined;
  if (colon >= 0) {
    tag = rest.slice(colon + 1);
    if (!isTag(tag)) return undefined;
    rest = rest.slice(0, colon);
  }
  const { host, repository } = splitHost(rest);
  if (host !== undefined && !isHost(host)) return undefined;
  if (!isRepository(repository)) return undefined;
  return { ...(host !== undefined && { host }), repository, ...(tag !== undefined && { tag }), ...(digest && { digest }) };
}

/** The first path part is a host when it has a dot, a port, is `localhost` or has capitals, as docker decides. */
export function splitHost(name: string): { host?: string; repository: string } {
  const slash = name.indexOf('/');
  if (slash < 0) return { repository: name };
  const first = name.slice(0, slash);
  const isHostPart = /[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return isHostPart ? { host: first, repository: name.slice(slash + 1) } : { repository: name };
}

export function formatReference({ host, repository, tag, digest }: Reference): string {
  return `${host ? `${host}/` : ''}${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
}
