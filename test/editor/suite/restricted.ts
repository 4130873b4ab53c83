import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { demoHost, eventually, example, findHelper, parts } from './parts.ts';

/** In a folder that is not trusted; the launcher asserts afterwards that the registry saw no request. */
export const restricted = () =>
  describe('restricted mode', () => {
    it('checks workflows', async () => {
      assert.equal(vscode.workspace.isTrusted, false);
      const { document } = await vscode.window.showTextDocument(example('.github/workflows/build.yml'));
      await eventually(() => vscode.languages.getDiagnostics(document.uri).find(({ source }) => source === 'tallyman'), 'a finding');
    });

    it('says nothing of what references name', async () => {
      const { document } = await vscode.window.showTextDocument(example('.github/workflows/promote.yml'));
      const lenses = await eventually(async () => {
        const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
        return found.length > 0 ? found : undefined;
      }, 'a lens');
      assert.deepEqual(
        lenses.map(({ command }) => command?.title),
        ['Connect ghcr.io…'],
      );
    });

    it('contacts no host that a workflow or a policy names, whatever is asked about it', async () => {
      const image = `${demoHost()}/acme/shop-api`;
      const workflow = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: ${image}:prod\n    steps:\n      - run: docker pull ${image}:staging\n`;
      const policy = `environments:\n  production:\n    repositories:\n      - ${image}\n    tag: prod\nexternal-tags:\n  - ${image}:*\n`;
      const files = [
        { path: '.github/workflows/named.yml', text: workflow },
        { path: '.github/tallyman.yml', text: policy },
      ];
      for (const { path, text } of files) await vscode.workspace.fs.writeFile(example(path), Buffer.from(text));
      for (const { path, text } of files) {
        const { document } = await vscode.window.showTextDocument(example(path));
        const at = document.positionAt(text.indexOf(image) + image.length);
        const range = new vscode.Range(0, 0, document.lineCount, 0);
        const asked: readonly (readonly [string, ...unknown[]])[] = [
          ['vscode.executeHoverProvider', at],
          ['vscode.executeCodeLensProvider', 100],
          ['vscode.executeInlayHintProvider', range],
          ['vscode.executeCompletionItemProvider', at.translate(0, 1), ':', 50],
          ['vscode.executeDefinitionProvider', at],
          ['vscode.executeReferenceProvider', at],
          ['vscode.executeLinkProvider', 50],
        ];
        for (const [command, ...args] of asked) await vscode.commands.executeCommand(command, document.uri, ...args);
      }
    });

    it('contacts none either by a command that is handed its name', async () => {
      const host = demoHost();
      const registry = { kind: 'registry', host, named: ['acme/shop-api'], shown: 100 };
      const repository = { kind: 'repository', host, repository: 'acme/shop-api', parent: registry };
      const tag = { kind: 'tag', host, repository: 'acme/shop-api', tag: 'prod', parent: { kind: 'group', parent: repository } };
      const trouble = { kind: 'trouble', parent: repository, part: 'remedy', trouble: { message: 'x', remedy: 'signIn' } };
      const all = await vscode.commands.getCommands(true);
      const names = all.filter(
        name => /^tallyman\.[a-zA-Z]+$/.test(name) && !/restartServer|connectRegistry|newWorkflow|showRule/.test(name),
      );
      assert.ok(names.includes('tallyman.promote') && names.includes('tallyman.inspectImage'));
      for (const name of names) {
        for (const argument of [tag, repository, registry, trouble, host]) {
          const running = Promise.resolve(vscode.commands.executeCommand(name, argument)).catch(() => undefined);
          // A question is left unanswered.
          await Promise.race([running, new Promise(resolve => setTimeout(resolve, 60))]);
          await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        }
      }
    });

    it('runs no credential helper and asks for no session; the launcher looks whether one ran', async () => {
      const { keychain } = await parts();
      findHelper();
      assert.equal(await keychain.credentials('helper.example.com'), undefined);
      assert.deepEqual(keychain.tried('helper.example.com')[1], {
        place: 'docker-credential-spy',
        result: 'not run until this workspace is trusted',
      });
      assert.equal(await keychain.credentials('ghcr.io'), undefined);
      assert.equal(keychain.tried('ghcr.io')[1]?.result, 'not used until this workspace is trusted');
    });

    it('shows no registry and refuses to contact one', async () => {
      const { tree, registries } = await parts();
      assert.deepEqual(await tree.getChildren(), []);
      assert.throws(() => registries.at(demoHost()), /not contacted until this workspace is trusted/);
    });
  });
