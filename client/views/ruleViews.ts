import * as vscode from 'vscode';
import { docsUrl, readRulePages, withLinks } from '../../core/text/rulePages.ts';

const scheme = 'tallyman-rule';

/** The rules' pages, which come with the extension: read-only documents, rendered by the editor's own Markdown preview. */
export class RuleViews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #dist: string;
  readonly #subscription: vscode.Disposable;
  #pages: ReadonlyMap<string, string> | undefined;

  /** `dist` is the folder of the extension's programs. */
  constructor(dist: string) {
    this.#dist = dist;
    this.#subscription = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Ids and titles of all rules. */
  rules(): readonly { readonly id: string; readonly title: string }[] {
    return [...this.#all()].map(([id, page]) => ({ id, title: page.split('\n')[2] ?? '' }));
  }

  /** Whether this is a rule's id; it may come from anywhere. */
  has(id: unknown): id is string {
    return typeof id === 'string' && this.#all().has(id);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const id = uri.path.replace(/^\//, '').replace(/\.md$/, '');
    const page = this.#all().get(id);
    if (page === undefined) return 'There is no such rule.';
    // A link to another rule leads to the document beside this one, any other to the web.
    return withLinks(page, target => (this.has(target.replace(/\.md$/, '')) ? target : new URL(target, docsUrl(id)).href));
  }

  async show(id: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${id}.md` });
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // Without the built-in Markdown extension the page is still readable as text.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #all(): ReadonlyMap<string, string> {
    this.#pages ??= readRulePages(this.#dist);
    return this.#pages;
  }
}
