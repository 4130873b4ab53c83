import { isRepository } from '../../core/image/reference.ts';
import { type Answer, type Asked, answer, failure, json } from './answer.ts';
import type { Guard, Scope } from './auth.ts';
import { deleteBlob, getBlob, type Uploads } from './blobs.ts';
import { listRepositories, listTags } from './listings.ts';
import { deleteManifest, getManifest, listReferrers, putManifest } from './manifests.ts';
import type { Store } from './store.ts';

/** What the routes stand on. */
export interface Parts {
  readonly store: Store;
  readonly uploads: Uploads;
  readonly guard: Guard;
  readonly allowDelete: boolean;
}

/** `/v2/<name>/<kind>/<rest>`: the name is greedy, since repositories have slashes of their own. */
const pattern = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/([^/]*)$/;

/** Answers one request of the OCI distribution API, v2 (spec v1.1.1). */
export function route(parts: Parts, asked: Asked): Answer {
  const { store, guard } = parts;
  if (asked.path === '/token') return guard.token(asked);
  if (asked.path === '/v2' || asked.path === '/v2/') return guard.challenge(asked, []) ?? version();
  if (asked.path === '/v2/_catalog') {
    const refused = guard.challenge(asked, [{ type: 'registry', name: 'catalog', actions: ['*'] }]);
    return refused ?? (reads(asked) ? listRepositories(store, asked) : unsupported());
  }
  const [, name, kind, rest] = pattern.exec(asked.path) ?? [];
  if (name === undefined || kind === undefined || rest === undefined) {
    return answer(404, { 'content-type': 'text/plain; charset=utf-8' }, Buffer.from('404 page not found\n'));
  }
  if (!isRepository(name)) return failure(400, 'NAME_INVALID', 'invalid repository name', { name });
  return guard.challenge(asked, scopes(name, asked)) ?? handle(parts, name, kind, decode(rest), asked);
}

function handle({ store, uploads, allowDelete }: Parts, name: string, kind: string, rest: string, asked: Asked): Answer {
  const { method } = asked;
  if (method === 'DELETE' && !allowDelete && kind !== 'blobs/uploads') return unsupported();
  if (kind === 'manifests') {
    if (reads(asked)) return getManifest(store, name, rest, asked);
    if (method === 'PUT') return putManifest(store, name, rest, asked);
    if (method === 'DELETE') return deleteManifest(store, name, rest);
  } else if (kind === 'blobs/uploads') {
    if (rest !== '') return uploads.handle(store, name, rest, asked);
    if (method === 'POST') return uploads.start(store, name, asked);
  } else if (kind === 'blobs') {
    if (reads(asked)) return getBlob(store, name, rest);
    if (method === 'DELETE') return deleteBlob(store, name, rest);
  } else if (reads(asked)) {
    if (kind === 'tags' && rest === 'list') return listTags(store, name, asked);
    if (kind === 'referrers') return listReferrers(store, name, rest, asked);
  }
  return unsupported();
}

/** What a token must allow for this request; a mount also reads the repository it mounts from. */
function scopes(name: string, asked: Asked): Scope[] {
  const actions = reads(asked) ? ['pull'] : asked.method === 'DELETE' ? ['delete'] : ['pull', 'push'];
  const from = asked.method === 'POST' ? asked.query.get('from') : null;
  const source: Scope[] = from && asked.query.has('mount') ? [{ type: 'repository', name: from, actions: ['pull'] }] : [];
  return [{ type: 'repository', name, actions }, ...source];
}

function reads({ method }: Asked): boolean {
  return method === 'GET' || method === 'HEAD';
}

function version(): Answer {
  return json(200, {}, { 'docker-distribution-api-version': 'registry/2.0' });
}

function unsupported(): Answer {
  return failure(405, 'UNSUPPORTED', 'the operation is unsupported');
}

/** Percent-encoded digests (`sha256%3A…`) are legal in a path; bad escapes stay as they are and name nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
