import * as vscode from 'vscode';
import { triedWords } from '../../core/registry/credentials/chain.ts';
import { flavourOf, loginCommand } from '../../core/registry/flavours.ts';
import type { Credentials } from '../../core/registry/registry.ts';
import { verifyCredentials } from '../../core/registry/verify.ts';
import { plain, troubleOf } from '../trouble.ts';
import { chooseProfile, isEcr } from './awsProfile.ts';
import type { Command, Parts } from './command.ts';
import { pickHost } from './pick.ts';
import { rowOf } from './rows.ts';
import { askRealm } from './trustRealm.ts';

/** On a row whose registry wants credentials, on a registry's own row, or for one that is picked. */
export const signIn: Command = {
  name: 'signIn',
  async run(parts, argument) {
    const row = rowOf(argument, 'trouble')?.parent ?? rowOf(argument, 'registry');
    const host = row?.host ?? (await pickHost(parts.registries, 'Sign In'));
    if (host === undefined) return;
    const named = () => parts.registries.connections().find(one => one.host === host)?.repositories[0];
    const repository = row?.kind === 'repository' ? row.repository : named();
    if (await signInTo(parts, host, repository)) parts.tree.refresh(row);
  },
};

type Way = 'github' | 'type' | 'again' | 'remove';

/**
 * Says where credentials of `host` were looked for and asks for better ones, which are kept only after the registry took them; `repository`
 * is asked for where the registry itself lets anybody in. True where there is a reason to try again.
 */
export async function signInTo(parts: Parts, host: string, repository?: string): Promise<boolean> {
  const { keychain, registries } = parts;
  if (!vscode.workspace.isTrusted) return false;
  if (isEcr(parts, host)) return chooseProfile(parts, host);
  const way = await pickWay(parts, host);
  if (way === undefined) return false;
  if (way === 'github') await keychain.signInToGitHub();
  if (way === 'remove') await keychain.forget(host);
  if (way === 'again') keychain.renew(host);
  if (way === 'type' && !(await typeIn(parts, host, repository))) return false;
  registries.forget(host);
  return true;
}

async function pickWay({ keychain }: Parts, host: string): Promise<Way | undefined> {
  await keychain.credentials(host);
  const tried = triedWords(keychain.tried(host));
  const items: (vscode.QuickPickItem & { readonly way: Way })[] = [];
  if (host === 'ghcr.io')
    items.push({ way: 'github', label: '$(github) GitHub Account in VS Code', detail: 'Allows Tallyman to read packages, no more.' });
  items.push({ way: 'type', label: '$(key) User Name and Token…', detail: plain(flavourOf(host).secret) });
  items.push({ way: 'again', label: '$(refresh) Look Again', detail: `After ${loginCommand(host)} in a terminal.` });
  if (await keychain.isStored(host))
    items.push({ way: 'remove', label: '$(trash) Remove What Is Stored Here', detail: 'Docker’s own is left alone.' });
  const picked = await vscode.window.showQuickPick(items, {
    title: `Sign in to ${host}`,
    placeHolder: tried === '' ? 'How?' : `Tried: ${tried}`,
    ignoreFocusOut: true,
  });
  return picked?.way;
}

/** Asks until the registry takes what is typed in, and keeps that; false where the person gives up. */
async function typeIn(parts: Parts, host: string, repository: string | undefined): Promise<boolean> {
  for (;;) {
    const credentials = await askCredentials(host);
    if (!credentials) return false;
    if (await takes(parts, host, credentials, repository)) {
      await parts.keychain.store(host, credentials);
      return true;
    }
  }
}

/** True where the registry takes them, false to ask for others; throws a CancellationError where the person gives up. */
async function takes(parts: Parts, host: string, credentials: Credentials, repository: string | undefined): Promise<boolean> {
  const { registries } = parts;
  for (;;) {
    try {
      await asking(host, signal => verifyCredentials(host, credentials, registries.settings(host), repository, { signal }));
      return true;
    } catch (error) {
      if (error instanceof vscode.CancellationError) throw error;
      const { message, remedy, realm } = troubleOf(error);
      if (remedy === 'trustRealm' && realm !== undefined) {
        if (await askRealm(registries, host, realm)) continue;
        throw new vscode.CancellationError();
      }
      const refused = remedy === 'signIn';
      const text = refused ? `${host} does not take these credentials. Nothing is kept.` : message;
      if ((await vscode.window.showErrorMessage(text, 'Try Again')) !== 'Try Again') throw new vscode.CancellationError();
      if (refused) return false;
    }
  }
}

/** Asks for a user name and a password; `undefined` where the user changed their mind. */
async function askCredentials(host: string): Promise<Credentials | undefined> {
  const { user, secret, username: usual } = flavourOf(host);
  const title = `Sign in to ${host}`;
  const ignoreFocusOut = true;
  const username = await vscode.window.showInputBox({
    title,
    prompt: plain(user),
    ignoreFocusOut,
    ...(usual !== undefined && { value: usual }),
  });
  if (!username) return undefined;
  const prompt = `${plain(secret)}. It is kept in the editor’s secret storage and sent to this registry only.`.replace('..', '.');
  const password = await vscode.window.showInputBox({ title, prompt, password: true, ignoreFocusOut });
  return password ? { kind: 'basic', username, password } : undefined;
}

/** Runs `work` with progress that can be cancelled. */
export async function asking<T>(host: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title: `Asking ${host}…`, cancellable: true }, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    try {
      return await work(controller.signal);
    } catch (error) {
      throw token.isCancellationRequested ? new vscode.CancellationError() : error;
    }
  });
}
