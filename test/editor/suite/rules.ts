import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, example } from './parts.ts';

const build = '.github/workflows/build.yml';
/** A file that no other test opens. */
const deploy = '.github/workflows/deploy.yml';
const rule = 'cache-image-manifest';

function ours(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'tallyman');
}

async function opened(): Promise<{ editor: vscode.TextEditor; finding: vscode.Diagnostic }> {
  const editor = await vscode.window.showTextDocument(example(build));
  const finding = await eventually(() => ours(editor.document.uri)[0], `a finding in ${build}`);
  return { editor, finding };
}

/** The titles of all tabs. */
function tabs(): string[] {
  return vscode.window.tabGroups.all.flatMap(group => group.tabs.map(({ label }) => label));
}

export const rules = () =>
  describe('findings and their rules', () => {
    it('are shown for files that are not open, until the user wants that no more', async () => {
      await eventually(() => ours(example(deploy)).length > 0 || undefined, 'a finding in a file that is not open');
      const settings = vscode.workspace.getConfiguration('tallyman');
      await settings.update('checkWorkspace', false, vscode.ConfigurationTarget.Global);
      await eventually(() => ours(example(deploy)).length === 0 || undefined, 'an end of the findings');
      await settings.update('checkWorkspace', undefined, vscode.ConfigurationTarget.Global);
      await eventually(() => ours(example(deploy)).length > 0 || undefined, 'the findings once more');
    });

    it('have the severity that the user gives them', async () => {
      const { editor } = await opened();
      const settings = vscode.workspace.getConfiguration('tallyman');
      await settings.update('severity', { [rule]: 'hint' }, vscode.ConfigurationTarget.Global);
      await eventually(
        () => ours(editor.document.uri).find(({ severity }) => severity === vscode.DiagnosticSeverity.Hint),
        'a hint in place of a warning',
      );
      await settings.update('severity', undefined, vscode.ConfigurationTarget.Global);
      await eventually(
        () => ours(editor.document.uri).find(({ severity }) => severity === vscode.DiagnosticSeverity.Warning),
        'the warning',
      );
    });

    it('say in a hover why they are trouble, with a link to nothing but the rule’s page', async () => {
      const { editor, finding } = await opened();
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        editor.document.uri,
        finding.range.start,
      );
      const texts = hovers.flatMap(({ contents }) => contents).filter(content => content instanceof vscode.MarkdownString);
      const text = texts.find(({ value }) => value.includes('tallyman.showRule'));
      assert.ok(text, 'the hover links to the page');
      assert.deepEqual(text.isTrusted, { enabledCommands: ['tallyman.showRule'] });
      assert.match(text.value, /\]\(command:tallyman\.showRule\?%5B%22cache-image-manifest%22%5D\)$/);
    });

    it('show the page of a rule in the editor, and of no other thing', async () => {
      await vscode.commands.executeCommand('tallyman.showRule', '../../package');
      await vscode.commands.executeCommand('tallyman.showRule', { id: rule });
      await vscode.commands.executeCommand('tallyman.showRule', rule);
      await eventually(() => tabs().find(label => label.includes(`${rule}.md`)), 'the page');
      assert.equal(tabs().filter(label => /package/.test(label)).length, 0);
      const page = await vscode.workspace.openTextDocument(vscode.Uri.parse(`tallyman-rule:/${rule}.md`));
      assert.match(page.getText(), /^# cache-image-manifest\n/);
      assert.doesNotMatch(page.getText(), /\]\(\.\.\//);
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    });

    it('are ignored with the reason that the user types', async () => {
      const { editor, finding } = await opened();
      const { document } = editor;
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        finding.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const ignore = actions.find(({ title }) => title === `Ignore ${rule} here by a comment`);
      assert.ok(ignore?.edit, 'the finding can be ignored');
      assert.ok(await vscode.workspace.applyEdit(ignore.edit));
      await vscode.commands.executeCommand('type', { text: 'a sandbox' });
      assert.match(document.getText(), /# tallyman: ignore\[cache-image-manifest\] a sandbox\r?\n/);
      await eventually(() => ours(document.uri).length === 0 || undefined, 'an end of the finding');
      await vscode.commands.executeCommand('workbench.action.files.revert');
    });
  });
