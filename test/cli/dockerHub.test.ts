import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { push } from '../../demo/images/images.ts';
import { commit, image } from '../core/promotion/team.ts';
import { at } from '../core/registry/asking.ts';
import { secret } from '../core/registry/hub/moby.ts';
import { type RunningHub, startDockerHub } from '../fakes/dockerHub/server.ts';
import { type Run, tallyman } from './cli.ts';

const one = image('one');
const two = image('two');
let hub: RunningHub;
let home: string;
let run: (command: string, reference: string, ...args: readonly string[]) => Promise<Run>;
beforeEach(async () => {
  hub = await startDockerHub();
  hub.state.users.set('moby', secret);
  push(hub.state.store, 'moby/shop', one, ['v1.0.0']);
  hub.state.moved('moby/shop', ['v1.0.0'], at(1));
  push(hub.state.store, 'moby/shop', two, ['prod', 'v1.1.0']);
  hub.state.moved('moby/shop', ['prod', 'v1.1.0'], at(2));
  home = mkdtempSync(join(tmpdir(), 'tallyman-hub-'));
  const auth = Buffer.from(`moby:${secret}`).toString('base64');
  writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [hub.registry.host]: { auth } } }));
  run = (command, reference, ...args) =>
    tallyman([command, `${hub.registry.host}/moby/${reference}`, ...args, '--registry-kind', 'dockerHub', '--api', hub.api.url], {
      env: { DOCKER_CONFIG: home },
    });
});
afterEach(async () => {
  await hub.stop();
  rmSync(home, { recursive: true });
});

const pulls = () => hub.registry.requests.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/'));

describe('Docker Hub on the command line', () => {
  test('tags come with digests and dates, and cost no pull', async () => {
    const { code, stdout, stderr } = await run('tags', 'shop', '--sort', 'pushed', '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { tags } = JSON.parse(stdout);
    expect(tags.map(({ tag }: { tag: string }) => tag)).toEqual(['prod', 'v1.1.0', 'v1.0.0']);
    expect(tags[0]).toMatchObject({ digest: two.digest, pushedAt: new Date(at(2)).toISOString(), kind: 'environment' });
    expect(pulls()).toEqual([]);
  });

  test('a filter finds digests, and says that it does not look for commits, which would cost pulls', async () => {
    const found = await run('tags', 'shop', '--filter', one.digest.slice(7, 19));
    expect(found.stdout).toContain('v1.0.0');
    const { code, stdout, stderr } = await run('tags', 'shop', '--filter', commit('one').slice(0, 8));
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('Commits were not looked at');
    expect(pulls()).toEqual([]);
  });

  test('an image is inspected, and says so where no pull is left', async () => {
    const { code, stdout } = await run('inspect', 'shop:prod');
    expect(code).toBe(0);
    expect(stdout).toContain(two.digest);
    hub.state.pulls = 0;
    const refused = await run('inspect', 'shop:prod');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/too many requests/);
  });
});
