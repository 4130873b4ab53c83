import { Shared } from '../abort.ts';
import type { Api } from '../api.ts';
import { fingerprint } from '../credentials/fingerprint.ts';
import { RegistryError } from '../errors.ts';
import { isOwnInterface } from '../hosts.ts';
import { asRecord, parseJson } from '../manifest.ts';
import type { Secrets } from '../redact.ts';
import type { Credentials, Keychain, RequestOptions } from '../registry.ts';

type Login = Extract<Credentials, { kind: 'basic' }>;

interface Token {
  /** `undefined` where the login was refused. */
  readonly header: string | undefined;
  readonly expires: number;
}

/** How Docker Hub's API is asked on behalf of the person. */
export interface HubAuthorization {
  /** The name and password, token or organisation's token that belong to this API; `undefined` where there are none. */
  login(options: RequestOptions): Promise<Login | undefined>;
  /** The header with a token for them; `undefined` for anonymous. `refused` is one that was not taken. */
  authorization(options: RequestOptions, refused?: string): Promise<string | undefined>;
}

/** A token that names no end, and a login that was refused. */
const usualLifetime = 300_000;

/**
 * Tokens from `POST /v2/auth/token`, kept until shortly before they end. `tokens` is the API that is asked for them, by itself so that
 * requests which wait for a token do not stand in its way. A refused login reads what anybody may. docs.docker.com, Docker Hub API.
 */
export function hubAuthorization(host: string, tokens: Api, keychain: Keychain | undefined, secrets: Secrets): HubAuthorization {
  const known = new Map<string, Shared<Token>>();
  const own = isOwnInterface(host, tokens.base);

  async function login(options: RequestOptions): Promise<Login | undefined> {
    const found = own ? await keychain?.credentials(host, options) : undefined;
    return found?.kind === 'basic' && found.password !== '' ? found : undefined;
  }

  async function tokenFor(credentials: Login, signal: AbortSignal): Promise<Token> {
    secrets.addCredentials(credentials);
    const asked = Date.now();
    const { username, password } = credentials;
    try {
      const { json } = await tokens.request({
        method: 'POST',
        url: new URL('v2/auth/token', tokens.base),
        options: { signal },
        missing: 'UNEXPECTED',
        subject: 'a token',
        body: { identifier: username, secret: password },
        anonymous: true,
      });
      const token = asRecord(json)?.['access_token'];
      // A token with a line break would be a second header.
      if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return { header: undefined, expires: asked + usualLifetime };
      secrets.add(token);
      return { header: `Bearer ${token}`, expires: asked + (lifetimeOf(token) ?? usualLifetime) * 0.9 };
    } catch (error) {
      if (!(error instanceof RegistryError) || (error.code !== 'UNAUTHORIZED' && error.code !== 'DENIED' && error.status !== 400))
        throw error;
      return { header: undefined, expires: asked + usualLifetime };
    }
  }

  async function authorization(options: RequestOptions, refused?: string): Promise<string | undefined> {
    const credentials = await login(options);
    if (!credentials) return undefined;
    const key = fingerprint(credentials);
    const kept = await current(key, credentials, options);
    if (kept.expires > Date.now() && (refused === undefined || kept.header !== refused)) return kept.header;
    known.delete(key);
    return (await current(key, credentials, options)).header;
  }

  async function current(key: string, credentials: Login, options: RequestOptions): Promise<Token> {
    const before = known.get(key);
    const shared = before && !before.stopped ? before : new Shared(signal => tokenFor(credentials, signal));
    known.set(key, shared);
    return shared.wait(options.signal).catch((error: unknown) => {
      if (known.get(key) === shared) known.delete(key);
      throw error;
    });
  }

  return { login, authorization };
}

/** Milliseconds from issue to end of a JSON web token, by its own word. RFC 7519, 4.1. */
function lifetimeOf(token: string): number | undefined {
  const claims = asRecord(parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url')));
  const [end, start] = [claims?.['exp'], claims?.['iat'] ?? Date.now() / 1000];
  return typeof end === 'number' && typeof start === 'number' && end > start ? (end - start) * 1000 : undefined;
}
