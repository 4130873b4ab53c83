import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type BehindAnswer,
  type CommitsBehindParams,
  commitsBehindRequest,
  type DescribeImagesParams,
  describeImagesRequest,
  type ListRepositoriesParams,
  type ListTagsParams,
  listRepositoriesRequest,
  listTagsRequest,
  type RegistryChangedParams,
  type RepositorySettingsParams,
  registryChanged,
  repositorySettingsRequest,
  type WebPagesParams,
  webPagesRequest,
} from '../../protocol/registries.ts';
import type { Registries } from '../registries.ts';
import { signalOf } from '../signal.ts';
import { commitsBehind } from './commits.ts';
import { NameLists } from './lists.ts';
import { ImageLookup } from './lookup.ts';
import { repositorySettings } from './settings.ts';

/** Milliseconds after which what is shown is asked for anew, while somebody looks. */
const renewal = 5 * 60_000;

/**
 * Answers what the language server asks of registries and of git, and tells it when that may be another: only of what the user
 * connected, nothing in Restricted Mode, and never with an error.
 */
export function answerServer(client: LanguageClient, registries: Registries): vscode.Disposable {
  const notify = (params: RegistryChangedParams) => {
    if (client.isRunning()) void client.sendNotification(registryChanged, params).catch(() => undefined);
  };
  const lookup = new ImageLookup(registries, { late: (host, repository) => notify({ host, repository }) });
  const lists = new NameLists(registries);
  let told = Date.now();
  const tell = (params: RegistryChangedParams) => {
    told = Date.now();
    lookup.forget(params.host, params.repository);
    lists.forget();
    notify(params);
  };
  const renew = () => {
    if (vscode.window.state.focused && Date.now() - told >= renewal) tell({});
  };
  const timer = setInterval(renew, renewal);
  return vscode.Disposable.from(
    client.onRequest(describeImagesRequest, (params: DescribeImagesParams, token: vscode.CancellationToken) =>
      lookup.describe(params, { signal: signalOf(token) }),
    ),
    client.onRequest(listTagsRequest, (params: ListTagsParams) => lists.tags(params)),
    client.onRequest(listRepositoriesRequest, (params: ListRepositoriesParams) => lists.repositories(params)),
    client.onRequest(webPagesRequest, (params: WebPagesParams) => lists.webPages(params)),
    client.onRequest(repositorySettingsRequest, (params: RepositorySettingsParams, token: vscode.CancellationToken) =>
      repositorySettings(registries, params, { signal: signalOf(token) }),
    ),
    client.onRequest(commitsBehindRequest, (params: CommitsBehindParams, token: vscode.CancellationToken) => {
      const unknown: BehindAnswer = { status: 'unknown' };
      if (!vscode.workspace.isTrusted) return { answers: params.questions.map(() => unknown) };
      const others = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
      const local = [vscode.Uri.parse(params.folder), ...others].filter(({ scheme }) => scheme === 'file');
      return commitsBehind([...new Set(local.map(({ fsPath }) => fsPath))], params, { signal: signalOf(token) });
    }),
    registries.onDidChange(change => tell(change ?? {})),
    registries.onDidDoubt(what => tell(what ?? {})),
    vscode.window.onDidChangeWindowState(renew),
    new vscode.Disposable(() => clearInterval(timer)),
  );
}
