import * as vscode from 'vscode';

const scheme = 'tallyman-page';

/** Pages about what registries hold, as read-only documents; they are gone when they are closed. */
export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #pages = new Map<string, string>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #count = 0;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => uri.scheme === scheme && this.#pages.delete(uri.toString())),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#pages.get(uri.toString()) ?? 'This page is out of date. Start the command again.';
  }

  /** Shows Markdown as the editor's own preview renders it. */
  async showMarkdown(title: string, text: string): Promise<void> {
    const uri = this.#add(`${title}.md`, text);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // Without the built-in Markdown extension the page is still readable as text.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  /** Shows a text; the ending of its title decides how it is coloured. */
  async showText(title: string, text: string): Promise<void> {
    await vscode.window.showTextDocument(this.#add(title, text), { preview: true });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #add(title: string, text: string): vscode.Uri {
    this.#count += 1;
    // A slash or a colon in a title is no part of a path.
    const uri = vscode.Uri.from({ scheme, path: `/${this.#count}/${title.replaceAll('/', '∕')}` });
    this.#pages.set(uri.toString(), text);
    return uri;
  }
}
