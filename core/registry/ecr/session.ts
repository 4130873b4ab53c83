import { unlessAborted } from '../abort.ts';
import { RegistryError } from '../errors.ts';
import { canonicalHost, isLoopback } from '../hosts.ts';
import type { AwsSettings, ConnectOptions } from '../providers/provider.ts';
import type { Credentials, Keychain, RequestOptions } from '../registry.ts';
import type { EcrApi } from './api.ts';
import { ecrPlace, isEcrApi, regionOf } from './hosts.ts';
import { awsTransport } from './transport.ts';
import { ecrTrouble, isWithoutCredentials } from './trouble.ts';

/** Calls to one registry's API, as one person. */
export interface EcrSession {
  /** The account that every call names; unknown for a stand-in on this machine. */
  readonly registry: { readonly registryId?: string };
  /** One call. Throws RegistryError; where credentials ran out meanwhile, they are looked for once more. */
  call<T>(operation: string, subject: string, options: RequestOptions, work: (api: EcrApi) => Promise<T>): Promise<T>;
  /** What the distribution API is asked with: an authorization token, fetched anew when it is refused. */
  readonly keychain: Keychain;
}

/** What the stand-ins on this machine are taken to be in. */
const usualRegion = 'us-east-1';
/** A token lives twelve hours; it is left a little early. */
const early = 10 * 60_000;
/** Errors for credentials that are no longer good. */
const refused: ReadonlySet<string> = new Set(['ExpiredTokenException', 'ExpiredToken', 'UnrecognizedClientException']);
const outdated: ReadonlySet<string> = new Set([...refused, 'CredentialsProviderError', 'TokenProviderError', 'RegistryError']);

/** Opens nothing yet: the SDK is loaded with the first call. */
export function ecrSession(host: string, options: ConnectOptions): EcrSession {
  const name = canonicalHost(host);
  const place = ecrPlace(name);
  const endpoint = options.api ?? (place ? `https://${place.api}` : isLoopback(name) ? `http://${name}` : undefined);
  const address = endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const region = place?.region ?? (address && regionOf(address.host)) ?? usualRegion;
  const aws: AwsSettings = options.aws ?? {};
  const profile = aws.profile ?? (process.env['AWS_PROFILE'] || undefined);
  const send = awsTransport(name, options);
  let api: Promise<EcrApi> | undefined;
  let token: Promise<{ readonly credentials: Credentials; readonly until: number }> | undefined;
  let latest: Credentials | undefined;

  async function open(): Promise<EcrApi> {
    if (!address || (!isEcrApi(address.hostname) && !isLoopback(address.host)))
      throw new RegistryError('FOREIGN_API', name, { detail: address?.host ?? name });
    const { openEcr } = await import('./awsSdk.ts');
    return openEcr({ region, endpoint: address.origin, aws, send });
  }

  async function call<T>(operation: string, subject: string, { signal }: RequestOptions, work: (api: EcrApi) => Promise<T>): Promise<T> {
    for (let again = false; ; again = true) {
      signal?.throwIfAborted();
      api ??= open();
      try {
        return await work(await api);
      } catch (error) {
        signal?.throwIfAborted();
        const reason = error instanceof Error ? error.name : '';
        // Read anew: a login or another program may have renewed them.
        if (outdated.has(reason)) api = undefined;
        if (!again && refused.has(reason)) continue;
        throw ecrTrouble(error, { host: name, operation, subject, ...(profile !== undefined && { profile }) });
      }
    }
  }

  async function authorize() {
    const { authorizationData } = await call('GetAuthorizationToken', 'an authorization token', {}, one => one.getAuthorizationToken({}));
    const [{ authorizationToken = '', expiresAt } = {}] = authorizationData ?? [];
    const [username = '', password = ''] = Buffer.from(authorizationToken, 'base64').toString().split(/:(.*)/s);
    const until = (expiresAt?.getTime() ?? 0) - early;
    const credentials: Credentials = { kind: 'basic', username, password };
    latest = credentials;
    return { credentials, until };
  }

  /** Several requests wait for one token. */
  async function authorized(): Promise<Credentials> {
    const before = token;
    const known = await before?.catch(() => undefined);
    if (known && known.until > Date.now()) return known.credentials;
    if (token === before) token = undefined;
    token ??= authorize();
    return (await token).credentials;
  }

  return {
    registry: place ? { registryId: place.account } : {},
    call,
    keychain: {
      async credentials(asked, asking) {
        if (!place && !isLoopback(name)) throw new RegistryError('FOREIGN_API', name, { detail: name });
        try {
          return await unlessAborted(authorized(), asking?.signal);
        } catch (error) {
          // Whoever ran `docker login` with a token of ECR's has no AWS credentials here, and needs none.
          const left = isWithoutCredentials(error) ? await options.keychain?.credentials(asked, asking) : undefined;
          if (left) return left;
          throw error;
        }
      },
      refused(asked, credentials) {
        if (credentials === latest) token = undefined;
        else options.keychain?.refused?.(asked, credentials);
      },
    },
  };
}
