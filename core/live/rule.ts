import type { Problem, Rule } from '../rules/rule.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Answers } from './answers.ts';
import type { ImageUse } from './uses.ts';

/** What a live rule looks at: a file's references, and what is known of them now. It waits for nothing. */
export interface LiveContext {
  readonly path: string;
  readonly workspace: Workspace;
  readonly uses: readonly ImageUse[];
  readonly answers: Answers;
  /** Milliseconds since 1970. */
  readonly now: number;
  report(problem: Problem): void;
}

/** A check of a file against what the registries hold; what was not asked, or not answered, is unknown, and no rule judges by it. */
export interface LiveRule extends Pick<Rule, 'id' | 'title' | 'severity'> {
  readonly fixable: false;
  check(use: ImageUse, context: LiveContext): void;
}
