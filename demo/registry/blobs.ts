import { randomUUID } from 'node:crypto';
import { type Digest, digestOf, isDigest } from '../../core/image/digest.ts';
import { type Answer, type Asked, answer, failure } from './answer.ts';
import type { Store } from './store.ts';

/** `GET|HEAD /v2/<name>/blobs/<digest>`. */
export function getBlob(store: Store, name: string, digest: string): Answer {
  if (!isDigest(digest)) return failure(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest });
  const bytes = store.blob(name, digest);
  if (!bytes) return failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest });
  return answer(200, { 'content-type': 'application/octet-stream', 'docker-content-digest': digest, etag: `"${digest}"` }, bytes);
}

/** `DELETE /v2/<name>/blobs/<digest>`. */
export function deleteBlob(store: Store, name: string, digest: string): Answer {
  if (!isDigest(digest)) return failure(400, 'DIGEST_INVALID', 'invalid digest', { digest });
  return store.removeBlob(name, digest) ? answer(202) : failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest });
}

/** Uploads in progress, by their id; an upload belongs to one repository. */
export class Uploads {
  readonly #open = new Map<string, { readonly name: string; bytes: Uint8Array }>();

  /** `POST …/blobs/uploads/`: a mount, a whole blob with `?digest=`, or the start of an upload. */
  start(store: Store, name: string, asked: Asked): Answer {
    const mount = asked.query.get('mount');
    const from = asked.query.get('from');
    if (mount && from && isDigest(mount) && store.mount(name, mount, from)) return created(name, mount);
    const digest = asked.query.get('digest');
    if (digest !== null) return accept(store, name, digest, asked.body);
    const id = randomUUID();
    this.#open.set(id, { name, bytes: new Uint8Array() });
    return progress(202, name, id, 0);
  }

  /** `GET`, `PATCH`, `PUT` and `DELETE` of `…/blobs/uploads/<id>`. */
  handle(store: Store, name: string, id: string, asked: Asked): Answer {
    const upload = this.#open.get(id);
    if (!upload || upload.name !== name) return failure(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry', { id });
    const at = upload.bytes.length;
    switch (asked.method) {
      case 'GET':
        return progress(204, name, id, at);
      case 'DELETE':
        this.#open.delete(id);
        return answer(204);
      case 'PATCH': {
        if (!continues(asked, at)) return { ...progress(416, name, id, at) };
        upload.bytes = Buffer.concat([upload.bytes, asked.body]);
        return progress(202, name, id, upload.bytes.length);
      }
      case 'PUT': {
        const digest = asked.query.get('digest');
        if (digest === null) return failure(400, 'DIGEST_INVALID', 'the digest of the whole blob is missing');
        if (!continues(asked, at)) return progress(416, name, id, at);
        const done = accept(store, name, digest, Buffer.concat([upload.bytes, asked.body]));
        if (done.status === 201) this.#open.delete(id);
        return done;
      }
      default:
        return failure(405, 'UNSUPPORTED', 'the operation is unsupported');
    }
  }
}

/** A chunk without `Content-Range` is taken as the next one; with it, it must begin where the last ended. */
function continues(asked: Asked, at: number): boolean {
  const range = asked.headers['content-range'];
  if (range === undefined) return true;
  const match = /^(?:bytes )?(\d+)-(\d+)/.exec(range);
  return match !== null && Number(match[1]) === at && Number(match[2]) === at + asked.body.length - 1;
}

function accept(store: Store, name: string, digest: string, bytes: Uint8Array): Answer {
  if (!isDigest(digest) || digestOf(bytes) !== digest) {
    return failure(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest });
  }
  return created(name, store.putBlob(name, bytes));
}

function created(name: string, digest: Digest): Answer {
  return answer(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
}

/** Where the upload stands; distribution says `0-0` for an upload that has no byte yet. */
function progress(status: number, name: string, id: string, size: number): Answer {
  const range = `0-${Math.max(size - 1, 0)}`;
  return answer(status, { location: `/v2/${name}/blobs/uploads/${id}`, range, 'docker-upload-uuid': id });
}
