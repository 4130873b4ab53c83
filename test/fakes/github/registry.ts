import { type Answer, type Asked, answer, failure, json } from '../../../demo/registry/answer.ts';
import { Guard, type User } from '../../../demo/registry/auth.ts';
import { Uploads } from '../../../demo/registry/blobs.ts';
import { imageIndex } from '../../../demo/registry/manifests.ts';
import { route } from '../../../demo/registry/routes.ts';
import type { GitHubState } from './state.ts';

export interface Quirks {
  /** What ghcr.io was seen to answer in place of referrers. */
  referrers: 'missing' | 'empty' | { readonly elsewhere: string };
}

/** The distribution side of ghcr.io: bearer tokens, no catalog, no referrers, no way to take a tag away. */
export function ghcrRegistry(state: GitHubState, quirks: Quirks): { handle: (asked: Asked) => Answer; guard: Guard } {
  const guard = new Guard({
    kind: 'token',
    anonymous: ['pull'],
    get users(): Readonly<Record<string, User>> {
      return Object.fromEntries([...state.tokens].map(([password, { login }]) => [login, { password }]));
    },
  });
  const parts = { store: state.store, uploads: new Uploads(), guard, allowDelete: false };
  return {
    guard,
    handle(asked) {
      if (asked.path === '/v2/_catalog') return answer(404, { 'content-type': 'text/plain' }, Buffer.from('404 page not found\n'));
      const [, repository = '', digest = ''] = /^\/v2\/(.+)\/referrers\/([^/]+)$/.exec(asked.path) ?? [];
      if (repository !== '') return referrers(quirks, digest);
      const answered = route(parts, asked);
      if (asked.method !== 'PUT' || answered.status !== 201) return answered;
      const [, pushed = '', reference = ''] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(asked.path) ?? [];
      const tags = pushed !== '' && !reference.includes(':') ? [reference] : [];
      if (pushed !== '') state.push(pushed, asked.body, tags, new Date().toISOString(), asked.headers['content-type'] ?? imageIndex);
      // The subject is not indexed, and the header that would say so is not sent.
      const { 'oci-subject': _, ...headers } = answered.headers;
      return { ...answered, headers };
    },
  };
}

function referrers({ referrers: kind }: Quirks, digest: string): Answer {
  if (kind === 'missing') return failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  if (kind === 'empty') return json(200, { schemaVersion: 2, mediaType: imageIndex, manifests: [] }, { 'content-type': imageIndex });
  return answer(303, { location: `${kind.elsewhere}/-/v2/packages/container/referrers/${digest}` });
}
