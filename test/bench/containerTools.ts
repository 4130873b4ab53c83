import { parseManifest } from '../../core/registry/manifest.ts';
import { nextLink } from '../../core/registry/paging.ts';
import type { CountingFetch } from './counting.ts';

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * What Microsoft's Container Tools 2.5 asks of a registry when a repository is opened, after its published source
 * (`RegistryV2DataProvider.ts`: `getTags` follows every page before anything is shown; then `getTagCreatedDate` for each tag at once: its
 * manifest, of an index the first child, and the config). A simulation: none of its code runs here. `most` bounds the tags whose dates
 * are asked for, so that the cost of all can be told from some.
 */
export async function containerTools(
  { fetch }: CountingFetch,
  origin: string,
  repository: string,
  most: number,
): Promise<{
  readonly tags: number;
  readonly pages: number;
  /** Until the first row, in milliseconds. */
  readonly shown: number;
  readonly dated: number;
  /** For those that were asked, until the last date. */
  readonly complete: number;
}> {
  const get = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(url, { method: 'GET', headers, redirect: 'manual', signal: AbortSignal.timeout(120_000) });
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body ?? []) chunks.push(chunk);
    return { headers: answer.headers, body: Buffer.concat(chunks) };
  };
  const started = performance.now();
  const tags: string[] = [];
  let pages = 0;
  for (let url: string | undefined = `${origin}/v2/${repository}/tags/list?n=100`; url !== undefined; ) {
    const page: Awaited<ReturnType<typeof get>> = await get(url);
    pages++;
    tags.push(...((JSON.parse(page.body.toString()) as { tags: string[] | null }).tags ?? []));
    const next = nextLink(page.headers.get('link'));
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  const shown = performance.now() - started;
  const dated = tags.slice(0, most);
  const manifest = async (reference: string) =>
    parseManifest((await get(`${origin}/v2/${repository}/manifests/${reference}`, { accept })).body);
  await Promise.all(
    dated.map(async tag => {
      const found = await manifest(tag);
      const child = found?.manifests?.[0];
      const image = child ? await manifest(child.digest) : found;
      if (image?.config) await get(`${origin}/v2/${repository}/blobs/${image.config.digest}`);
    }),
  );
  return { tags: tags.length, pages, shown, dated: dated.length, complete: performance.now() - started };
}
