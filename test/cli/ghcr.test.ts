import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { at, bytes } from '../core/registry/asking.ts';
import { populate, token } from '../core/registry/github/person.ts';
import { type RunningGitHub, startGitHub } from '../fakes/github/server.ts';
import { type Run, tallyman } from './cli.ts';

let github: RunningGitHub;
let home: string;
let run: (command: string, ...args: readonly string[]) => Promise<Run>;
beforeEach(async () => {
  github = await startGitHub();
  populate(github, ['read:packages', 'write:packages']);
  home = mkdtempSync(join(tmpdir(), 'tallyman-ghcr-'));
  const auth = Buffer.from(`octocat:${token}`).toString('base64');
  writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [github.registry.host]: { auth } } }));
  run = (command, ...args) =>
    tallyman([command, `${github.registry.host}/acme/shop`, ...args, '--registry-kind', 'ghcr', '--api', github.api.url], {
      env: { DOCKER_CONFIG: home },
    });
});
afterEach(async () => {
  await github.stop();
  rmSync(home, { recursive: true });
});

describe('GitHub on the command line', () => {
  test('tags, with the token that docker login left', async () => {
    const digest = github.state.push('acme/shop', bytes('one'), ['prod', 'v1.0.0'], at(1));
    const { code, stdout, stderr } = await run('tags');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`prod    ${digest.slice(7, 19)}`);
    expect(stdout).not.toContain(token);
  });

  test('a promotion is read back', async () => {
    const before = github.state.push('acme/shop', bytes('one'), ['v1.0.0', 'prod'], at(1));
    const after = github.state.push('acme/shop', bytes('two'), ['v1.1.0'], at(2));
    const ledger = join(home, 'ledger.jsonl');
    const { code, stderr } = await run('promote', '--from', 'v1.1.0', '--to', 'prod', '--expect', before, '--yes', '--ledger', ledger);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(github.state.store.repository('acme/shop')?.tags.get('prod')).toBe(after);
  });
});
