import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ImageNode, Node, RepositoryNode, TagNode } from '../../../client/tree/nodes.ts';
import { demoHost, eventually, example, parts } from './parts.ts';

/** The repository's row, with all rows above it read. */
export async function repositoryRow(name: string): Promise<RepositoryNode> {
  const { tree } = await parts();
  for (const registry of await tree.getChildren()) {
    const found = (await tree.getChildren(registry)).find(node => node.kind === 'repository' && node.repository === name);
    if (found?.kind === 'repository') return found;
  }
  throw new Error(`There is no repository ${name}.`);
}

/** The rows of all groups of a repository, as they are at first. */
async function rowsIn(repository: string): Promise<(TagNode | ImageNode)[]> {
  const { tree } = await parts();
  const groups = await tree.getChildren(await repositoryRow(repository));
  const rows = await Promise.all(groups.map(group => tree.getChildren(group)));
  return rows.flat().filter(node => node.kind === 'tag' || node.kind === 'image');
}

/** The tag's row, once its digest is known. */
export async function tagRow(repository: string, tag: string): Promise<TagNode> {
  const row = (await rowsIn(repository)).find(node => node.kind === 'tag' && node.tag === tag);
  if (row?.kind !== 'tag') throw new Error(`There is no tag ${tag}.`);
  return eventually(() => (row.state.status === 'known' && row.state.image ? row : undefined), `what ${tag} names`);
}

export const sidebar = () =>
  describe('sidebar', () => {
    it('lists the repositories of the connected registry', async () => {
      const { tree } = await parts();
      const [registry] = await tree.getChildren();
      assert.ok(registry?.kind === 'registry');
      assert.equal(registry.host, demoHost());
      const names = (await tree.getChildren(registry)).map(node => node.kind === 'repository' && node.repository);
      assert.deepEqual(names, ['acme/shop-api', 'acme/shop-web']);
    });

    it('parts tags into groups and shows what runs where first', async () => {
      const { tree } = await parts();
      const groups = await tree.getChildren(await repositoryRow('acme/shop-api'));
      assert.deepEqual(
        groups.map(node => node.kind === 'group' && node.group),
        ['environments', 'releases', 'commits', 'pullRequests', 'caches'],
      );
      const [environments] = groups;
      assert.ok(environments);
      assert.equal(tree.getTreeItem(environments).collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
      const rows = await tree.getChildren(environments);
      assert.deepEqual(
        rows.slice(0, 2).map(node => node.kind === 'tag' && node.tag),
        ['prod', 'staging'],
      );
    });

    it('shows of a tag its digest, age, platforms and size, and what else names the image', async () => {
      const { tree } = await parts();
      const item = tree.getTreeItem(await tagRow('acme/shop-api', 'prod'));
      assert.match(String(item.description), /^[0-9a-f]{12} · \d+[a-z]+ · = v1\.4\.2.* · amd64, arm64 · [\d.]+ k?B$/);
      assert.match(
        item.accessibilityInformation?.label ?? '',
        /^prod, environment, digest [0-9a-f]{12}, built \d+ \w+ ago, same image as .*v1\.4\.2.*, for linux\/amd64, linux\/arm64, /,
      );
      assert.match(String(item.contextValue), /^tag live untag remove environment$/);
      const cache = tree.getTreeItem(await tagRow('acme/shop-api', 'buildcache'));
      assert.match(cache.accessibilityInformation?.label ?? '', /build cache/);
    });

    it('shows below a tag what the image holds and which commit it was built from', async () => {
      const { tree } = await parts();
      const details = await tree.getChildren(await tagRow('acme/shop-api', 'prod'));
      const texts = details.map(node => {
        const { label, description } = tree.getTreeItem(node);
        return `${label} ${description ?? ''}`;
      });
      assert.ok(
        texts.some(text => /^[0-9a-f]{7} .+ \(.+, \d+ \w+ ago\)$/.test(text)),
        texts.join('\n'),
      );
      assert.ok(
        texts.some(text => /^2 platforms linux\/amd64, linux\/arm64$/.test(text)),
        texts.join('\n'),
      );
      assert.ok(
        texts.some(text => /^Provenance /.test(text)),
        texts.join('\n'),
      );
      const labels = details.find(node => node.kind === 'detail' && node.name === 'labels');
      assert.ok(labels && (await tree.getChildren(labels)).length >= 5);
    });

    it('sorts and filters a repository, says so in its row, and keeps it', async () => {
      const { tree } = await parts();
      const repository = await repositoryRow('acme/shop-api');
      await tree.setLook(repository, { sort: 'name', filter: 'v1.4' });
      try {
        assert.match(String(tree.getTreeItem(repository).description), /“v1\.4” · by name/);
        const tags = (await rowsIn('acme/shop-api')).map(node => node.kind === 'tag' && node.tag);
        assert.ok(tags.length > 1 && tags.every(tag => tag !== false && tag.includes('v1.4')), tags.join());
        assert.deepEqual(tags, [...tags].sort());
      } finally {
        await tree.setLook(repository, { sort: 'newest', filter: '' });
      }
      assert.equal(tree.getTreeItem(repository).description, '');
    });

    it('gives every row an id of its own that stays after a refresh', async () => {
      const { tree } = await parts();
      const ids = async () => (await rowsIn('acme/shop-web')).map(node => tree.getTreeItem(node).id);
      const before = await ids();
      assert.equal(new Set(before).size, before.length);
      tree.refresh();
      assert.deepEqual(await ids(), before);
    });

    it('copies the reference and the digest of a tag', async () => {
      const row = await tagRow('acme/shop-api', 'prod');
      await vscode.commands.executeCommand('tallyman.copyReference', row);
      assert.equal(await vscode.env.clipboard.readText(), `${demoHost()}/acme/shop-api:prod`);
      await vscode.commands.executeCommand('tallyman.copyDigest', row);
      assert.match(await vscode.env.clipboard.readText(), /^sha256:[0-9a-f]{64}$/);
    });

    it('connects nothing that a workspace’s own settings name', async () => {
      const settings = vscode.workspace.getConfiguration('tallyman');
      await assert.rejects(async () => settings.update('registries', ['evil.example'], vscode.ConfigurationTarget.Workspace));
      const file = example('.vscode/settings.json');
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('{ "tallyman.registries": ["evil.example"] }'));
      try {
        await new Promise(resolve => setTimeout(resolve, 500));
        const { registries } = await parts();
        assert.deepEqual(
          registries.connections().map(({ host }) => host),
          [demoHost()],
        );
      } finally {
        await vscode.workspace.fs.delete(file);
      }
    });

    it('says in a row what is wrong with a registry that does not answer, and what to do', async () => {
      const { tree, registries } = await parts();
      const host = `127.0.0.1:${await unusedPort()}`;
      await registries.add(host);
      try {
        const dead = await eventually(async () => (await tree.getChildren()).find(isAt(host)), 'the second registry');
        const [trouble, remedy] = await tree.getChildren(dead);
        assert.ok(trouble?.kind === 'trouble');
        assert.equal(trouble.trouble.message, `Nothing answers at ${host}. Is the registry running?`);
        assert.ok(remedy?.kind === 'trouble');
        assert.equal(tree.getTreeItem(remedy).label, 'Try Again');
        assert.equal(tree.getTreeItem(remedy).command?.command, 'tallyman.retry');
      } finally {
        await registries.remove(host);
      }
      assert.deepEqual((await tree.getChildren()).filter(isAt(host)), []);
    });
  });

function isAt(host: string): (node: Node) => boolean {
  return node => node.kind === 'registry' && node.host === host;
}

function unusedPort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
