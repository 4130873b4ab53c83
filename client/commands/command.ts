import type * as vscode from 'vscode';
import type { Ledger } from '../../core/promotion/ledger.ts';
import type { IndexCache } from '../../core/removal/model.ts';
import type { NewWorkflowAnswer, NewWorkflowParams, ProtectedTagsAnswer, ProtectedTagsParams } from '../../protocol/index.ts';
import type { EditorKeychain } from '../keychain.ts';
import type { AskPullRequests } from '../pullRequests.ts';
import type { Registries } from '../registries.ts';
import type { RegistryTree } from '../tree/registryTree.ts';
import type { Pages } from '../views/pages.ts';
import type { PlanViews } from '../views/planView.ts';
import type { RuleViews } from '../views/ruleViews.ts';

import type { Image } from './images.ts';

/** What commands work with, built once by `activate`. */
export interface Parts {
  readonly registries: Registries;
  readonly keychain: EditorKeychain;
  readonly pullRequests: AskPullRequests;
  readonly tree: RegistryTree;
  readonly ledger: Ledger;
  readonly plans: PlanViews;
  readonly rulePages: RuleViews;
  readonly pages: Pages;
  /** The image that was selected for comparing. */
  readonly compareSelection: { image?: Image };
  /** Children of indexes that were read while something was removed; a digest's children never change. */
  readonly knownIndexes: IndexCache;
  readonly log: vscode.LogOutputChannel;
  restartServer(): Promise<void>;
  /** Asks the server what the workspace's policies protect. */
  protectedTags(params: ProtectedTagsParams): Promise<ProtectedTagsAnswer>;
  /** Asks the server for a new workflow. */
  newWorkflow(params: NewWorkflowParams): Promise<NewWorkflowAnswer>;
}

/** One command. `argument` is whatever the caller gave: a row of the tree from its menus, nothing from the palette, anything else from others; `selection` is all rows of a multiple selection. */
export interface Command {
  /** Without the `tallyman.` before it. */
  readonly name: string;
  run(parts: Parts, argument: unknown, selection?: unknown): Promise<void> | void;
}
