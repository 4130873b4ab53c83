import { execFile } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildCache } from '../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
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
  ])('%j is usage: 2', async args => {
    expect((await tallyman(args)).code).toBe(2);
  });

  test('--version is 0', async () => {
    expect((await tallyman(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
