import { expect, test } from 'vitest';
import { attachmentTag, referrerKind } from '../../../core/registry/attachments.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { buildImage, push } from '../../../demo/images/images.ts';
import { startRegistry } from '../../../demo/registry/registry.ts';

const bundle = 'application/vnd.dev.sigstore.bundle.v0.3+json';

test.each([
  [bundle, { 'dev.sigstore.bundle.predicateType': 'https://sigstore.dev/cosign/sign/v1' }, 'signature'],
  [bundle, { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' }, 'provenance'],
  [bundle, { 'dev.sigstore.bundle.predicateType': 'https://spdx.dev/Document/v2.3' }, 'sbom'],
  [bundle, { 'dev.sigstore.bundle.predicateType': 'https://cyclonedx.org/bom' }, 'sbom'],
  [bundle, { 'dev.sigstore.bundle.predicateType': 'https://example.com/review' }, 'other'],
  [bundle, { 'dev.sigstore.bundle.content': 'message-signature' }, 'signature'],
  ['application/vnd.dev.cosign.artifact.sig.v1+json', {}, 'signature'],
  ['application/vnd.cncf.notary.signature', {}, 'signature'],
  ['application/spdx+json', {}, 'sbom'],
  ['application/vnd.example.chart', {}, 'other'],
  [undefined, {}, 'other'],
])('%s with %j is a %s', (artifactType, annotations, kind) => {
  expect(referrerKind({ ...(artifactType && { artifactType }), annotations: new Map(Object.entries(annotations)) })).toBe(kind);
});

test('a tag that stands in for the referrers API names its image', () => {
  const hex = 'a'.repeat(64);
  expect(attachmentTag(`sha256-${hex}.sig`)).toEqual({ subject: `sha256:${hex}`, kind: 'signature' });
  expect(attachmentTag(`sha256-${hex}`)).toEqual({ subject: `sha256:${hex}` });
  expect(attachmentTag('sha256-short.sig')).toBeUndefined();
});

test('the referrers API alone is one request, and says so where there is none', async () => {
  const server = await startRegistry();
  try {
    const built = buildImage({
      title: 'app',
      revision: 'a'.repeat(40),
      created: '2026-01-01T00:00:00Z',
      version: '1',
      source: 'https://example.com',
      layers: [new Map([['a', 'b']])],
      command: ['a'],
    });
    const digest = push(server.store, 'app', built, ['v1']);
    const registry = connect(server.host);
    expect(await registry.referrers('app', digest, { apiOnly: true })).toEqual([]);
    expect(server.requests).toHaveLength(1);
    server.faults.add({ kind: 'status', status: 404, path: /referrers/ });
    await expect(registry.referrers('app', digest, { apiOnly: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(await registry.referrers('app', digest)).toEqual([]);
  } finally {
    await server.stop();
  }
});
