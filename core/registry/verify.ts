import { RegistryError } from './errors.ts';
import { connect } from './providers/index.ts';
import type { ConnectOptions } from './providers/provider.ts';
import type { Credentials, RequestOptions } from './registry.ts';
import { errorLimit, wireTo } from './wire.ts';

/**
 * Asks a registry whether it takes these credentials, before they are kept: `GET /v2/`, as `docker login` does. A registry that lets anybody
 * in there is asked for a repository, where one is known. Throws UNAUTHORIZED or DENIED where they are refused, else what went wrong.
 */
export async function verifyCredentials(
  host: string,
  credentials: Credentials,
  settings: ConnectOptions,
  repository?: string,
  options: RequestOptions = {},
): Promise<void> {
  let used = false;
  const credentialsOf = async () => {
    used = true;
    return credentials;
  };
  const own: ConnectOptions = { ...settings, keychain: { credentials: credentialsOf } };
  const wire = wireTo(host, own);
  const headers = { accept: 'application/json' };
  const url = new URL('/v2/', wire.base);
  await wire.found({ method: 'GET', url, scope: '', limit: errorLimit, headers, options, missing: 'UNSUPPORTED', subject: 'signing in' });
  if (used || repository === undefined) return;
  try {
    for await (const _page of connect(host, own).images(repository, { ...options, pageSize: 1 })) break;
  } catch (error) {
    // That it is not there says nothing against the credentials.
    if (!(error instanceof RegistryError) || error.code !== 'NAME_UNKNOWN') throw error;
  }
}
