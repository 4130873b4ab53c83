import { execFile } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildCache } from '../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { withConfig } from '../core/inspection/made.ts';
import { commit, image, push } from '../core/promotion/team.ts';
import { built } from '../fakes/built.ts';
import { tallyman } from './cli.ts';

let running: RunningRegistry;
let name: string;
const one = image('one');
beforeEach(async () => {
  running = await startRegistry();
  name = `${running.host}/team/app`;
  push(running.store, 'team/app', one, ['prod', 'v1.0.0', `sha-${commit('one')}`]);
  push(running.store, 'team/app', buildCache([new Map([['a', 'b']])], '2026-11-14T09:30:00Z'), ['buildcache']);
});
afterEach(() => running.stop());

describe('tallyman tags', () => {
  test('lists digest, age and kind; each image is read once, however many tags it has', async () => {
    const { code, stdout, stderr } = await tallyman(['tags', name]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split(/\s{2,}/));
    expect(rows.map(([tag, digest, , kind]) => [tag, digest, kind])).toEqual([
      ['TAG', 'DIGEST', 'KIND'],
      ['prod', one.digest.slice(7, 19), 'environment'],
      ['v1.0.0', one.digest.slice(7, 19), 'release'],
      [`sha-${commit('one')}`, one.digest.slice(7, 19), 'commit'],
      ['buildcache', expect.stringMatching(/^[0-9a-f]{12}$/), 'cache'],
    ]);
    expect(rows[1]?.[2]).toMatch(/ago$|^to come$|^just now$/);
    expect(running.requests.filter(({ method, path }) => method === 'GET' && path.endsWith(one.digest))).toHaveLength(1);
  });

  test('--format json has everything that is known', async () => {
    const { stdout } = await tallyman(['tags', name, '--format', 'json']);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ version: 1, host: running.host, repository: 'team/app', omitted: 0 });
    expect(document.tags[0]).toEqual({
      tag: 'prod',
      kind: 'environment',
      digest: one.digest,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      content: 'index',
      platforms: ['linux/amd64', 'linux/arm64'],
      created: '2026-11-14T09:30:00.000Z',
      revision: commit('one'),
      source: 'https://example.com/team/app',
      version: 'v1.0.0',
    });
  });

  test('--kind and --filter leave the others out, also by digest and by commit', async () => {
    push(running.store, 'team/app', image('two'), ['staging', 'v1.1.0', 'rc.7']);
    const names = async (...args: readonly string[]) => {
      const { tags }: { tags: { tag: string }[] } = JSON.parse((await tallyman(['tags', name, '--format', 'json', ...args])).stdout);
      return tags.map(({ tag }) => tag);
    };
    expect(await names('--kind', 'release,environment')).toEqual(['prod', 'staging', 'v1.1.0', 'v1.0.0']);
    expect(await names('--kind', 'cache', '--kind', 'commit')).toEqual([`sha-${commit('one')}`, 'buildcache']);
    expect(await names('--filter', 'V1.')).toEqual(['v1.1.0', 'v1.0.0']);
    expect(await names('--filter', image('two').digest.slice(7, 19))).toEqual(['staging', 'v1.1.0', 'rc.7']);
    expect(await names('--filter', image('two').digest.slice(0, 20), '--kind', 'release')).toEqual(['v1.1.0']);
    expect(await names('--filter', commit('two').slice(0, 8))).toEqual(['staging', 'v1.1.0', 'rc.7']);
    expect(await names('--sort', 'tag', '--kind', 'release,other')).toEqual(['rc.7', 'v1.0.0', 'v1.1.0']);
    expect(await tallyman(['tags', name, '--filter', 'nothing'])).toMatchObject({ code: 0, stderr: `${name} has no tags like that.\n` });
  });

  test('--sort created reads all, --limit shows the newest of them', async () => {
    const newer = withConfig({ created: '2026-11-19T00:00:00Z', config: {} });
    push(running.store, 'team/app', newer, ['zzz']);
    const { stdout } = await tallyman(['tags', name, '--sort', 'created', '--limit', '1', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ tags: [{ tag: 'zzz', created: '2026-11-19T00:00:00.000Z' }], omitted: 4 });
  });

  test('of 10,000 tags only those that are shown are asked about', async () => {
    const { tags } = running.store.open('team/app');
    for (let count = 0; count < 10_000; count++) tags.set(`v2.0.${count}`, one.digest);
    const { code, stdout, stderr } = await tallyman(['tags', name, '--kind', 'release', '--limit', '20']);
    expect({ code, lines: stdout.trimEnd().split('\n').length, stderr }).toEqual({
      code: 0,
      lines: 21,
      stderr: '9981 more; --limit 0 shows all.\n',
    });
    expect(stdout).toMatch(/^v2\.0\.9999 /m);
    expect(running.requests.length).toBeLessThan(40);
  });

  test('--limit says how many it left out', async () => {
    const { stdout, stderr } = await tallyman(['tags', name, '--limit', '1']);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr).toBe('3 more; --limit 0 shows all.\n');
  });

  test('one tag that cannot be read does not hide the others', async () => {
    running.faults.add({ kind: 'wrongDigest', method: 'GET', path: new RegExp(one.children[0]?.digest ?? 'none') });
    const { code, stdout, stderr } = await tallyman(['tags', name]);
    expect(code).toBe(3);
    expect(stdout).toContain('buildcache');
    expect(stderr).toContain('something else');
  });

  test('an empty repository is said to be empty', async () => {
    running.store.open('team/empty');
    expect(await tallyman(['tags', `${running.host}/team/empty`])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `${running.host}/team/empty has no tags.\n`,
    });
  });

  test.each(['Foo Bar', 'https://ghcr.io/acme/app', 'ghcr.io/acme/app:latest', 'ghcr.io/', '', 'a//b', 'ghcr.io/UPPER', '../etc/passwd'])(
    '%j is no repository: one sentence and 2',
    async text => {
      const { code, stdout, stderr } = await tallyman(['tags', text]);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain('ghcr.io/acme/app');
    },
  );

  test.each([
    ['a host that does not resolve', () => 'registry.invalid/team/app', /^The host registry\.invalid is not found\./],
    ['a repository that is not there', () => `${running.host}/team/nope`, /has no repository team\/nope\.$/],
    ['nothing listening', () => '127.0.0.1:9/team/app', /^(?:Nothing answers|127\.0\.0\.1:9 cannot be reached)/],
  ])('%s is one sentence and 3', async (_name, reference, sentence) => {
    const { code, stdout, stderr } = await tallyman(['tags', reference()]);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr.trim()).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['html', /does not answer as a registry/],
    ['endlessLink', /does not end as it should/],
    ['truncatedBody', /closed the connection/],
    ['reset', /closed the connection/],
  ] as const)('%s is one sentence and 3, without a stack', async (kind, sentence) => {
    running.faults.add({ kind });
    const { code, stderr } = await tallyman(['tags', name]);
    expect(code).toBe(3);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('the reader may go away', async () => {
    for (let count = 0; count < 3000; count++) running.store.open('team/app').tags.set(`v1.0.${count}`, one.digest);
    const program = await built('cli');
    // A shell's own pipe: head closes it after one line.
    const child = await new Promise<{ code: unknown; stderr: string }>(resolve => {
      execFile('/bin/sh', ['-c', '"$0" "$1" tags "$2" --limit 0 | head -1', process.execPath, program, name], (error, _stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      );
    });
    expect(child).toEqual({ code: 0, stderr: '' });
  });
});

describe('the command line itself', () => {
  test.each([['tags'], ['inspect'], ['compare'], ['promote'], ['rollback'], ['check'], ['new']])(
    '%s --help has its options and examples or exit codes',
    async command => {
      const { code, stdout, stderr } = await tallyman([command, '--help']);
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toContain(`Usage: tallyman ${command}`);
      expect(stdout).toContain('Exit codes:');
    },
  );

  test.each([
    [[]],
    [['nope']],
    [['tags']],
    [['tags', 'a/b', '--nope']],
    [['promote', 'a/b', '--from', 'x']],
    [['tags', 'a/b', '--format', 'xml']],
    [['tags', 'a/b', '--sort', 'size']],
    [['tags', 'a/b', '--kind', 'nope']],
    [['tags', 'a/b', '--filter', ' ']],
  ])('%j is usage: 2', async args => {
    expect((await tallyman(args)).code).toBe(2);
  });

  test('--version is 0', async () => {
    expect((await tallyman(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
