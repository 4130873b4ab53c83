import { expect, test } from 'vitest';
import type { Capabilities } from './capabilities.ts';
import { call, index, manifest, pushImage, sha256 } from './raw.ts';

const signature = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const bill = 'application/vnd.cyclonedx+json';

/** The referrers API, or that there is none and clients must keep the fallback tag. */
export function referrersConform(base: () => string, { referrers, ociSubject }: Capabilities): void {
  const attach = (digest: string, size: number, artifactType: string) =>
    pushImage(base(), 'refer/app', undefined, artifactType, {
      artifactType,
      subject: { mediaType: manifest, digest, size },
      annotations: { 'org.example.made-by': 'a test' },
    });

  test(ociSubject ? 'PUT with a subject answers OCI-Subject' : 'PUT with a subject is taken, and there is no OCI-Subject', async () => {
    const { digest, text } = await pushImage(base(), 'refer/app', 'v1');
    const { reply } = await attach(digest, text.length, signature);
    expect(reply.headers['oci-subject']).toBe(ociSubject ? digest : undefined);
  });

  if (!referrers) {
    test('the referrers API is a plain 404', async () => {
      const { digest } = await pushImage(base(), 'refer/app', 'v1');
      const reply = await call(base(), `/v2/refer/app/referrers/${digest}`);
      expect(reply.status).toBe(404);
      expect(String(reply.headers['content-type'])).toContain('text/plain');
    });
    return;
  }

  test('referrers are an index of what names the digest as its subject', async () => {
    const { digest, text } = await pushImage(base(), 'refer/app', 'v2');
    const signed = await attach(digest, text.length, signature);
    const billed = await attach(digest, text.length, bill);
    const reply = await call(base(), `/v2/refer/app/referrers/${digest}`);
    expect([reply.status, reply.headers['content-type'], reply.headers['oci-filters-applied']]).toEqual([200, index, undefined]);
    const { manifests } = JSON.parse(reply.text) as { manifests: unknown[] };
    expect(manifests).toHaveLength(2);
    expect(manifests).toContainEqual({
      mediaType: manifest,
      digest: signed.digest,
      size: signed.text.length,
      artifactType: signature,
      annotations: { 'org.example.made-by': 'a test' },
    });
    const filtered = await call(base(), `/v2/refer/app/referrers/${digest}?artifactType=${encodeURIComponent(bill)}`);
    expect(filtered.headers['oci-filters-applied']).toBe('artifactType');
    const found = JSON.parse(filtered.text) as { manifests: { digest: string }[] };
    expect(found.manifests.map(one => one.digest)).toEqual([billed.digest]);
  });

  test('referrers of a digest that nobody refers to are an empty index, never 404', async () => {
    const reply = await call(base(), `/v2/refer/app/referrers/${sha256('nobody refers to this')}`);
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ schemaVersion: 2, mediaType: index, manifests: [] });
  });
}
