import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { demoHost, eventually, parts } from './parts.ts';
import { repositoryRow, tagRow } from './sidebar.ts';

const repository = 'acme/shop-api';

function hash(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The page whose title holds this, once its tab is there. */
async function page(title: string): Promise<string> {
  await eventually(
    () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.includes(title)),
    `a tab ${title}`,
  );
  const isPage = ({ uri }: vscode.TextDocument) => uri.scheme === 'tallyman-page' && uri.path.includes(title);
  return (await eventually(() => vscode.workspace.textDocuments.find(isPage), `the page ${title}`)).getText();
}

async function close(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
}

export const looking = () =>
  describe('looking at images', () => {
    it('copies the reference by digest and the pull command', async () => {
      const row = await tagRow(repository, 'staging');
      const digest = row.state.status === 'known' ? row.state.digest : '';
      await vscode.commands.executeCommand('tallyman.copyByDigest', row);
      assert.equal(await vscode.env.clipboard.readText(), `${demoHost()}/${repository}@${digest}`);
      await vscode.commands.executeCommand('tallyman.copyPullCommand', row);
      assert.equal(await vscode.env.clipboard.readText(), `docker pull ${demoHost()}/${repository}:staging`);
    });

    it('shows a manifest indented, and copies its exact bytes', async () => {
      const row = await tagRow(repository, 'staging');
      const digest = row.state.status === 'known' ? row.state.digest : '';
      await vscode.commands.executeCommand('tallyman.showManifest', row);
      const text = vscode.window.activeTextEditor?.document.getText() ?? '';
      assert.deepEqual(text.split('\n').slice(0, 2), [`// ${demoHost()}/${repository}:staging`, `// ${digest}`]);
      assert.equal(vscode.window.activeTextEditor?.document.languageId, 'jsonc');
      await close();
      await vscode.commands.executeCommand('tallyman.copyManifest', row);
      assert.equal(hash(await vscode.env.clipboard.readText()), digest);
    });

    it('compares two selected rows on a page', async () => {
      const rows = [await tagRow(repository, 'prod'), await tagRow(repository, 'staging')];
      await vscode.commands.executeCommand('tallyman.compareImages', rows[0], rows);
      const text = await page('shop-api:prod ↔ shop-api:staging');
      assert.match(text, /^# Compare `shop-api:prod` with `shop-api:staging`\n/);
      assert.match(text, /commits from the first to the second:\n\n- [0-9a-f]{7} `/);
      assert.match(text, /\| `org\.opencontainers\.image\.version` \| first \| `1\.4\.2` \|\n\| {2}\| second \| `1\.5\.0` \|/);
      await close();
    });

    it('compares with the one that was selected before', async () => {
      await vscode.commands.executeCommand('tallyman.selectForCompare', await tagRow(repository, 'v1.4.1'));
      await vscode.commands.executeCommand('tallyman.compareWithSelected', await tagRow(repository, 'v1.4.2'));
      assert.match(await page('shop-api:v1.4.1 ↔ shop-api:v1.4.2'), /Layers of `linux\/arm64`/);
      await close();
    });

    it('inspects an image', async () => {
      await vscode.commands.executeCommand('tallyman.inspectImage', await tagRow(repository, 'latest'));
      const text = await page('shop-api:latest');
      assert.match(text, /\| provenance \| `[0-9a-f]{12}` \| `linux\/amd64` \| `https:\/\/slsa\.dev\/provenance\/v1` \|/);
      await close();
    });

    it('keeps pinned repositories on top', async () => {
      const names = async () => {
        const { tree } = await parts();
        const [registry] = await tree.getChildren();
        return (await tree.getChildren(registry)).flatMap(node => (node.kind === 'repository' ? [node.repository] : []));
      };
      assert.deepEqual(await names(), ['acme/shop-api', 'acme/shop-web']);
      await vscode.commands.executeCommand('tallyman.pinRepository', await repositoryRow('acme/shop-web'));
      assert.deepEqual(await names(), ['acme/shop-web', 'acme/shop-api']);
      await vscode.commands.executeCommand('tallyman.unpinRepository', await repositoryRow('acme/shop-web'));
      assert.deepEqual(await names(), ['acme/shop-api', 'acme/shop-web']);
    });

    it('offers in menus what the registry can do', async () => {
      const { tree } = await parts();
      assert.equal(tree.getTreeItem(await tagRow(repository, 'prod')).contextValue, 'tag live untag remove environment');
      assert.equal(tree.getTreeItem(await repositoryRow(repository)).contextValue, 'repository unpinned live remove');
    });

    it('takes nothing for an image that is none, or at a registry that is not connected', async () => {
      await vscode.env.clipboard.writeText('before');
      for (const argument of [
        { host: 'evil.example', repository, tag: 'prod' },
        { host: demoHost(), repository: '../x', tag: 'prod' },
      ]) {
        const done = vscode.commands.executeCommand('tallyman.copyPullCommand', argument);
        // Nothing was handed over that counts, so the person is asked.
        await new Promise(resolve => setTimeout(resolve, 300));
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        await done;
      }
      assert.equal(await vscode.env.clipboard.readText(), 'before');
    });

    it('asks the server what the policy protects', async () => {
      const { protectedTags } = await parts();
      const answers = await protectedTags({ repository: `${demoHost()}/${repository}`, tags: ['prod', 'pr-42-8144e5b'] });
      assert.equal(answers.length, 2);
      assert.notEqual(answers[1], true);
    });
  });
