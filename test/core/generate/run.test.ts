import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Kind, newWorkflow } from '../../../core/generate/index.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { describeWith } from '../../fakes/without.ts';
import { image, push } from '../promotion/team.ts';
import { Runner } from './runner.ts';

const [a, b, c] = [image('a'), image('b'), image('c')];

const buildFile = `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: registry.acme.com/team/app:\${{ github.sha }}\n`;

describeWith(['skopeo', 'jq'], 'made workflows, run against a registry', () => {
  let registry: RunningRegistry;
  let folder: string;
  let runner: Runner;
  let made: (kind: Kind) => string;
  const prod = () => registry.store.manifest('team/app', 'prod')?.digest;
  const promote = (source: string, confirm = 'prod') => runner.run(made('promotion'), { source, confirm });
  const rollBack = () => runner.run(made('rollback'), { confirm: 'prod' });

  beforeAll(async () => {
    registry = await startRegistry();
    folder = await mkdtemp(join(tmpdir(), 'tallyman-made-'));
    runner = await Runner.at(folder, registry.host);
    for (const [name, one] of Object.entries({ a, b, c })) push(registry.store, 'team/app', one, [name]);
    const workspace = new Workspace();
    workspace.set('.github/workflows/build.yml', buildFile);
    workspace.set(
      '.github/tallyman.yml',
      'environments:\n  production:\n    tag: prod\n    aliases: [stable]\n    audit: prod-{date}-{sha}\n',
    );
    made = kind => {
      const workflow = newWorkflow(workspace, { kind });
      if (workflow.status !== 'made') throw new Error(`${workflow.about}?`);
      return workflow.text.replaceAll('registry.acme.com', registry.host);
    };
  });
  afterAll(async () => {
    await registry?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('without the word nothing happens', async () => {
    expect(await promote('a', 'yes')).toMatchObject({ failed: 'Check what was asked' });
    expect(await promote('a; rm -rf /')).toMatchObject({ failed: 'Check what was asked' });
    expect(prod()).toBeUndefined();
  });

  test('a first promotion makes the tag, its aliases and its trail', async () => {
    expect(await promote('a')).toEqual({ log: expect.any(String) });
    expect(prod()).toBe(a.digest);
    expect(registry.store.manifest('team/app', 'stable')?.digest).toBe(a.digest);
    const trail = [...(registry.store.repository('team/app')?.tags.keys() ?? [])].filter(tag => /^prod-\d{8}-[0-9a-f]{7}$/.test(tag));
    expect(trail).toHaveLength(1);
    expect(await runner.checks()).toContain(`@${a.digest}`);
  });

  test('there is no way back from the first', async () => {
    expect(await rollBack()).toMatchObject({ failed: 'Find what was there before' });
    expect(prod()).toBe(a.digest);
  });

  test('a second rollback goes one further back, and not forward', async () => {
    expect((await promote('b')).failed).toBeUndefined();
    expect((await promote(c.digest)).failed).toBeUndefined();
    expect(prod()).toBe(c.digest);
    expect((await rollBack()).failed).toBeUndefined();
    expect(prod()).toBe(b.digest);
    expect((await rollBack()).failed).toBeUndefined();
    expect(prod()).toBe(a.digest);
    expect(await rollBack()).toMatchObject({ failed: 'Find what was there before' });
  });

  test('an image whose signature is not accepted does not move the tag', async () => {
    const { failed } = await runner.run(made('promotion'), { source: 'b', confirm: 'prod' }, { UNSIGNED: b.digest });
    expect(failed).toBe('Check who made it');
    expect(prod()).toBe(a.digest);
  });

  test('what the policy does not name is not promoted, nor by whom it does not', async () => {
    const text = 'environments:\n  next:\n    tag: a\n  prod:\n    from: [next, sha-*]\n    promoters: [octocat]\n';
    const workspace = new Workspace();
    workspace.set('.github/workflows/build.yml', buildFile);
    workspace.set('.github/tallyman.yml', text);
    const workflow = newWorkflow(workspace, { kind: 'promotion' });
    const run = async (source: string, actor: string) => {
      const script = workflow.status === 'made' ? workflow.text.replaceAll('registry.acme.com', registry.host) : '';
      return (await runner.run(script, { source, confirm: 'prod' }, { GITHUB_ACTOR: actor })).failed;
    };
    expect(await run('b', 'octocat')).toBe('Check what was asked');
    expect(await run('a', 'mallory')).toBe('Check what was asked');
    expect(await run('sha-1', 'octocat')).toBe('Resolve the digest once');
    expect(await run('a', 'octocat')).toBeUndefined();
    expect(prod()).toBe(a.digest);
  });

  test('what somebody else moved has no recorded predecessor', async () => {
    push(registry.store, 'team/app', c, ['prod']);
    expect(await rollBack()).toMatchObject({ failed: 'Find what was there before' });
    expect(prod()).toBe(c.digest);
  });
});
