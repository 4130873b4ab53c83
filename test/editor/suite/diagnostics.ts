import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, example } from './parts.ts';

const build = '.github/workflows/build.yml';

/** What Tallyman says of a file, once it says anything. */
function findings(uri: vscode.Uri): Promise<vscode.Diagnostic[]> {
  return eventually(() => {
    const ours = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'tallyman');
    return ours.length > 0 ? ours : undefined;
  }, `a finding in ${uri.path}`);
}

function codeOf({ code }: vscode.Diagnostic): { value: string | number; target: vscode.Uri } {
  assert.ok(typeof code === 'object', 'a finding has a code and a link');
  return code;
}

export const diagnostics = () =>
  describe('diagnostics', () => {
    it('name the rule and link to its page', async () => {
      const document = await vscode.workspace.openTextDocument(example(build));
      await vscode.window.showTextDocument(document);
      const [finding] = await findings(document.uri);
      assert.ok(finding);
      const { value, target } = codeOf(finding);
      assert.equal(value, 'cache-image-manifest');
      assert.match(target.toString(), /\/blob\/main\/docs\/rules\/cache-image-manifest\.md$/);
      assert.match(document.getText(finding.range), /^type=registry,ref=/);
    });

    it('stay away from the exemplary workflow and from YAML that is no workflow', async () => {
      for (const path of ['.github/workflows/promote-production.yml', 'k8s/api.yaml']) {
        const uri = example(path);
        await vscode.window.showTextDocument(uri);
        // Nothing tells that a file was found to be fine; findings of the other test come in a fraction of this.
        await new Promise(resolve => setTimeout(resolve, 1000));
        assert.deepEqual(
          vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'tallyman'),
          [],
        );
      }
    });

    it('go away when the quick fix is applied, and come back when it is undone', async () => {
      const document = await vscode.workspace.openTextDocument(example(build));
      const editor = await vscode.window.showTextDocument(document);
      const before = await findings(document.uri);
      const [finding] = before;
      assert.ok(finding);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        finding.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const fix = actions.find(({ edit }) => edit);
      assert.ok(fix?.edit, 'there is a quick fix');
      assert.ok(await vscode.workspace.applyEdit(fix.edit));
      assert.match(document.getText(), /image-manifest=true/);
      await eventually(
        () => vscode.languages.getDiagnostics(document.uri).every(({ source }) => source !== 'tallyman') || undefined,
        'an end of the finding',
      );
      await vscode.window.showTextDocument(editor.document);
      await vscode.commands.executeCommand('undo');
      assert.equal((await findings(document.uri)).length, before.length);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    });
  });
