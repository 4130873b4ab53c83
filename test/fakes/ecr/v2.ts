import { isDigest } from '../../../core/image/digest.ts';
import { type Answer, type Asked, answer, failure, json } from '../../../demo/registry/answer.ts';
import { getBlob, type Uploads } from '../../../demo/registry/blobs.ts';
import { getManifest, listReferrers } from '../../../demo/registry/manifests.ts';
import { EcrFailure } from './call.ts';
import type { EcrFault } from './faults.ts';
import { isImmutable, put } from './manifests.ts';
import type { EcrState } from './state.ts';

const pattern = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/([^/]*)$/;

/** ECR's distribution API: Basic with an authorization token, and its own ways in lists, headers and refusals. */
export function v2(state: EcrState, uploads: Uploads, asked: Asked, url: string, active: readonly EcrFault[] = []): Answer {
  if (!admitted(state, asked)) {
    const challenge = `Basic realm="${url}/",service="ecr.amazonaws.com"`;
    return answer(401, { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': challenge }, Buffer.from('Not Authorized\n'));
  }
  if (asked.path === '/v2/' || asked.path === '/v2') return json(200, {});
  if (asked.path === '/v2/_catalog') return catalog(state, asked);
  const [, name = '', kind, rest = ''] = pattern.exec(asked.path) ?? [];
  if (!state.repositories.has(name))
    return failure(404, 'NAME_UNKNOWN', `The repository with name '${name}' does not exist in the registry with id '${state.account}'`);
  const { method } = asked;
  const reads = method === 'GET' || method === 'HEAD';
  if (kind === 'tags' && reads) return tags(state, name, asked, url);
  if (kind === 'referrers' && reads) return listReferrers(state.store, name, rest, asked);
  if (kind === 'blobs' && reads) return getBlob(state.store, name, rest);
  if (kind === 'blobs/uploads') return upload(state, uploads, name, rest, asked);
  if (kind === 'manifests' && reads) return manifest(state, name, rest, asked);
  if (kind === 'manifests' && method === 'PUT')
    return putManifest(
      state,
      name,
      rest,
      asked,
      active.some(({ kind }) => kind === 'immutableAgain'),
    );
  return failure(405, 'UNSUPPORTED', 'The operation is unsupported.');
}

function admitted({ passwords }: EcrState, { headers }: Asked): boolean {
  const [user, password = ''] = Buffer.from(/^Basic (\S+)$/i.exec(headers['authorization'] ?? '')?.[1] ?? '', 'base64')
    .toString()
    .split(/:(.*)/s);
  return user === 'AWS' && passwords.has(password);
}

/** The digest stands in the header of HEAD only. */
function manifest(state: EcrState, name: string, reference: string, asked: Asked): Answer {
  const digest = isDigest(reference) ? reference : state.store.repository(name)?.tags.get(reference);
  if (digest && state.repositories.get(name)?.records.get(digest)?.status === 'ARCHIVED')
    return failure(404, 'MANIFEST_UNKNOWN', `Requested image not found`);
  const found = getManifest(state.store, name, reference, asked);
  if (asked.method === 'HEAD') return found;
  const { 'docker-content-digest': _, etag: __, ...headers } = found.headers;
  return { ...found, headers };
}

function putManifest(state: EcrState, name: string, reference: string, asked: Asked, strict: boolean): Answer {
  const repository = state.repositories.get(name);
  if (!repository) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  const mediaType = asked.headers['content-type'];
  const as = isDigest(reference) ? { digest: reference } : { tag: reference };
  try {
    const digest = put(state, repository, asked.body, { ...as, ...(mediaType && { mediaType }) });
    return answer(201, { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest });
  } catch (error) {
    if (!(error instanceof EcrFailure)) throw error;
    const again = error.name === 'ImageAlreadyExistsException';
    const code = error.name === 'ImageTagAlreadyExistsException' || again ? 'TAG_INVALID' : refusals[error.name];
    // What is there already is no trouble over this API.
    if (again && !(strict && isImmutable(repository, reference))) {
      const digest = state.store.manifest(name, reference)?.digest ?? reference;
      return answer(201, { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest });
    }
    return json(error.status, { errors: [{ code: code ?? 'MANIFEST_INVALID', message: error.message }] });
  }
}

const refusals: Readonly<Record<string, string>> = {
  ImageDigestDoesNotMatchException: 'DIGEST_INVALID',
  LayersNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
  ReferencedImagesNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
};

/** Mounting from another repository is off unless the account allows it, so it begins an upload. */
function upload({ store }: EcrState, uploads: Uploads, name: string, rest: string, asked: Asked): Answer {
  if (rest !== '') return uploads.handle(store, name, rest, asked);
  const query = new URLSearchParams(asked.query);
  query.delete('mount');
  return asked.method === 'POST'
    ? uploads.start(store, name, { ...asked, query })
    : failure(405, 'UNSUPPORTED', 'The operation is unsupported.');
}

/** 100 a page where nothing is said, in no order, and with an absolute `Link` whose `last` means nothing to others. */
function tags(state: EcrState, name: string, asked: Asked, url: string): Answer {
  const size = Number(asked.query.get('n') ?? 100);
  if (size > 1000) return tooMany();
  const digests = [...(state.store.repository(name)?.tags ?? [])].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([tag]) => tag);
  const from = Number(Buffer.from(asked.query.get('last') ?? '', 'base64').toString() || 0);
  const next = from + size;
  const last = Buffer.from(String(next)).toString('base64');
  const link = next < digests.length ? { link: `<${url}${asked.path}?${new URLSearchParams({ last, n: String(size) })}>; rel="next"` } : {};
  return json(200, { name, tags: digests.slice(from, next) }, { 'content-type': 'text/plain; charset=utf-8', ...link });
}

/** One page and never another. */
function catalog({ repositories }: EcrState, asked: Asked): Answer {
  const size = Number(asked.query.get('n') ?? 100);
  return size > 1000 ? tooMany() : json(200, { repositories: [...repositories.keys()].slice(0, size) });
}

function tooMany(): Answer {
  const words = "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'";
  return failure(405, 'UNSUPPORTED', words);
}
