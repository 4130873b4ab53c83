import { createHash } from 'node:crypto';
import { request } from 'node:http';

export const index = 'application/vnd.oci.image.index.v1+json';
export const manifest = 'application/vnd.oci.image.manifest.v1+json';
export const config = 'application/vnd.oci.image.config.v1+json';
export const anyManifest = `${index}, ${manifest}`;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** One request with only the headers given: fetch would add an Accept. Relative URLs (a Location) are taken against `base`. */
export function call(base: string, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, base), { method, headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const all = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: all, text: all.toString('utf8') });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The codes of an error answer, in order. */
export function codes({ text }: Reply): string[] {
  return (JSON.parse(text) as { errors: { code: string }[] }).errors.map(({ code }) => code);
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** POST and PUT, the way most clients push a blob. */
export async function pushBlob(base: string, repository: string, bytes: Uint8Array | string): Promise<string> {
  const digest = sha256(bytes);
  const started = await call(base, `/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const at = new URL(String(started.headers['location']), base);
  at.searchParams.set('digest', digest);
  const done = await call(base, at.href, { method: 'PUT', body: bytes, headers: { 'content-type': 'application/octet-stream' } });
  if (done.status !== 201) throw new Error(`push of a blob to ${repository}: ${done.status} ${done.text}`);
  return digest;
}

export function putManifest(base: string, repository: string, reference: string, text: string, type: string = manifest): Promise<Reply> {
  return call(base, `/v2/${repository}/manifests/${reference}`, { method: 'PUT', body: text, headers: { 'content-type': type } });
}

/** An image manifest whose config says `content`, so that each is another one; `more` is added to the manifest. */
export function manifestText(content: string, more: Readonly<Record<string, unknown>> = {}): { text: string; config: string } {
  const text = JSON.stringify({ architecture: 'amd64', os: 'linux', content });
  const descriptor = { mediaType: config, digest: sha256(text), size: text.length };
  return {
    config: text,
    text: JSON.stringify({ schemaVersion: 2, mediaType: manifest, config: descriptor, layers: [], ...more }, null, 3),
  };
}

/** Pushes a small image under a tag (or its digest) and answers its digest and bytes. */
export async function pushImage(
  base: string,
  repository: string,
  tag: string | undefined,
  content = tag ?? 'untagged',
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ digest: string; text: string; reply: Reply }> {
  const { text, config: blob } = manifestText(content, more);
  await pushBlob(base, repository, blob);
  const digest = sha256(text);
  const reply = await putManifest(base, repository, tag ?? digest, text);
  if (reply.status !== 201) throw new Error(`push of ${repository}:${tag}: ${reply.status} ${reply.text}`);
  return { digest, text, reply };
}

export async function tagsOf(base: string, repository: string, query = ''): Promise<string[] | null> {
  const { text } = await call(base, `/v2/${repository}/tags/list${query}`);
  return (JSON.parse(text) as { tags: string[] | null }).tags;
}
