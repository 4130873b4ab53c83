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
