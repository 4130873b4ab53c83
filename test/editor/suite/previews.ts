import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { applyRemovals } from '../../../core/removal/apply.ts';
import { planCleanUp, previewsIn } from '../../../core/removal/previews.ts';
import { survey } from '../../../core/removal/survey.ts';
import { type BuiltImage, buildImage } from '../../../demo/images/images.ts';
import { type RunningGitHub, startGitHub } from '../../fakes/github/server.ts';
import { eventually, parts } from './parts.ts';

const repository = 'acme/shop';
const token = 'ghp_of-the-editor-suite';

function built(title: string): BuiltImage {
  const source = 'https://github.com/acme/shop';
  const spec = { title, source, revision: 'a'.repeat(40), created: '2026-11-14T09:30:00Z', version: 'v1', command: ['run'] };
  return buildImage({ ...spec, layers: [new Map([['name', title]])] });
}

/** Previews of pull requests at GitHub Container Registry, with a GitHub that knows them. */
export const previews = () =>
  describe('previews of pull requests', () => {
    let github: RunningGitHub;
    let connected: unknown;
    const settings = () => vscode.workspace.getConfiguration('tallyman');
    const tags = () => [...github.state.store.tags(repository)].sort();
    const asked = (path: RegExp) => github.api.requests.filter(request => path.test(request.path));

    before(async () => {
      github = await startGitHub();
      const { state, registry, api } = github;
      state.accounts.set('octocat', { kind: 'User', memberOf: ['acme'] });
      state.accounts.set('acme', { kind: 'Organization' });
      state.tokens.set(token, { login: 'octocat', scopes: ['read:packages', 'delete:packages', 'read:org', 'repo'] });
      for (const [name, names] of [
        ['open', ['pr-9']],
        ['merged', ['pr-8', 'pr-8-bbbbbbb']],
        ['deployed', ['pr-7', 'prod']],
      ] as const) {
        const one = built(name);
        for (const child of one.children) {
          for (const blob of child.blobs) state.store.putBlob(repository, blob);
          state.push(repository, child.bytes, [], '2026-11-01T08:00:00Z', child.mediaType);
        }
        state.push(repository, one.bytes, names, '2026-11-01T08:00:00Z', one.mediaType);
      }
      state.pulls.set(repository, [
        { number: 9, title: 'Still going', state: 'open' },
        { number: 8, title: 'Merged long ago', state: 'closed', merged: true },
        { number: 7, title: 'Given up', state: 'closed' },
      ]);
      connected = settings().inspect('registries')?.globalValue;
      const { keychain, registries } = await parts();
      await keychain.store(registry.host, { kind: 'basic', username: 'octocat', password: token });
      const item = { host: registry.host, repository, kind: 'ghcr', api: api.url };
      await settings().update('registries', [...(Array.isArray(connected) ? connected : []), item], vscode.ConfigurationTarget.Global);
      await eventually(() => registries.connections().find(({ host }) => host === registry.host), 'the registry');
    });

    after(async () => {
      await settings().update('registries', connected, vscode.ConfigurationTarget.Global);
      const { keychain } = await parts();
      await keychain.forget(github.registry.host);
      await github.stop();
    });

    it('are listed before anything is removed, and nothing is where the person gives up', async () => {
      const before = tags();
      const done = vscode.commands.executeCommand('tallyman.cleanUpPreviews', { host: github.registry.host, repository });
      await eventually(() => asked(/graphql/).length > 0 || undefined, 'a question about pull requests');
      await new Promise(resolve => setTimeout(resolve, 500));
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await done;
      assert.deepEqual(tags(), before);
      assert.ok(github.api.requests.every(({ method }) => method !== 'DELETE'));
    });

    it('are removed where their pull requests are closed, and no environment with them', async () => {
      const all = await parts();
      const registry = all.registries.at(github.registry.host);
      const found = await survey(registry, repository);
      const numbers = previewsIn(found).map(({ number }) => number);
      const pulls = await all.pullRequests({ host: registry.host, source: 'https://github.com/acme/shop' }, numbers);
      assert.deepEqual([...pulls.values()].map(({ number, state }) => [number, state]).sort(), [
        [7, 'closed'],
        [8, 'merged'],
        [9, 'open'],
      ]);
      const { plan, kept } = planCleanUp(registry, repository, found, pulls);
      assert.deepEqual(
        kept.map(({ tag }) => tag),
        ['pr-9', 'pr-7'],
      );
      const outcomes: string[] = [];
      for await (const { outcome } of applyRemovals(plan, registry)) outcomes.push(outcome.status);
      assert.deepEqual(outcomes, ['removed']);
      assert.deepEqual(tags(), ['pr-7', 'pr-9', 'prod']);
    });
  });
