import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Digest } from '../../../core/image/digest.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { tallyman } from '../../cli/cli.ts';
import { type DockerRegistry, startDockerRegistry, user } from '../../fakes/dockerRegistry.ts';
import { rawDigest, skopeo } from '../../fakes/skopeo.ts';
import { describeWith } from '../../fakes/without.ts';
import { commit, image, push } from './team.ts';

const [before, after] = [image('before'), image('after')];

describeWith(['docker-registry', 'skopeo'], 'on a real docker-registry, watched by skopeo', () => {
  let source: RunningRegistry;
  let docker: DockerRegistry;
  let folder: string;
  let name: string;
  const ledger = () => join(folder, 'ledger.jsonl');
  const raw = (reference: string): Promise<string> => rawDigest(`${name}:${reference}`);
  beforeAll(async () => {
    source = await startRegistry();
    docker = await startDockerRegistry();
    folder = await mkdtemp(join(tmpdir(), 'tallyman-docker-'));
    name = `${docker.host}/team/app`;
    push(source.store, 'team/app', before, ['prod']);
    push(source.store, 'team/app', after, ['staging']);
    for (const tag of ['prod', 'staging']) {
      const [from, to] = [`docker://${source.host}/team/app:${tag}`, `docker://${name}:${tag}`];
      await skopeo('copy', '--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false', from, to);
    }
  });
  afterAll(async () => {
    await source?.stop();
    await docker?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('skopeo sees the multi-platform indexes that were pushed', async () => {
    expect([await raw('prod'), await raw('staging')]).toEqual([before.digest, after.digest]);
  });

  test('tags lists them', async () => {
    const { code, stdout } = await tallyman(['tags', name, '--format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).tags).toMatchObject([
      { tag: 'prod', digest: before.digest, revision: commit('before'), platforms: ['linux/amd64', 'linux/arm64'] },
      { tag: 'staging', digest: after.digest, revision: commit('after') },
    ]);
  });

  test('a promoted tag has the same bytes, platforms and attestations as its source', async () => {
    const args = ['--yes', '--expect', before.digest, '--ledger', ledger()];
    expect((await tallyman(['promote', name, '--from', 'staging', '--to', 'prod', ...args])).code).toBe(0);
    expect(await raw('prod')).toBe(after.digest);
    expect(await raw('prod')).toBe(await raw('staging'));
    for (const child of after.children) {
      const digest: Digest = child.digest;
      expect(await rawDigest(`${name}@${digest}`)).toBe(digest);
    }
  });

  test('the trail names what was there, and what is', async () => {
    const { stdout } = await tallyman(['tags', name, '--format', 'json']);
    const trail = JSON.parse(stdout).tags.filter(({ kind }: { kind: string }) => kind === 'trail');
    expect(trail.map(({ digest }: { digest: string }) => digest).sort()).toEqual([before.digest, after.digest].sort());
    for (const { tag, digest } of trail) expect(await raw(tag)).toBe(digest);
  });

  test('a rollback brings the old bytes back', async () => {
    expect((await tallyman(['rollback', name, '--tag', 'prod', '--yes', '--ledger', ledger()])).code).toBe(0);
    expect(await raw('prod')).toBe(before.digest);
  });

  test('credentials of docker login are used for Basic authentication', async () => {
    const guarded = await startDockerRegistry({ htpasswd: true });
    try {
      const target = `docker://${guarded.host}/team/app:prod`;
      const creds = `${user.name}:${user.password}`;
      await skopeo(
        'copy',
        '--all',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        '--dest-creds',
        creds,
        `docker://${name}:prod`,
        target,
      );
      const refused = await tallyman(['tags', `${guarded.host}/team/app`]);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain(`docker login ${guarded.host}`);
      await writeFile(
        join(folder, 'config.json'),
        JSON.stringify({ auths: { [guarded.host]: { auth: Buffer.from(creds).toString('base64') } } }),
      );
      expect((await tallyman(['tags', `${guarded.host}/team/app`], { env: { DOCKER_CONFIG: folder } })).code).toBe(0);
    } finally {
      await guarded.stop();
    }
  });
});
