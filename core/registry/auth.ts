import { createHash } from 'node:crypto';
import { type Challenge, parseChallenges } from './challenge.ts';
import { RegistryError } from './errors.ts';
import { type Answer, type ExchangeRequest, requestLine } from './exchange.ts';
import { canonicalHost, hostname, isLoopback, sameSite } from './hosts.ts';
import { serverWords } from './redact.ts';
import type { Credentials, Keychain } from './registry.ts';

export interface AuthSettings {
  readonly host: string;
  readonly base: URL;
  readonly keychain: Keychain | undefined;
  readonly trustedRealms: readonly string[];
  readonly send: (request: ExchangeRequest) => Promise<Answer>;
}

interface Token {
  readonly header: string;
  readonly expires: number;
}

/** Token services known to belong to a registry at another site. */
const knownPairs: ReadonlyMap<string, string> = new Map([['docker.io', 'auth.docker.io']]);

const tokenLimit = 1024 * 1024;
/** The distribution spec's default where the service names no lifetime. */
const defaultLifetime = 60;

/**
 * Answers one host's challenges. Tokens are kept per scope and credential until shortly before they expire; the host's scheme is
 * remembered, so that later requests need not be refused first.
 */
export class Authorizer {
  readonly #settings: AuthSettings;
  readonly #tokens = new Map<string, Promise<Token>>();
  readonly #scopes = new Map<string, readonly string[]>();
  readonly #secrets = new Set<string>();
  #challenge: Challenge | undefined;

  constructor(settings: AuthSettings) {
    this.#settings = settings;
  }

  /** What was sent as a secret so far, to be kept out of messages. */
  get secrets(): Iterable<string> {
    return this.#secrets;
  }

  /** The header for a request of this scope as far as the scheme is known; `undefined` before the first challenge. */
  async header(scope: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.#challenge && this.#answer(this.#challenge, scope, signal);
  }

  /**
   * The header that answers a 401 to a request of this scope; `undefined` where nothing better can be sent than `sent` was.
   * Throws UNTRUSTED_REALM, INSECURE, UNAUTHORIZED, or the token service's own trouble.
   */
  async retry(refused: Answer, scope: string, sent: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    const challenges = parseChallenges(refused.headers.get('www-authenticate') ?? '');
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
    const challenge = bearer ?? challenges.find(({ scheme }) => scheme === 'basic');
    if (!challenge) return undefined;
    this.#challenge = challenge;
    // What this request was told it needs holds for its like, not for requests of another scope.
    this.#scopes.set(scope, (challenge.parameters.get('scope') ?? '').split(' ').filter(Boolean));
    if (sent !== undefined)
      for (const [key, token] of this.#tokens) if ((await token.catch(() => undefined))?.header === sent) this.#tokens.delete(key);
    const header = await this.#answer(challenge, scope, signal);
    return header === sent && challenge.scheme === 'basic' ? undefined : header;
  }

  async #answer(challenge: Challenge, scope: string, signal?: AbortSignal): Promise<string | undefined> {
    const { host, base, keychain } = this.#settings;
    if (base.protocol === 'http:' && !isLoopback(base.host)) throw new RegistryError('INSECURE', host);
    const credentials = await keychain?.credentials(canonicalHost(host), signal ? { signal } : {});
    if (challenge.scheme === 'basic') {
      if (credentials?.kind !== 'basic') return undefined;
      return this.#keep(basic(credentials));
    }
    const realm = this.#realm(challenge.parameters.get('realm') ?? '');
    const scopes = [...new Set([scope, ...(this.#scopes.get(scope) ?? [])])];
    const key = JSON.stringify([realm.href, challenge.parameters.get('service'), scopes, fingerprint(credentials)]);
    const pending = this.#tokens.get(key);
    const known = pending && (await unlessAborted(pending, signal));
    if (known && known.expires > Date.now()) return known.header;
    // Several requests wait for one token, so the cancelling of one must not take it from the others.
    const token = this.#token(realm, challenge.parameters.get('service'), scopes, credentials);
    this.#tokens.set(key, token);
    token.catch(() => this.#tokens.get(key) === token && this.#tokens.delete(key));
    return (await unlessAborted(token, signal)).header;
  }

  /** A token service gets credentials, so it must be https and the registry's own, or one the user was asked about. */
  #realm(text: string): URL {
    const { host, base, trustedRealms } = this.#settings;
    const untrusted = (realm: string) => new RegistryError('UNTRUSTED_REALM', host, { realm });
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || url.username || url.password) throw untrusted(serverWords(text, []));
    const local = isLoopback(url.host) && isLoopback(base.host);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw new RegistryError('INSECURE', host, { realm: url.origin });
    const pair = knownPairs.get(canonicalHost(host));
    if (local || sameSite(url.host, base.host) || hostname(url.host) === pair || trustedRealms.includes(url.origin)) return url;
    throw untrusted(url.origin);
  }

  async #token(realm: URL, service: string | undefined, scopes: readonly string[], credentials: Credentials | undefined): Promise<Token> {
    const { host, send } = this.#settings;
    const asked = Date.now();
    const query = new URLSearchParams();
    if (service !== undefined) query.set('service', service);
    let request: ExchangeRequest;
    if (credentials?.kind === 'identityToken') {
      this.#secrets.add(credentials.token);
      query.set('grant_type', 'refresh_token');
      query.set('client_id', 'tallyman');
      query.set('scope', scopes.join(' '));
      query.set('refresh_token', credentials.token);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
      request = { limit: tokenLimit, method: 'POST', url: realm, headers, body: query.toString() };
    } else {
      const url = new URL(realm);
      for (const [name, value] of query) url.searchParams.set(name, value);
      for (const scope of scopes) url.searchParams.append('scope', scope);
      const authorization = credentials && this.#keep(basic(credentials));
      request = { limit: tokenLimit, method: 'GET', url, headers: { accept: 'application/json' }, ...(authorization && { authorization }) };
    }
    const answer = await send(request);
    const failed = { status: answer.status, request: requestLine(request.method, realm) };
    if (answer.status === 401 || answer.status === 403 || answer.status === 400) {
      throw new RegistryError(answer.status === 403 ? 'DENIED' : 'UNAUTHORIZED', host, { ...failed, detail: 'the token service refuses' });
    }
    if (answer.status === 429) throw new RegistryError('TOOMANYREQUESTS', host, failed);
    if (answer.status >= 500) throw new RegistryError('SERVER_ERROR', host, { ...failed, detail: 'the token service fails' });
    const { token, expires_in: lifetime } = tokenOf(answer.body);
    if (answer.status !== 200 || token === undefined)
      throw new RegistryError('UNEXPECTED', host, { ...failed, detail: 'the token service sends no token' });
    this.#secrets.add(token);
    // A tenth less than its lifetime, so that it does not expire on the way.
    return { header: `Bearer ${token}`, expires: asked + (lifetime ?? defaultLifetime) * 900 };
  }

  #keep(header: string): string {
    const encoded = header.slice(header.indexOf(' ') + 1);
    this.#secrets.add(encoded);
    const password = Buffer.from(encoded, 'base64').toString().split(':').slice(1).join(':');
    this.#secrets.add(password);
    return header;
  }
}

function basic(credentials: Extract<Credentials, { kind: 'basic' }>): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/** Tells credentials apart without keeping them as a key. */
function fingerprint(credentials: Credentials | undefined): string {
  return credentials ? createHash('sha256').update(JSON.stringify(credentials)).digest('hex') : '';
}

function tokenOf(body: Uint8Array): { token?: string; expires_in?: number } {
  try {
    const data: unknown = JSON.parse(Buffer.from(body).toString());
    if (typeof data !== 'object' || data === null) return {};
    const fields: Record<string, unknown> = { ...data };
    const token = fields['token'] ?? fields['access_token'];
    const lifetime = fields['expires_in'];
    return {
      // A token with a line break would be a second header.
      ...(typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) && { token }),
      ...(typeof lifetime === 'number' && lifetime > 0 && { expires_in: lifetime }),
    };
  } catch {
    return {};
  }
}

/** The promise's outcome, or the reason of the signal once it is aborted; what the promise does goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
