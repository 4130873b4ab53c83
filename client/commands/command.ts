import type * as vscode from 'vscode';
import type { Ledger } from '../../core/promotion/ledger.ts';
import type { NewWorkflowAnswer, NewWorkflowParams } from '../../protocol/index.ts';
import type { EditorKeychain } from '../keychain.ts';
import type { AskPullRequests } from '../pullRequests.ts';
import type { Registries } from '../registries.ts';
import type { RegistryTree } from '../tree/registryTree.ts';
import type { PlanViews } from '../views/planView.ts';
import type { RuleViews } from '../views/ruleViews.ts';

/** What commands work with, built once by `activate`. */
export interface Parts {
  readonly registries: Registries;
  readonly keychain: EditorKeychain;
  readonly pullRequests: AskPullRequests;
  readonly tree: RegistryTree;
  readonly ledger: Ledger;
  readonly plans: PlanViews;
  readonly rulePages: RuleViews;
  readonly log: vscode.LogOutputChannel;
  restartServer(): Promise<void>;
  /** Asks the server for a new workflow. */
  newWorkflow(params: NewWorkflowParams): Promise<NewWorkflowAnswer>;
}

/** One command. `argument` is whatever the caller gave: a row of the tree from its menus, nothing from the palette, anything else from others. */
export interface Command {
  /** Without the `tallyman.` before it. */
  readonly name: string;
  run(parts: Parts, argument: unknown): Promise<void> | void;
}
