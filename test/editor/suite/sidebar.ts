import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Node, RepositoryNode, TagNode } from '../../../client/tree/nodes.ts';
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

/** The tag's row, once its digest is known. */
export async function tagRow(repository: string, tag: string): Promise<TagNode> {
  const { tree } = await parts();
  const row = (await tree.getChildren(await repositoryRow(repository))).find(node => node.kind === 'tag' && node.tag === tag);
  if (row?.kind !== 'tag') throw new Error(`There is no tag ${tag}.`);
  return eventually(() => (row.state.status === 'known' ? row : undefined), `the digest of ${tag}`);
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

    it('lists tags with what moves first, their digest, age and kind', async () => {
      const { tree } = await parts();
      const rows = await tree.getChildren(await repositoryRow('acme/shop-api'));
      assert.deepEqual(
        rows.slice(0, 3).map(node => node.kind === 'tag' && node.tag),
        ['prod', 'staging', 'latest'],
      );
      const item = tree.getTreeItem(await tagRow('acme/shop-api', 'prod'));
      assert.match(String(item.description), /^[0-9a-f]{12} · \d+[a-z]+$/);
      assert.match(item.accessibilityInformation?.label ?? '', /^prod, environment, digest [0-9a-f]{12}, built \d+ \w+ ago$/);
      const cache = tree.getTreeItem(await tagRow('acme/shop-api', 'buildcache'));
      assert.match(cache.accessibilityInformation?.label ?? '', /build cache/);
    });

    it('gives every row an id of its own that stays after a refresh', async () => {
      const { tree } = await parts();
      const ids = async () => (await tree.getChildren(await repositoryRow('acme/shop-web'))).map(node => tree.getTreeItem(node).id);
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
