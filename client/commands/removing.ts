import * as vscode from 'vscode';
import { applyRemovals } from '../../core/removal/apply.ts';
import type { Protection, Removal, RemovalOutcome, RemovalPlan } from '../../core/removal/model.ts';
import type { RemovalOptions } from '../../core/removal/plan.ts';
import { describeRemoval, describeRemovalStep } from '../../core/removal/words.ts';
import { signalOf } from '../signal.ts';
import { plain } from '../trouble.ts';
import { allow } from './allow.ts';
import type { Parts } from './command.ts';

export interface Ended {
  readonly removal: Removal;
  readonly outcome: RemovalOutcome;
}

const location = vscode.ProgressLocation.Notification;

/** Plans a removal, with progress that can be cancelled and with what the workspace's policies protect. */
export async function surveying<T>(parts: Parts, title: string, plan: (options: RemovalOptions) => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const signal = signalOf(token);
    const onProgress = (done: number, total?: number) =>
      progress.report({ message: describeRemovalStep({ kind: 'survey', done, ...(total !== undefined && { total }) }) });
    try {
      return await plan({ signal, onProgress, known: parts.knownIndexes, protection: (name, tags) => protectionOf(parts, name, tags) });
    } catch (error) {
      throw token.isCancellationRequested ? new vscode.CancellationError() : error;
    }
  });
}

/** Carries a confirmed plan out with progress, and redraws the repository however it ends. Throws a CancellationError where the person does not allow it. */
export async function applyAll(parts: Parts, plan: RemovalPlan, title: string): Promise<readonly Ended[]> {
  const { registries, knownIndexes } = parts;
  const ended: Ended[] = [];
  await allow(parts, plan.host, 'delete');
  try {
    await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
      const onStep = (step: Parameters<typeof describeRemovalStep>[0]) => progress.report({ message: plain(describeRemovalStep(step)) });
      const options = { signal: signalOf(token), onStep, known: knownIndexes };
      for await (const one of applyRemovals(plan, registries.at(plan.host), options)) {
        ended.push(one);
        progress.report({ increment: 100 / plan.removals.length });
      }
    });
  } finally {
    registries.changed(plan);
  }
  return ended;
}

/** Tells how one removal ended. */
export function tellOne(plan: RemovalPlan, removal: Removal, outcome: RemovalOutcome): void {
  const message = plain(describeRemoval(plan, removal, outcome));
  if (outcome.status === 'removed' || outcome.status === 'absent') void vscode.window.showInformationMessage(message);
  else if (outcome.status === 'cancelled') void vscode.window.showWarningMessage(message);
  else void vscode.window.showErrorMessage(message);
}

/** What the workspace's policies say of these tags; the server reads them. */
export async function protectionOf({ protectedTags }: Parts, repository: string, tags: readonly string[]): Promise<Protection> {
  const answers = await protectedTags({ repository, tags });
  return new Map(tags.flatMap((tag, index) => (typeof answers[index] === 'boolean' ? [[tag, answers[index]] as const] : [])));
}
