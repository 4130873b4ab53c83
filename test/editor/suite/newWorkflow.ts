import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, example, parts } from './parts.ts';

const path = '.github/workflows/promote-prod.yml';

export const newWorkflow = () =>
  describe('a new workflow', () => {
    it('is made by the server from the folder’s workflows', async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
      const { newWorkflow: ask } = await parts();
      const asked = await ask({ folder, kind: 'promotion' });
      assert.deepEqual(asked, { status: 'question', about: 'image', options: ['ghcr.io/acme/shop-api', 'ghcr.io/acme/shop-web'] });
      const made = await ask({ folder, kind: 'promotion', image: 'ghcr.io/acme/shop-api' });
      assert.ok(made.status === 'made');
      assert.equal(made.path, path);
    });

    it('is opened for the kind and the image that are picked, and not saved', async () => {
      const done = vscode.commands.executeCommand('tallyman.newWorkflow');
      // What is picked is the first of each list; a list that is not there yet takes no answer.
      const document = await eventually(async () => {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        const open = vscode.window.activeTextEditor?.document;
        return open?.uri.path.endsWith(path) && open.getText() !== '' ? open : undefined;
      }, 'the workflow');
      await done;
      assert.equal(document.uri.scheme, 'untitled');
      assert.ok(document.isUntitled);
      assert.match(document.getText(), /^name: Promote to prod\n[\s\S]* {2}IMAGE: ghcr\.io\/acme\/shop-api\n/);
      await assert.rejects(async () => vscode.workspace.fs.stat(example(path)));
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });
  });
