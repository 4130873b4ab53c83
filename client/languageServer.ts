import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type TagRolesAnswer,
  type TagRolesParams,
  type TagUse,
  type TagUsesAnswer,
  type TagUsesParams,
  tagRolesRequest,
  tagUsesRequest,
} from '../protocol/tags.ts';
import type { Roles } from './listing/groups.ts';

/** The language server, which is asked when it is up. */
export interface LanguageServer extends vscode.Disposable {
  /** Resolves when it is up; rejects where it cannot be started. */
  readonly started: Promise<unknown>;
  request<T>(method: string, params: unknown): Promise<T>;
  restart(): Promise<void>;
}

/**
 * Starts the language server behind the extension's own start: its client is most of the extension's code, and nothing waits for it.
 * `prepare` registers what the client answers before it starts.
 */
export function startLanguageServer(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  prepare: (client: LanguageClient) => vscode.Disposable,
): LanguageServer {
  let prepared: vscode.Disposable | undefined;
  let over = false;
  const starting = start();
  // Where it cannot be started the sidebar still works; the log says why.
  starting.catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));

  async function start(): Promise<LanguageClient> {
    await new Promise(resolve => setImmediate(resolve));
    const { languageClient } = await import('./languageClient.ts');
    const client = languageClient(context, log);
    if (over) throw new vscode.CancellationError();
    prepared = prepare(client);
    await client.start();
    return client;
  }

  return {
    started: starting,
    request: async (method, params) => (await starting).sendRequest(method, params),
    restart: async () => (await starting).restart(),
    dispose() {
      over = true;
      prepared?.dispose();
      void starting.then(
        client => client.dispose(),
        () => undefined,
      );
    },
  };
}

/** What the sidebar asks of the workspace. */
export function workspaceQuestions({ request }: Pick<LanguageServer, 'request'>) {
  return {
    async roles(host: string, repository: string, tags: readonly string[]): Promise<Roles> {
      const answer = await request<TagRolesAnswer>(tagRolesRequest, { host, repository, tags } satisfies TagRolesParams);
      return { environments: answer.environments, tags: new Map(Object.entries(answer.tags)) };
    },

    async uses(asked: TagUsesParams): Promise<readonly TagUse[]> {
      return (await request<TagUsesAnswer>(tagUsesRequest, asked)).uses;
    },
  };
}
