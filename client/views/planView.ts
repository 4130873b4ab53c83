import * as vscode from 'vscode';
import type { Plan } from '../../core/promotion/model.ts';
import { planPage, titleOf } from './planText.ts';

const scheme = 'tallyman-plan';

/** Plans as read-only pages, rendered by the editor's own Markdown preview. */
export class PlanViews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #pages = new Map<string, string>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor() {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => uri.scheme === scheme && this.#pages.delete(uri.toString())),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#pages.get(uri.toString()) ?? 'This plan is out of date. Start the command again.';
  }

  async show(plan: Plan): Promise<void> {
    const title = titleOf(plan).replaceAll('/', '∕');
    const uri = vscode.Uri.from({ scheme, path: `/${plan.createdAt}/${title}.md` });
    this.#pages.set(uri.toString(), planPage(plan));
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // Without the built-in Markdown extension the page is still readable as text.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
