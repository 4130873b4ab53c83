import { randomBytes } from 'node:crypto';
import { type Answer, type Asked, failure, json } from './answer.ts';

export type Action = 'pull' | 'push' | 'delete';

export interface User {
  readonly password: string;
  /** What the user may do in every repository; everything where it is left out. */
  readonly actions?: readonly Action[];
}

/** How the registry asks who is there. `token` is the bearer scheme: the registry is its own realm, at `/token`. */
export type Auth =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly users: Readonly<Record<string, User>> }
  | {
      readonly kind: 'token';
      readonly users: Readonly<Record<string, User>>;
      /** What somebody without credentials may do; nothing where it is left out. */
      readonly anonymous?: readonly Action[];
      /** Refresh tokens (docker's identity tokens) and whose they are. */
      readonly refreshTokens?: Readonly<Record<string, string>>;
      /** Seconds a token lives; 300 where it is left out. */
      readonly lifetime?: number;
      /** Where the challenge sends clients, when not to this registry. */
      readonly realm?: string;
    };

/** What a request needs: actions on repositories, or the listing of all names. */
export interface Scope {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  readonly actions: readonly string[];
}

const service = 'tallyman-demo';
const everything: readonly Action[] = ['pull', 'push', 'delete'];

/** Decides who may do what, and hands out tokens. Passwords and tokens are compared here and go nowhere else. */
export class Guard {
  readonly #auth: Auth;
  readonly #tokens = new Map<string, { readonly scopes: readonly Scope[]; readonly until: number }>();
  #origin = '';

  constructor(auth: Auth) {
    this.#auth = auth;
  }

  /** Told once the port is known: the realm is an absolute URL. */
  listensAt(origin: string): void {
    this.#origin = origin;
  }

  /** No token that was handed out so far is good any more. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  /** The 401 or 403 for a request that lacks something; `undefined` lets it pass. */
  challenge(asked: Asked, needs: readonly Scope[]): Answer | undefined {
    switch (this.#auth.kind) {
      case 'anonymous':
        return undefined;
      case 'basic': {
        const user = this.#basicUser(asked.headers['authorization']);
        if (!user) return unauthorized(`Basic realm="Tallyman demo registry"`);
        const allowed = user.actions ?? everything;
        const ok = needs.every(({ type, actions }) => type === 'registry' || actions.every(action => allowed.includes(action as Action)));
        return ok ? undefined : failure(403, 'DENIED', 'requested access to the resource is denied');
      }
      case 'token': {
        const token = /^Bearer (\S+)$/i.exec(asked.headers['authorization'] ?? '')?.[1];
        const grant = token === undefined ? undefined : this.#tokens.get(token);
        const valid = grant !== undefined && grant.until > Date.now();
        if (valid && needs.every(need => covers(grant.scopes, need))) return undefined;
        const scope = needs.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`).join(' ');
        const realm = this.#auth.realm ?? `${this.#origin}/token`;
        const problem = valid ? 'insufficient_scope' : token === undefined ? undefined : 'invalid_token';
        return unauthorized(
          `Bearer realm="${realm}",service="${service}"${scope && `,scope="${scope}"`}${problem ? `,error="${problem}"` : ''}`,
        );
      }
    }
  }

  /** `GET /token` with Basic or nobody, and `POST /token` (OAuth2: password or refresh_token), as docker clients use them. */
  token(asked: Asked): Answer {
    if (this.#auth.kind !== 'token') return failure(404, 'UNSUPPORTED', 'this registry hands out no tokens');
    const form = asked.method === 'POST' ? new URLSearchParams(Buffer.from(asked.body).toString('utf8')) : asked.query;
    const user = asked.method === 'POST' ? this.#formUser(form) : this.#basicUser(asked.headers['authorization']);
    const named = asked.method === 'POST' || asked.headers['authorization'] !== undefined;
    if (named && !user) return failure(401, 'UNAUTHORIZED', 'the username or password is wrong');
    const allowed = user ? (user.actions ?? everything) : (this.#auth.anonymous ?? []);
    const scopes = parseScopes(form.getAll('scope')).map(scope =>
      scope.type === 'registry'
        ? { ...scope, actions: user ? scope.actions : [] }
        : { ...scope, actions: scope.actions.filter(action => allowed.includes(action as Action)) },
    );
    const token = randomBytes(24).toString('base64url');
    const lifetime = this.#auth.lifetime ?? 300;
    this.#tokens.set(token, { scopes, until: Date.now() + lifetime * 1000 });
    return json(200, { token, access_token: token, expires_in: lifetime, issued_at: new Date().toISOString() });
  }

  #basicUser(header: string | undefined): User | undefined {
    const encoded = /^Basic (\S+)$/i.exec(header ?? '')?.[1];
    if (encoded === undefined) return undefined;
    const decoded = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    return this.#user(decoded.slice(0, colon), decoded.slice(colon + 1));
  }

  #formUser(form: URLSearchParams): User | undefined {
    if (this.#auth.kind !== 'token') return undefined;
    if (form.get('grant_type') !== 'refresh_token') return this.#user(form.get('username') ?? '', form.get('password') ?? '');
    const owner = this.#auth.refreshTokens?.[form.get('refresh_token') ?? ''];
    return owner === undefined ? undefined : this.#auth.users[owner];
  }

  #user(name: string, password: string): User | undefined {
    if (this.#auth.kind === 'anonymous' || !Object.hasOwn(this.#auth.users, name)) return undefined;
    const user = this.#auth.users[name];
    return user?.password === password ? user : undefined;
  }
}

function unauthorized(challenge: string): Answer {
  const { status, headers, body } = failure(401, 'UNAUTHORIZED', 'authentication required');
  return { status, headers: { ...headers, 'www-authenticate': challenge }, ...(body && { body }) };
}

/** `repository:acme/app:pull,push`, several by repeating the parameter or by spaces; a name may hold colons (host ports). */
function parseScopes(values: readonly string[]): Scope[] {
  return values
    .flatMap(value => value.split(' '))
    .flatMap(text => {
      const match = /^(repository|registry):(.+):([^:]*)$/.exec(text);
      const [, type, name, actions] = match ?? [];
      if ((type !== 'repository' && type !== 'registry') || name === undefined || actions === undefined) return [];
      return [{ type, name, actions: actions.split(',').filter(Boolean) }];
    });
}

function covers(granted: readonly Scope[], need: Scope): boolean {
  return need.actions.every(action =>
    granted.some(
      ({ type, name, actions }) => type === need.type && name === need.name && (actions.includes(action) || actions.includes('*')),
    ),
  );
}
