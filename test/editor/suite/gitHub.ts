import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { buildImage, push } from '../../../demo/images/images.ts';
import { type RunningGitHub, startGitHub } from '../../fakes/github/server.ts';
import { eventually, parts } from './parts.ts';

/** Looked for by the launcher, afterwards, in everything that the editor wrote. */
const token = `ghp_${process.env['TALLYMAN_EDITOR_SECRET'] ?? 'of_the_editor_test'}`;

/** GitHub's registry in the tree: packages of an account, and what became of the pull requests that previews were made for. */
export const gitHub = () =>
  describe('GitHub Container Registry', () => {
    const settings = () => vscode.workspace.getConfiguration('tallyman');
    let connected: unknown;
    let running: RunningGitHub;

    before(async () => {
      running = await startGitHub();
      const { state, registry, api } = running;
      state.accounts.set('octocat', { kind: 'User' }).set('acme', { kind: 'Organization' });
      state.tokens.set(token, { login: 'octocat', scopes: ['read:packages', 'repo'] });
      const pulls = [
        { number: 7, title: 'Add the till', state: 'open' },
        { number: 8, title: 'Paint it', state: 'closed', merged: true },
        ...[9, 10, 11, 12, 13].map(number => ({ number, title: 'Dust', state: 'open' as const })),
      ] as const;
      state.pulls.set('acme/shop', pulls);
      for (const [day, { number }] of pulls.entries()) {
        const spec = {
          revision: String(number).repeat(40),
          version: `pr-${number}`,
          source: 'https://github.com/acme/shop',
          command: ['run'],
        };
        const layers = [new Map([['name', String(number)]])];
        const built = buildImage({ ...spec, title: 'shop', created: '2026-11-14T09:30:00Z', layers });
        push(state.store, 'acme/shop', built, [`pr-${number}`]);
        for (const child of built.children) state.push('acme/shop', child.bytes, [], `2026-11-0${day + 1}T08:00:00Z`, child.mediaType);
        state.push('acme/shop', built.bytes, [`pr-${number}`], `2026-11-0${day + 1}T08:00:00Z`, built.mediaType);
      }
      const { keychain } = await parts();
      await keychain.store(registry.host, { kind: 'basic', username: 'octocat', password: token });
      connected = settings().inspect('registries')?.globalValue;
      const entry = { host: registry.host, kind: 'ghcr', api: api.url, owners: ['acme'] };
      await settings().update('registries', [...(Array.isArray(connected) ? connected : []), entry], vscode.ConfigurationTarget.Global);
    });

    after(async () => {
      await settings().update('registries', connected, vscode.ConfigurationTarget.Global);
      await (await parts()).keychain.forget(running.registry.host);
      await running.stop();
    });

    /** The rows of a group of the one repository, once there are any. */
    async function rows(group: string) {
      const { tree } = await parts();
      return eventually(async () => {
        const registry = (await tree.getChildren()).find(node => node.kind === 'registry' && node.host === running.registry.host);
        const [repository] = registry ? await tree.getChildren(registry) : [];
        if (repository?.kind !== 'repository') return undefined;
        assert.equal(repository.repository, 'acme/shop');
        const found = (await tree.getChildren(repository)).find(node => node.kind === 'group' && node.group === group);
        return found && tree.getChildren(found);
      }, `the rows of ${group}`);
    }

    it('lists the packages of an account that is named, untagged images too', async () => {
      const untagged = await rows('untagged');
      assert.ok(untagged.length > 0 && untagged.every(node => node.kind === 'image'));
    });

    it('shows number, title and state of the pull request behind a preview, asked for together', async () => {
      const { tree } = await parts();
      // Settings that were put back before may still make the tree anew.
      const tags = async () => (await rows('pullRequests')).filter(node => node.kind === 'tag');
      const described = async () => (await tags()).map(node => `${node.tag}: ${tree.getTreeItem(node).description}`).join('\n');
      const shown = await eventually(async () => [await described()].find(text => /#7 /.test(text) && /#8 /.test(text)), 'the titles');
      assert.match(shown, /pr-8: #8 merged, left over · Paint it · [0-9a-f]{12}/);
      assert.match(shown, /pr-7: #7 open · Add the till · [0-9a-f]{12}/);
      // Rows that come far apart, on a machine that is busy, are asked about apart.
      const queries = running.api.requests.filter(({ path }) => path === '/graphql').length;
      assert.ok(queries <= 3, `It was asked ${queries} times about seven.`);
      const merged = (await tags()).find(({ tag }) => tag === 'pr-8');
      assert.ok(merged);
      const icon = tree.getTreeItem(merged).iconPath;
      assert.ok(icon instanceof vscode.ThemeIcon);
      assert.equal(icon.id, 'git-merge');
    });
  });
