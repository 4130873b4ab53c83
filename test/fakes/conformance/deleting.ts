import { expect, test } from 'vitest';
import type { Capabilities } from './capabilities.ts';
import { anyManifest, call, codes, index, manifest, pushImage, putManifest, tagsOf } from './raw.ts';

/** What deleting takes with it. */
export function deletingConforms(base: () => string, { tagDelete, emptied }: Capabilities): void {
  const remove = (repository: string, reference: string) => call(base(), `/v2/${repository}/manifests/${reference}`, { method: 'DELETE' });
  const status = async (repository: string, reference: string) =>
    (await call(base(), `/v2/${repository}/manifests/${reference}`, { headers: { accept: anyManifest } })).status;

  test('DELETE by digest takes the manifest and all its tags', async () => {
    const { digest, text } = await pushImage(base(), 'delete/digest', 'v1');
    await putManifest(base(), 'delete/digest', 'prod', text);
    await pushImage(base(), 'delete/digest', 'other');
    expect((await remove('delete/digest', digest)).status).toBe(202);
    expect(await tagsOf(base(), 'delete/digest')).toEqual(['other']);
    expect(await status('delete/digest', digest)).toBe(404);
    const again = await remove('delete/digest', digest);
    expect([again.status, ...codes(again)]).toEqual([404, 'MANIFEST_UNKNOWN']);
  });

  test('a child can be deleted from under a live index', async () => {
    const { digest, text } = await pushImage(base(), 'delete/child', undefined);
    const list = JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [{ mediaType: manifest, digest, size: text.length }] });
    await putManifest(base(), 'delete/child', 'multi', list, index);
    expect((await remove('delete/child', digest)).status).toBe(202);
    expect([await status('delete/child', 'multi'), await status('delete/child', digest)]).toEqual([200, 404]);
  });

  test(
    tagDelete ? 'DELETE by tag takes the tag and leaves the manifest' : 'DELETE by tag is DIGEST_INVALID and changes nothing',
    async () => {
      const { digest } = await pushImage(base(), 'delete/tag', 'v1');
      const reply = await remove('delete/tag', 'v1');
      if (tagDelete) {
        expect(reply.status).toBe(202);
        expect([await status('delete/tag', 'v1'), await status('delete/tag', digest)]).toEqual([404, 200]);
        expect((await remove('delete/tag', 'v1')).status).toBe(404);
      } else {
        expect([reply.status, ...codes(reply)]).toEqual([400, 'DIGEST_INVALID']);
        expect(await status('delete/tag', 'v1')).toBe(200);
      }
    },
  );

  test(`a repository whose last manifest is gone lists ${emptied === 'null' ? 'null' : 'no tags'}`, async () => {
    const { digest } = await pushImage(base(), 'delete/emptied', 'v1');
    await remove('delete/emptied', digest);
    expect(await tagsOf(base(), 'delete/emptied')).toEqual(emptied === 'null' ? null : []);
  });
}
