import type { WorkflowUsage } from '../../usage/analyze.ts';
import type { Usage } from '../../usage/usage.ts';
import type { Problem, RuleContext } from '../rule.ts';
import { isJudgedElsewhere } from './pullRequests.ts';

type Upkeep = Extract<Usage, { kind: 'repositorySettings' | 'delete' }>;

const known = new WeakMap<WorkflowUsage, readonly Upkeep[]>();

/** What a file sets on repositories or removes from them, that of scripts which it runs included: nobody else judges those. */
export function upkeepOf<K extends Upkeep['kind']>(kind: K, context: RuleContext): readonly Extract<Upkeep, { kind: K }>[] {
  const { usage: file } = context;
  let all = known.get(file);
  if (!all) {
    all = file.sequence.filter((use): use is Upkeep => use.kind === 'repositorySettings' || use.kind === 'delete');
    known.set(file, all);
  }
  return all.filter(
    (use): use is Extract<Upkeep, { kind: K }> =>
      use.kind === kind && !isJudgedElsewhere(use, context) && (file.call === undefined || use.events.length > 0),
  );
}

/** Where a called script does it. */
export function insideOf({ within }: Upkeep): NonNullable<Problem['related']> {
  return within ? [{ ...within, message: 'It is done here.' }] : [];
}
