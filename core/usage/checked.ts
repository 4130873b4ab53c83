import { factsOfCondition } from '../expression/conditionFacts.ts';
import { type Fact, type Facts, noFacts } from '../image/facts.ts';
import type { Job, Step } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { isSet } from './call.ts';
import { surelyRuns } from './events.ts';
import type { Known, StepScope } from './scope.ts';
import type { Start } from './starts.ts';

/** Whether a step or job runs although something before it failed: what that checked says nothing then. */
export function runsAfterFailure(condition: Scalar | undefined): boolean {
  return condition !== undefined && /\b(?:always|cancelled|failure|success)\s*\(/.test(condition.value) && !isPlainSuccess(condition.value);
}

function isPlainSuccess(condition: string): boolean {
  return !/\b(?:always|cancelled|failure)\s*\(/.test(condition) && !condition.includes('||') && !/!\s*success/.test(condition);
}

/** What a step finds known: what those before it checked, unless it runs without them, and what its own condition says. */
export function knownBy({ if: condition }: Pick<Step, 'if'>, known: Known): Known {
  const own = factsOf(condition, known);
  const before = runsAfterFailure(condition) ? noFacts : known.facts;
  return before === known.facts && own.size === 0 ? known : { ...known, facts: new Map([...before, ...own]) };
}

/** A called file's inputs are values of its caller, which have other names. */
function factsOf(condition: Scalar | undefined, { given }: Known): Facts {
  const facts = condition ? factsOfCondition(condition.value) : noFacts;
  return given ? new Map([...facts].filter(([source]) => !/^inputs\./i.test(source))) : facts;
}

/** Keeps what a step checked for those after it: it must run, and its failure must end the job. */
export function learnFrom(step: Step, checked: Facts | undefined, { known, scope, starts, all }: StepPlace): void {
  if (!checked || checked.size === 0 || isSet(step.continueOnError)) return;
  if (starts.length !== all.length || !surelyRuns(step.if, starts, scope)) return;
  for (const [source, fact] of checked) known.facts.set(source, fact);
}

/** Where a step stands: with the starts that reach it, and `all` those of its job. */
interface StepPlace {
  readonly known: Known;
  readonly scope: StepScope;
  readonly starts: readonly Start[];
  readonly all: readonly Start[];
}

/** What a job finds known by those that it needs, and by its own condition. */
export function knownToJob(job: Job, needed: readonly (Facts | undefined)[], known: Known): Map<string, Fact> {
  const before = runsAfterFailure(job.if) ? [] : needed;
  return new Map([...before.flatMap(facts => [...(facts ?? [])]), ...factsOf(job.if, known)]);
}

/** What a finished job tells those that need it; nothing where its failure is let pass. */
export function leftBy(job: Job, checked: Facts): Facts {
  return isSet(job.continueOnError) ? noFacts : checked;
}

/** What a called workflow's jobs checked: all of them must have succeeded, but one with a condition may not have run. */
export function checkedByAll(jobs: readonly { readonly job: Job; readonly checked: Facts }[]): Facts {
  return new Map(jobs.flatMap(({ job, checked }) => (job.if ? [] : [...checked])));
}
