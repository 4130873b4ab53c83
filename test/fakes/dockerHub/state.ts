import { randomBytes } from 'node:crypto';
import { type Digest, digestOf } from '../../../core/image/digest.ts';
import { imageIndex, imageManifest } from '../../../demo/registry/manifests.ts';
import { Store } from '../../../demo/registry/store.ts';

/** What Docker Hub keeps of a tag beside its manifest. */
export interface TagDates {
  readonly pushedAt: string;
  readonly pulledAt?: string;
}

/** All that the stand-in for Docker Hub knows. Manifests and tags are in `store`, under the names that its API has: `library/nginx`. */
export class HubState {
  readonly store = new Store();
  /** Passwords and tokens by the login that they belong to. */
  readonly users = new Map<string, string>();
  /** Repositories that only their namespace's owner sees in the API. */
  readonly hidden = new Set<string>();
  /** By repository: what is known of its tags, the last moved first. */
  readonly dates = new Map<string, Map<string, TagDates>>();
  /** Tokens of the API, by value, and whose they are. */
  readonly tokens = new Map<string, { readonly login: string; readonly until: number }>();
  /** Seconds that a token of the API lives. */
  tokenLifetime = 600;
  /** Requests to the API that are left in this minute. */
  remaining = 180;
  /** Pulls that are left in six hours; no limit where it is absent. */
  pulls: number | undefined;

  push(repository: string, bytes: Uint8Array, tags: readonly string[], pushedAt: string, mediaType: string = imageIndex): Digest {
    const digest = this.store.putManifest(repository, mediaType, bytes, tags);
    this.moved(repository, tags, pushedAt);
    return digest;
  }

  moved(repository: string, tags: readonly string[], pushedAt: string): void {
    const before = this.dates.get(repository) ?? new Map<string, TagDates>();
    this.dates.set(
      repository,
      new Map([...tags.map(tag => [tag, { pushedAt }] as const), ...[...before].filter(([tag]) => !tags.includes(tag))]),
    );
  }

  /** A repository of `count` tags `sha-0000000`…, one a minute, the last one newest. The manifests are small. */
  fill(repository: string, count: number, start = Date.parse('2026-01-01T00:00:00Z')): void {
    const dates: [string, TagDates][] = [];
    for (let number = 0; number < count; number++) {
      const tag = `sha-${number.toString(16).padStart(7, '0')}`;
      const manifest = {
        schemaVersion: 2,
        mediaType: imageManifest,
        config: { digest: digestOf('{}'), size: 2 },
        layers: [],
        annotations: { tag },
      };
      this.store.putManifest(repository, imageManifest, Buffer.from(JSON.stringify(manifest)), [tag]);
      dates.push([tag, { pushedAt: new Date(start + number * 60_000).toISOString() }]);
    }
    this.dates.set(repository, new Map([...dates.reverse(), ...(this.dates.get(repository) ?? [])]));
  }

  /** A token as Docker Hub makes them: a JSON web token, here with a signature that nobody checks. */
  issue(login: string): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { sub: login, iat: now, exp: now + this.tokenLifetime };
    const token = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}.${randomBytes(24).toString('base64url')}`;
    this.tokens.set(token, { login, until: Date.now() + this.tokenLifetime * 1000 });
    return token;
  }
}
