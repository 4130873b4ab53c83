import * as vscode from 'vscode';
import { isRepository } from '../../core/image/reference.ts';
import type { AwsLogin } from '../../core/registry/errors.ts';
import { parseEntry } from '../entry.ts';
import { troubleOf } from '../trouble.ts';
import { renewSession } from './awsLogin.ts';
import { chooseProfile } from './awsProfile.ts';
import type { Command, Parts } from './command.ts';
import { rowOf } from './rows.ts';
import { asking, signInTo } from './signIn.ts';
import { askRealm } from './trustRealm.ts';

/** Host first; credentials only where the registry asks for them, a repository only where it does not list its own. */
export const connectRegistry: Command = {
  name: 'connectRegistry',
  async run(parts, argument) {
    // A lens in a file that is not trusted offers it too.
    if (!vscode.workspace.isTrusted) return void (await vscode.commands.executeCommand('workbench.trust.manage'));
    const text = await vscode.window.showInputBox({
      title: 'Connect a Registry',
      ...(typeof argument === 'string' && parseEntry(argument) && { value: argument }),
      prompt: 'Its host, one repository of it, or at GitHub an account: ghcr.io/acme',
      placeHolder: 'ghcr.io/acme/shop, registry.example.com, localhost:5000',
      ignoreFocusOut: true,
      validateInput: value => (value === '' || parseEntry(value) ? undefined : 'A host such as registry.example.com, or host/repository.'),
    });
    const entry = parseEntry(text ?? '');
    if (!entry) return;
    const connected = await reach(parts, entry.host, entry.repository);
    if (!connected) return;
    await parts.registries.add(entry.host, connected.repository ?? entry.reach.owners?.[0]);
    await vscode.commands.executeCommand('tallyman.registries.focus');
  },
};

/** On the row of a registry that does not list its repositories. */
export const nameRepository: Command = {
  name: 'nameRepository',
  async run({ registries }, argument) {
    const host = rowOf(argument, 'trouble')?.parent.host;
    const repository = host === undefined ? undefined : await askRepository(host);
    if (host !== undefined && repository !== undefined) await registries.add(host, repository);
  },
};

/** Asks the registry for what will be shown, and the user for what it wants for that; `undefined` where the user gives up. */
async function reach(parts: Parts, host: string, repository: string | undefined): Promise<{ repository?: string } | undefined> {
  const { registries } = parts;
  for (let wanted = repository; ; ) {
    try {
      await probe(parts, host, wanted);
      return wanted === undefined ? {} : { repository: wanted };
    } catch (error) {
      if (error instanceof vscode.CancellationError) return undefined;
      const { message, remedy, realm, awsLogin } = troubleOf(error);
      if (remedy === 'signIn') {
        if (!(await signInTo(parts, host, wanted))) return undefined;
      } else if (remedy === 'awsLogin' && awsLogin) {
        if (!(await askLogin(parts, host, message, awsLogin))) return undefined;
      } else if (remedy === 'trustRealm' && realm !== undefined) {
        if (!(await askRealm(registries, host, realm))) return undefined;
      } else if (remedy === 'nameRepository') {
        wanted = await askRepository(host);
        if (wanted === undefined) return undefined;
      } else if ((await vscode.window.showErrorMessage(message, 'Try Again')) !== 'Try Again') {
        return undefined;
      }
    }
  }
}

async function askLogin(parts: Parts, host: string, message: string, login: AwsLogin): Promise<boolean> {
  const action = await vscode.window.showWarningMessage(message, 'Sign In to AWS', 'Another Profile');
  if (action === 'Another Profile') return chooseProfile(parts, host);
  return action === 'Sign In to AWS' && renewSession(parts, host, login);
}

/** Reads the first name of what will be listed. */
async function probe({ registries }: Parts, host: string, repository: string | undefined): Promise<void> {
  await asking(host, async signal => {
    const registry = registries.at(host);
    for await (const _name of repository === undefined ? registry.repositories({ signal }) : registry.tags(repository, { signal })) break;
  });
}

async function askRepository(host: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: `${host} does not list its repositories`,
    prompt: 'Name one of them',
    placeHolder: 'acme/shop',
    ignoreFocusOut: true,
    validateInput: value =>
      value === '' || isRepository(value.trim()) ? undefined : 'Lower-case words with slashes between them: acme/shop.',
  });
  return name?.trim() || undefined;
}
