import { isRepository } from '../image/reference.ts';
import { isHtml } from './answers.ts';
import { catalogScope } from './auth.ts';
import { RegistryError } from './errors.ts';
import type { RequestOptions } from './registry.ts';
import { errorLimit, type Wire } from './wire.ts';

const subject = 'the catalog';
const path = '/v2/_catalog';

/**
 * Every repository of a host that lists them. Throws UNSUPPORTED where it lists none, or none to this person although it took their
 * credentials: GitLab and Harbor keep the list for administrators, Google has a web page in its place.
 */
export async function* catalog(wire: Wire, options: RequestOptions): AsyncGenerator<string> {
  const asked = { scope: catalogScope, options, missing: 'UNSUPPORTED', subject } as const;
  try {
    for await (const names of wire.paged(asked, new URL(path, wire.base), 'repositories')) yield* names.filter(isRepository);
  } catch (error) {
    if (error instanceof RegistryError && (await keepsItsList(wire, error, options)))
      throw new RegistryError('UNSUPPORTED', wire.host, { subject, cause: error, ...(error.status && { status: error.status }) });
    throw error;
  }
}

/** True where it is the list that is refused, and not who asks or the host. */
async function keepsItsList(wire: Wire, { code, request, status }: RegistryError, options: RequestOptions): Promise<boolean> {
  if (status === 404 && code !== 'NOT_A_REGISTRY') return true;
  if (code === 'NOT_A_REGISTRY') return status === 404 && (await answers(wire, options)) !== 'no registry';
  if (code !== 'UNAUTHORIZED' && code !== 'DENIED') return false;
  const signed = await wire.signedBy();
  if (signed === undefined) return false;
  if (code === 'DENIED') return true;
  if (request !== `GET ${path}`) return false;
  return signed === 'token' || (await answers(wire, options)) === 'welcome';
}

/** Whether the host answers as a registry, and takes the credentials, whatever its list is. */
async function answers(wire: Wire, options: RequestOptions): Promise<'welcome' | 'refused' | 'no registry'> {
  const url = new URL('/v2/', wire.base);
  const headers = { accept: 'application/json' };
  const answer = await wire.request({
    method: 'GET',
    url,
    scope: '',
    limit: errorLimit,
    headers,
    options,
    missing: 'UNSUPPORTED',
    subject,
  });
  if (!isHtml(answer) && answer.status === 200) return 'welcome';
  return answer.headers.get('www-authenticate') === null ? 'no registry' : 'refused';
}
