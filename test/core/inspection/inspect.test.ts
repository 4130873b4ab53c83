import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import { inspect } from '../../../core/inspection/inspect.ts';
import { inspectionReport } from '../../../core/inspection/inspectionReport.ts';
import { markdown } from '../../../core/inspection/markdown.ts';
import { attachmentKind } from '../../../core/registry/attachments.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { buildCache } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { commit, image, push } from '../promotion/team.ts';
import { attach, withConfig } from './made.ts';

let running: RunningRegistry;
let registry: Registry;
beforeEach(async () => {
  running = await startRegistry();
  registry = connect(running.host);
});
afterEach(() => running.stop());

describe('an inspection', () => {
  test('has the platforms, config, layers and attestations of an index', async () => {
    const one = image('one');
    push(running.store, 'team/app', one, ['prod']);
    const found = await inspect(registry, 'team/app', 'prod');
    expect(found).toMatchObject({
      host: running.host,
      reference: 'prod',
      digest: one.digest,
      content: 'index',
      created: '2026-11-14T09:30:00.000Z',
      revision: commit('one'),
      source: 'https://example.com/team/app',
      omitted: 0,
      troubles: [],
    });
    expect(found.images.map(({ platform, missing, layers }) => [platform, missing, layers.length])).toEqual([
      ['linux/amd64', false, 1],
      ['linux/arm64', false, 1],
    ]);
    const [amd] = found.images;
    expect(amd?.config).toMatchObject({ cmd: ['run'], history: [{ createdBy: 'FROM alpine', empty: false }] });
    expect(amd?.layers[0]?.createdBy).toBe('FROM alpine');
    expect(amd?.size).toBe(amd?.layers[0]?.size);
    expect(found.attachments.map(({ kind, inIndex, subject }) => [kind, inIndex, subject])).toEqual([
      ['provenance', true, one.children[0]?.digest],
      ['provenance', true, one.children[1]?.digest],
    ]);
  });

  test('has what refers to the image, told apart by predicate or by type', async () => {
    const one = image('one');
    push(running.store, 'team/app', one, ['prod']);
    const bundle = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    attach(running.store, 'team/app', one, bundle, { 'dev.sigstore.bundle.predicateType': 'https://sigstore.dev/cosign/sign/v1' });
    attach(running.store, 'team/app', one, bundle, { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' });
    attach(running.store, 'team/app', one, 'application/spdx+json');
    attach(running.store, 'team/app', one, 'application/vnd.acme.notes');
    const { attachments } = await inspect(registry, 'team/app', 'prod');
    expect(
      attachments
        .filter(({ inIndex }) => !inIndex)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['other', 'provenance', 'sbom', 'signature']);
  });

  test('has cosign’s attestations of before, opened to see what they are', async () => {
    const one = image('one');
    push(running.store, 'team/app', one, ['prod']);
    const layer = { mediaType: 'application/vnd.dsse.envelope.v1+json', annotations: { predicateType: 'https://spdx.dev/Document' } };
    attach(running.store, 'team/app', one, undefined, {}, { tag: `${one.digest.replace(':', '-')}.att`, layer });
    const { attachments } = await inspect(registry, 'team/app', one.digest);
    expect(attachments.find(({ inIndex }) => !inIndex)).toMatchObject({ kind: 'sbom', predicateType: 'https://spdx.dev/Document' });
  });

  test('names a platform that the registry lost, and the rest all the same', async () => {
    const one = image('one');
    push(running.store, 'team/app', one, ['prod']);
    const [lost] = one.children;
    running.store.remove('team/app', lost?.digest ?? '');
    const { images, troubles } = await inspect(registry, 'team/app', 'prod');
    expect(images.map(({ missing }) => missing)).toEqual([true, false]);
    expect(troubles).toEqual([]);
  });

  test('says what could not be read', async () => {
    const one = image('one');
    push(running.store, 'team/app', one, ['prod']);
    running.faults.add({ kind: 'wrongDigest', method: 'GET', path: new RegExp(one.children[1]?.digest ?? 'none') });
    const { images, troubles } = await inspect(registry, 'team/app', 'prod');
    expect(images.map(({ config }) => config !== undefined)).toEqual([true, false]);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain('something else');
  });

  test('reads base images from labels and from provenance', async () => {
    const labels = {
      'org.opencontainers.image.base.name': 'docker.io/library/alpine:3.20',
      'org.opencontainers.image.base.digest': digestOf('base'),
    };
    push(running.store, 'team/app', withConfig({ config: { Labels: labels } }), ['based']);
    expect((await inspect(registry, 'team/app', 'based')).base).toEqual({
      name: 'docker.io/library/alpine:3.20',
      digest: digestOf('base'),
    });
    const materials = [{ uri: 'pkg:docker/alpine@3.20?platform=linux%2Famd64', digest: { sha256: 'ab' } }, { uri: 'https://example.com' }];
    const one = image('one', { materials });
    push(running.store, 'team/app', one, ['built']);
    expect((await inspect(registry, 'team/app', 'built')).materials).toEqual([{ name: 'alpine:3.20', digest: 'sha256:ab' }]);
  });

  test('of a build cache, or of nothing', async () => {
    push(running.store, 'team/app', buildCache([new Map([['a', 'b']])], '2026-11-14T09:30:00Z'), ['buildcache']);
    expect(await inspect(registry, 'team/app', 'buildcache')).toMatchObject({ content: 'cache', images: [{ missing: false }] });
    await expect(inspect(registry, 'team/app', 'nope')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN', subject: 'team/app:nope' });
  });

  test('keeps hostile text bounded, printable and out of markup', async () => {
    const labels = {
      'evil\u202e': `<img src=x> [a](command:tallyman.x) https://evil.example | \`\`\` ${'x'.repeat(10_000)}`,
      '': '\u001b[2J',
      many: '`',
    };
    push(running.store, 'team/app', withConfig({ config: { Labels: labels, Env: ['A=1', 'A=2', 'B'], Cmd: 'no list' }, history: 'none' }), [
      'x',
    ]);
    const found = await inspect(registry, 'team/app', 'x');
    const config = found.images[0]?.config;
    expect([...(config?.labels.keys() ?? [])].sort()).toEqual(['', 'evil', 'many']);
    expect([...(config?.env ?? [])]).toEqual([
      ['A', '2'],
      ['B', ''],
    ]);
    const value = config?.labels.get('evil') ?? '';
    expect(value.length).toBeLessThan(4200);
    const page = markdown(inspectionReport(found));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    // A longer fence than any run in it: all of it is code.
    expect(page).toContain('```` <img src=x> [a](command:tallyman.x) https://evil.example \\| ``` x');
  });
});

test.each([
  ['application/vnd.dev.cosign.artifact.sig.v1+json', undefined, 'signature'],
  ['application/vnd.cncf.notary.signature', undefined, 'signature'],
  ['application/vnd.dev.cosign.artifact.sbom.v1+json', undefined, 'sbom'],
  ['application/vnd.cyclonedx+json', undefined, 'sbom'],
  ['application/vnd.dev.sigstore.bundle.v0.3+json', 'https://cyclonedx.org/bom', 'sbom'],
  ['application/vnd.in-toto+json', 'https://slsa.dev/provenance/v0.2', 'provenance'],
  ['application/vnd.in-toto+json', 'https://cosign.sigstore.dev/attestation/vuln/v1', 'other'],
  [undefined, undefined, 'other'],
] as const)('%s with the predicate %s is %s', (type, predicate, kind) => {
  expect(attachmentKind(type, predicate)).toBe(kind);
});
