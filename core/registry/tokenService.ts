import { RegistryError } from './errors.ts';
import { type Answer, type ExchangeRequest, requestLine } from './exchange.ts';
import { asRecord, parseJson } from './manifest.ts';
import type { Secrets } from './redact.ts';
import type { Credentials } from './registry.ts';

export interface Token {
  readonly header: string;
  /** Milliseconds since 1970: a tenth of its lifetime before it ends. */
  readonly expires: number;
}

/** What a token is asked for. Distribution's token specification (distribution.github.io/distribution/spec/auth/token). */
export interface TokenRequest {
  /** The registry, as errors name it. */
  readonly host: string;
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** Anonymous where absent. */
  readonly credentials: Credentials | undefined;
  readonly send: (request: ExchangeRequest) => Promise<Answer>;
  /** Told of the token. */
  readonly secrets: Secrets;
}

const answerLimit = 1024 * 1024;
/** The distribution spec's default where the service names no lifetime, in seconds. */
const defaultLifetime = 60;

/** Asks for a token once. Throws UNAUTHORIZED or DENIED where the service refuses, else what is wrong with its answer. */
export async function requestToken(asked: TokenRequest): Promise<Token> {
  const { host, realm, send, secrets } = asked;
  const now = Date.now();
  const request = asked.credentials?.kind === 'identityToken' ? exchanged(asked, asked.credentials.token) : signed(asked);
  const answer = await send(request);
  const failed = { status: answer.status, request: requestLine(request.method, realm) };
  if (answer.status === 401 || answer.status === 403 || answer.status === 400) {
    throw new RegistryError(answer.status === 403 ? 'DENIED' : 'UNAUTHORIZED', host, { ...failed, detail: 'the token service refuses' });
  }
  if (answer.status === 429) throw new RegistryError('TOOMANYREQUESTS', host, failed);
  if (answer.status >= 500) throw new RegistryError('SERVER_ERROR', host, { ...failed, detail: 'the token service fails' });
  const { token, lifetime } = tokenOf(answer.body);
  if (answer.status !== 200 || token === undefined)
    throw new RegistryError('UNEXPECTED', host, { ...failed, detail: 'the token service sends no token' });
  secrets.add(token);
  return { header: `Bearer ${token}`, expires: now + (lifetime ?? defaultLifetime) * 900 };
}

/** True where other credentials, or none, may do better. */
export function isRefusal(error: unknown): error is RegistryError {
  return error instanceof RegistryError && (error.code === 'UNAUTHORIZED' || error.code === 'DENIED');
}

export function basic({ username, password }: Extract<Credentials, { kind: 'basic' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** With a user and a password, or nobody: in the query, and Basic authentication. */
function signed({ realm, service, scopes, credentials }: TokenRequest): ExchangeRequest {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const authorization = credentials?.kind === 'basic' ? basic(credentials) : undefined;
  return { limit: answerLimit, method: 'GET', url, headers: { accept: 'application/json' }, ...(authorization && { authorization }) };
}

/** With an OAuth refresh token, in a form. */
function exchanged({ realm, service, scopes }: TokenRequest, token: string): ExchangeRequest {
  const form = new URLSearchParams({
    ...(service !== undefined && { service }),
    grant_type: 'refresh_token',
    client_id: 'tallyman',
    scope: scopes.join(' '),
    refresh_token: token,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  return { limit: answerLimit, method: 'POST', url: realm, headers, body: form.toString() };
}

function tokenOf(body: Uint8Array): { token?: string; lifetime?: number } {
  const fields = asRecord(parseJson(body));
  // Some services send both, one of them empty.
  const token = [fields?.['token'], fields?.['access_token']].find(value => typeof value === 'string' && value !== '');
  const lifetime = fields?.['expires_in'];
  return {
    // A token with a line break would be a second header.
    ...(typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) && { token }),
    ...(typeof lifetime === 'number' && lifetime > 0 && { lifetime }),
  };
}
