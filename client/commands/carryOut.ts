import * as vscode from 'vscode';
import { type Repository as Clone, openRepository } from '../../core/git/repository.ts';
import { applyPlan } from '../../core/promotion/apply.ts';
import type { Outcome, Plan } from '../../core/promotion/model.ts';
import { type PlanOptions, refusals } from '../../core/promotion/plan.ts';
import { describeOutcome, describeStep } from '../../core/promotion/words.ts';
import { signalOf } from '../signal.ts';
import { plain } from '../trouble.ts';
import { confirmation, titleOf } from '../views/planText.ts';
import { allow } from './allow.ts';
import type { Parts } from './command.ts';

/** Makes a plan, with progress that can be cancelled and with the commits that the workspace's clones know. */
export async function planning<T>(title: string, plan: (options: PlanOptions) => Promise<T>): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    const signal = signalOf(token);
    try {
      return await plan({ signal, commitsBetween });
    } catch (error) {
      throw token.isCancellationRequested ? new vscode.CancellationError() : error;
    }
  });
}

/** Shows the plan, asks, applies it with progress, tells how it ended, and redraws the repository. */
export async function carryOut(parts: Parts, plan: Plan): Promise<void> {
  if (plan.alreadyThere) {
    void vscode.window.showInformationMessage(plain(describeOutcome(plan, { status: 'unchanged' })));
    return;
  }
  await parts.plans.show(plan);
  const refused = refusals(plan);
  if (refused.length > 0) {
    await vscode.window.showErrorMessage(plain(describeOutcome(plan, { status: 'refused', checks: refused })));
    return;
  }
  const action = plan.kind === 'promote' ? 'Promote' : 'Roll Back';
  const answer = await vscode.window.showWarningMessage(`${titleOf(plan)}?`, { modal: true, detail: confirmation(plan) }, action);
  if (answer !== action) return;
  await allow(parts, plan.host, 'write');
  const outcome = await apply(parts, plan);
  parts.registries.changed(plan);
  tell(plan, outcome);
}

async function apply({ registries, ledger }: Parts, plan: Plan): Promise<Outcome> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title: titleOf(plan), cancellable: true }, (progress, token) =>
    applyPlan(plan, registries.at(plan.host), {
      ledger,
      signal: signalOf(token),
      onStep: step => progress.report({ message: describeStep(plan, step) }),
    }),
  );
}

function tell(plan: Plan, outcome: Outcome): void {
  const message = plain(describeOutcome(plan, outcome));
  if (outcome.status === 'moved' || outcome.status === 'unchanged') void vscode.window.showInformationMessage(message);
  else if (outcome.status === 'cancelled') void vscode.window.showWarningMessage(message);
  else void vscode.window.showErrorMessage(message);
}

/** The first clone among the workspace's folders that knows both revisions answers. */
async function commitsBetween(...[from, to, options]: Parameters<Clone['commitsBetween']>): ReturnType<Clone['commitsBetween']> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const clone = uri.scheme === 'file' && vscode.workspace.isTrusted ? await openRepository(uri.fsPath, options) : undefined;
    const range = await clone?.commitsBetween(from, to, options);
    if (range && range.direction !== 'unknown') return range;
  }
  return { direction: 'unknown', commits: [], total: 0 };
}
