import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { isDigest, shortDigest } from '../core/image/digest.ts';
import { isTag } from '../core/image/reference.ts';
import { applyPlan } from '../core/promotion/apply.ts';
import { fileLedger, type Ledger } from '../core/promotion/ledger.ts';
import type { Expected, Outcome, Plan } from '../core/promotion/model.ts';
import { refusals } from '../core/promotion/plan.ts';
import { describeOutcome, describeStep } from '../core/promotion/words.ts';
import { printable } from '../core/text/printable.ts';
import { type ExitCode, exit, Failure } from './failure.ts';
import { planText } from './formats/plan.ts';
import { type RegistryOptions, registryOptions, type Session } from './registryCommand.ts';
import { ask, canAsk, layout, tell, write } from './terminal.ts';

/** The options of `promote` and `rollback`. */
export interface MoveOptions extends RegistryOptions {
  readonly plan?: true;
  readonly expect?: Expected;
  readonly yes?: true;
  readonly ledger?: string;
}

/** What is known once a plan is made. */
export interface Planned {
  readonly plan: Plan;
  /** Why this image, where it was not named. */
  readonly because?: string;
  /** What the tag must name now; absent: what the plan saw, which a person then confirms. */
  readonly expect?: Expected;
}

export function moveOptions(command: Command): Command {
  command
    .option('--plan', 'show what would happen and stop')
    .option('--expect <digest>', 'the digest that the tag must name now, or "absent"', parseExpected)
    .option('--yes', 'do not ask')
    .option('--ledger <file>', 'the ledger of moves', path => resolve(path));
  return registryOptions(command);
}

export const moveExitCodes =
  'Exit codes: 0 done or nothing to do, 1 declined, 2 usage or a question with no terminal, 3 registry trouble,\n4 the tag moved and nothing was written, 5 refused by a check.';

/** The ledger that was named, else the user's own. */
export function ledgerOf({ ledger }: MoveOptions): Ledger {
  return fileLedger(ledger ?? ledgerPath());
}

/** Shows the plan, asks, applies it and says how it ended. */
export async function carryOut(planned: Planned, options: MoveOptions, session: Session, ledger: Ledger): Promise<ExitCode> {
  const { plan, because, expect } = planned;
  const json = options.format === 'json';
  const text = () => planText(plan, because, layout(), new Date());
  if (!json) await write(text());
  // The document of `--format json` is one, so it waits for the outcome.
  const end = async (code: ExitCode, sentence: string | undefined, outcome?: Outcome): Promise<ExitCode> => {
    if (json) await write(document(planned, outcome));
    if (sentence !== undefined) tell(sentence);
    return code;
  };

  if (plan.alreadyThere) return end(exit.done, undefined, json ? { status: 'unchanged' } : undefined);
  if (expect !== undefined && expect !== plan.expected) {
    const outcome: Outcome = { status: 'stale', tag: plan.tag, expected: expect, found: plan.expected, trail: [] };
    return end(exit.stale, describeOutcome(plan, outcome), outcome);
  }
  const refused = refusals(plan);
  if (refused.length > 0) {
    const outcome: Outcome = { status: 'refused', checks: refused };
    return end(exit.refused, describeOutcome(plan, outcome), outcome);
  }
  if (options.plan) return end(exit.done, undefined);
  if (!options.yes) {
    if (!canAsk())
      return end(exit.usage, `Nothing was written: there is no terminal to ask at. Add --yes --expect ${plan.expected} to go ahead.`);
    if (json) tell(text());
    const before = plan.expected === 'absent' ? 'no image' : shortDigest(plan.expected);
    const question = `Move ${plan.tag} from ${before} to ${shortDigest(plan.next.digest)}?`;
    if (!(await ask(question, session.signal))) return end(exit.declined, 'Declined; nothing was written.');
  }
  const outcome = await applyPlan(plan, session.registry, {
    ledger,
    signal: session.signal,
    onStep: step => {
      if (step.kind === 'move') session.finish();
      tell(`${describeStep(plan, step)} …`);
    },
  });
  const unrecorded = 'recorded' in outcome && !outcome.recorded ? ' The ledger could not be written.' : '';
  return end(exitCodes[outcome.status], `${describeOutcome(plan, outcome)}${unrecorded}`, outcome);
}

const exitCodes: Readonly<Record<Outcome['status'], ExitCode>> = {
  unchanged: exit.done,
  moved: exit.done,
  cancelled: exit.declined,
  stale: exit.stale,
  refused: exit.refused,
  // Something was written, so the contract's 4 would mislead.
  overwritten: exit.registry,
  unverified: exit.registry,
};

function document({ plan, because }: Planned, outcome: Outcome | undefined): string {
  const told = outcome && {
    ...outcome,
    ...('cause' in outcome && { cause: outcome.cause instanceof Error ? outcome.cause.message : undefined }),
  };
  return `${JSON.stringify({ version: 1, plan, because, outcome: told }, null, 2)}\n`;
}

function parseExpected(text: string): Expected {
  if (text === 'absent' || isDigest(text)) return text;
  throw new InvalidArgumentError('It is a whole digest (sha256: and 64 hex characters) or "absent".');
}

/** `$XDG_STATE_HOME/tallyman/ledger.jsonl`, or where the platform keeps such things. */
function ledgerPath({ env, platform }: NodeJS.Process = process): string {
  const state = env['XDG_STATE_HOME'];
  if (state && isAbsolute(state)) return join(state, 'tallyman', 'ledger.jsonl');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'tallyman', 'ledger.jsonl');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'tallyman', 'ledger.jsonl');
  const home = homedir();
  if (!isAbsolute(home)) throw new Failure(exit.usage, 'There is no home folder to keep the ledger in. --ledger FILE names another place.');
  return join(home, '.local', 'state', 'tallyman', 'ledger.jsonl');
}

/** A tag or a digest that was named on the command line. */
export function parseSource(text: string): string {
  if (!isTag(text) && !isDigest(text)) throw new Failure(exit.usage, `${JSON.stringify(printable(text))} is no tag and no digest.`);
  return text;
}

export function parseTag(text: string): string {
  if (!isTag(text)) throw new Failure(exit.usage, `${JSON.stringify(printable(text))} is no tag.`);
  return text;
}
