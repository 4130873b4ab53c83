import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { findProgram } from '../../core/program/find.ts';
import { type AwsLogin, awsLoginArguments } from '../../core/registry/errors.ts';
import { printable } from '../../core/text/printable.ts';
import type { Command, Parts } from './command.ts';
import { rowOf } from './rows.ts';

/** On the row of a registry whose AWS session is over. */
export const awsLogin: Command = {
  name: 'awsLogin',
  async run(parts, argument) {
    const row = rowOf(argument, 'trouble');
    const login = row?.trouble.awsLogin;
    if (!row || !login) return;
    if (await renewSession(parts, row.parent.host, login)) parts.tree.refresh(row.parent);
  },
};

/**
 * Begins a new session with Amazon's own tool, in a terminal and without a shell, so that its questions are seen. True where it ended well
 * and there is a reason to try again.
 */
export async function renewSession({ registries }: Parts, host: string, login: AwsLogin): Promise<boolean> {
  if (!vscode.workspace.isTrusted) return false;
  const args = awsLoginArguments(login);
  const line = printable(`aws ${args.join(' ')}`);
  const outside = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const program = await findProgram('aws', { outside });
  if (program === undefined) {
    const message = `The AWS command line is not found on the PATH. Run ${line} where it is, then try again.`;
    if ((await vscode.window.showErrorMessage(message, 'Try Again')) !== 'Try Again') return false;
  } else if ((await finished(taskOf(program, args, line))) !== 0) return false;
  registries.forget(host);
  return true;
}

function taskOf(program: string, args: readonly string[], name: string): vscode.Task {
  const execution = new vscode.ProcessExecution(program, [...args], { cwd: homedir() });
  const task = new vscode.Task({ type: 'tallyman.awsLogin' }, vscode.TaskScope.Workspace, name, 'Tallyman', execution, []);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: true, panel: vscode.TaskPanelKind.Dedicated, clear: true };
  return task;
}

/** The exit code of a task's process; `undefined` where it was ended. */
async function finished(task: vscode.Task): Promise<number | undefined> {
  const ended: vscode.Disposable[] = [];
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      const running = Promise.resolve(vscode.tasks.executeTask(task));
      const isOurs = async (execution: vscode.TaskExecution) => execution === (await running.catch(() => undefined));
      ended.push(
        vscode.tasks.onDidEndTaskProcess(async ({ execution, exitCode }) => (await isOurs(execution)) && resolve(exitCode)),
        // A process that could not be started ends its task alone.
        vscode.tasks.onDidEndTask(async ({ execution }) => (await isOurs(execution)) && setTimeout(() => resolve(undefined), 1000)),
      );
      running.catch(reject);
    });
  } finally {
    for (const one of ended) one.dispose();
  }
}
