import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import type { Parts } from '../../../client/commands/command.ts';

/** The extension's parts, which it hands out under tests; activates it where nothing did yet. */
export async function parts(): Promise<Parts> {
  const extension = vscode.extensions.getExtension<Parts>('tallyman.tallyman');
  if (!extension) throw new Error('The extension is not installed.');
  return extension.activate();
}

/** A file of the example workspace. */
export function example(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('No folder is open.');
  return vscode.Uri.joinPath(folder.uri, path);
}

/** Asks again until there is an answer. */
export async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>, what: string, within = 15_000): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what} did not come within ${within / 1000} s.`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** The one registry that the settings name: the demo. */
export function demoHost(): string {
  const [host] = vscode.workspace.getConfiguration('tallyman').get<string[]>('registries', []);
  if (host === undefined) throw new Error('The settings name no registry.');
  return host;
}

/** Puts the launcher's credential helper on the PATH: the editor takes that from a login shell. */
export function findHelper(): void {
  process.env['PATH'] = [process.env['DOCKER_CONFIG'], process.env['PATH']].join(delimiter);
}
