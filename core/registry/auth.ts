import { unlessAborted } from './abort.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { fingerprint } from './credentials/fingerprint.ts';
import { RegistryError } from './errors.ts';
import type { Answer, ExchangeRequest } from './exchange.ts';
import { canonicalHost, hostname, isLoopback, sameSite } from './hosts.ts';
import { Secrets, serverWords } from './redact.ts';
import type { Credentials, Keychain } from './registry.ts';
import { basic, isRefusal, requestToken, type Token } from './tokenService.ts';

export interface AuthSettings {
  readonly host: string;
  readonly base: URL;
  readonly keychain: Keychain | undefined;
  readonly trustedRealms: readonly string[];
  readonly send: (request: ExchangeRequest) => Promise<Answer>;
}

/** What was sent before. */
export interface Sent {
  readonly sent: string | undefined;
  /** It was a new token, of which a second one says no more; Harbor wants Basic for some requests all the same. */
  readonly fresh: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Wanted {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** Under what a token that was got with these credentials is kept. */
  keyOf(credentials: Credentials | undefined): string;
}

/** Of the list of all repositories. */
export const catalogScope = 'registry:catalog:*';

/** Token services known to belong to a registry at another site. NVIDIA names its own only once a token has expired. */
const knownPairs: ReadonlyMap<string, string> = new Map([
  ['docker.io', 'auth.docker.io'],
  ['nvcr.io', 'authn.nvidia.com'],
]);

/**
 * Answers one host's challenges. Tokens are kept per scope and credential until shortly before they expire; the host's scheme is
 * remembered, so that later requests need not be refused first.
 */
export class Authorizer {
  readonly #settings: AuthSettings;
  readonly #tokens = new Map<string, Promise<Token>>();
  readonly #scopes = new Map<string, readonly string[]>();
  readonly #secrets = new Secrets();
  /** By scope: Harbor wants Basic for its list and tokens for the rest. */
  readonly #challenges = new Map<string, Challenge>();
  #usual: Challenge | undefined;
  /** Fingerprints of credentials that a token service took. */
  readonly #taken = new Set<string>();

  constructor(settings: AuthSettings) {
    this.#settings = settings;
  }

  /** What was sent as a secret so far, to be kept out of messages. */
  get secrets(): Iterable<string> {
    return this.#secrets;
  }

  /** The header for a request of this scope as far as the scheme is known; `undefined` before the first challenge. */
  async header(scope: string, signal?: AbortSignal): Promise<string | undefined> {
    const challenge = this.#challenges.get(scope) ?? this.#usual;
    return challenge && this.#answer(challenge, scope, signal);
  }

  /**
   * The header that answers a 401 to a request of this scope; `undefined` where nothing better can be sent than `sent` was. Throws
   * UNTRUSTED_REALM, INSECURE, UNAUTHORIZED, or the token service's own trouble.
   */
  async retry(refused: Answer, scope: string, { sent, fresh, signal }: Sent): Promise<string | undefined> {
    // What a redirect led to has no say in where this registry's credentials go.
    if (refused.url.origin !== this.#settings.base.origin) return undefined;
    const challenges = parseChallenges(refused.headers.get('www-authenticate') ?? '');
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
    const challenge = bearer ?? challenges.find(({ scheme }) => scheme === 'basic');
    if (!challenge || (fresh && challenge.scheme === 'bearer')) return undefined;
    this.#challenges.set(scope, challenge);
    if (scope !== catalogScope) this.#usual = challenge;
    // What this request was told it needs holds for its like, not for requests of another scope.
    this.#scopes.set(scope, (challenge.parameters.get('scope') ?? '').split(' ').filter(Boolean));
    if (sent !== undefined) await this.#drop(sent, signal);
    const header = await this.#answer(challenge, scope, signal);
    return header === sent && challenge.scheme === 'basic' ? undefined : header;
  }

  /** What is known of who asks: there are credentials, and perhaps a token service took them. */
  async signedBy(): Promise<'token' | 'credentials' | undefined> {
    const credentials = await this.#credentials();
    return credentials && (this.#taken.has(fingerprint(credentials)) ? 'token' : 'credentials');
  }

  /** Takes what was sent in vain from what is sent from now on. */
  async #drop(sent: string, signal?: AbortSignal): Promise<void> {
    for (const [key, token] of this.#tokens) if ((await token.catch(() => undefined))?.header === sent) this.#tokens.delete(key);
    const credentials = await this.#credentials(signal);
    // Those that got a token are good: what is refused then is the request.
    if (credentials?.kind === 'basic' && basic(credentials) === sent && !this.#taken.has(fingerprint(credentials)))
      this.#settings.keychain?.refused?.(this.#name, credentials);
  }

  async #answer(challenge: Challenge, scope: string, signal?: AbortSignal): Promise<string | undefined> {
    const { host, base } = this.#settings;
    if (base.protocol === 'http:' && !isLoopback(base.host)) throw new RegistryError('INSECURE', host);
    if (challenge.scheme === 'basic') {
      const credentials = await this.#credentials(signal);
      return credentials?.kind === 'basic' ? basic(credentials) : undefined;
    }
    const realm = this.#realm(challenge.parameters.get('realm') ?? '');
    const credentials = await this.#credentials(signal);
    const service = challenge.parameters.get('service');
    const scopes = [...new Set([scope, ...(this.#scopes.get(scope) ?? [])])].filter(Boolean);
    const keyOf = (offered: Credentials | undefined) => JSON.stringify([realm.href, service, scopes, fingerprint(offered)]);
    const key = keyOf(credentials);
    const pending = this.#tokens.get(key);
    const known = pending && (await unlessAborted(pending, signal));
    if (known && known.expires > Date.now()) return known.header;
    // Several requests wait for one token, so the cancelling of one must not take it from the others.
    const request = { realm, service, scopes, keyOf };
    const token = this.#token(request, credentials);
    this.#tokens.set(key, token);
    token.catch(() => this.#tokens.get(key) === token && this.#tokens.delete(key));
    return (await unlessAborted(token, signal)).header;
  }

  /** A token with the first credentials that the service takes; where it takes none, one for what anybody may read. */
  async #token({ keyOf, ...request }: Wanted, credentials: Credentials | undefined): Promise<Token> {
    const { host, send, keychain } = this.#settings;
    const ask = (offered: Credentials | undefined) =>
      requestToken({ ...request, host, credentials: offered, send, secrets: this.#secrets });
    const offers = new Set<string>();
    let refusal: RegistryError | undefined;
    for (let offered = credentials; offered && !offers.has(fingerprint(offered)); offered = await this.#credentials()) {
      offers.add(fingerprint(offered));
      try {
        const token = await ask(offered);
        this.#tokens.set(keyOf(offered), Promise.resolve(token));
        this.#taken.add(fingerprint(offered));
        return token;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusal ??= error;
        // Who may not list everything may still be somebody: GitLab refuses the whole token then.
        if (error.code === 'DENIED' && request.scopes.includes(catalogScope)) throw error;
        this.#taken.delete(fingerprint(offered));
        keychain?.refused?.(this.#name, offered);
      }
    }
    const reads = request.scopes.length > 0 && request.scopes.every(scope => scope.endsWith(':pull'));
    if (refusal && !reads) throw refusal;
    return ask(undefined).catch((error: unknown) => {
      throw refusal && isRefusal(error) ? refusal : error;
    });
  }

  /** A token service gets credentials, so it must be https and the registry's own, or one the user was asked about. */
  #realm(text: string): URL {
    const { host, base, trustedRealms } = this.#settings;
    const untrusted = (realm: string) => new RegistryError('UNTRUSTED_REALM', host, { realm });
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || url.username || url.password) throw untrusted(serverWords(text, []));
    const local = isLoopback(url.host) && isLoopback(base.host);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw new RegistryError('INSECURE', host, { realm: url.origin });
    const pair = knownPairs.get(this.#name);
    if (local || sameSite(url.host, base.host) || hostname(url.host) === pair || trustedRealms.includes(url.origin)) return url;
    throw untrusted(url.origin);
  }

  async #credentials(signal?: AbortSignal): Promise<Credentials | undefined> {
    const found = await this.#settings.keychain?.credentials(this.#name, signal ? { signal } : {});
    if (found) this.#secrets.addCredentials(found);
    return found;
  }

  get #name(): string {
    return canonicalHost(this.#settings.host);
  }
}
