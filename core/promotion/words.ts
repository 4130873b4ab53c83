import { shortDigest } from '../image/digest.ts';
import type { Expected, Outcome, Plan, Step } from './model.ts';

/** What a moved tag does and does not do; part of every plan and result. */
export function redeployNote({ tag, next }: Plan): string {
  return `\`${tag}\` now names ${shortDigest(next.digest)}; running workloads change only when they are redeployed.`;
}

/** How an application ended, in a sentence or two; the same in the editor and on the command line. */
export function describeOutcome(plan: Plan, outcome: Outcome): string {
  const { tag, next } = plan;
  const target = shortDigest(next.digest);
  switch (outcome.status) {
    case 'unchanged':
      return `\`${tag}\` names ${target} already; nothing was written.`;
    case 'moved':
      return redeployNote(plan);
    case 'stale': {
      const written = outcome.trail.length > 0 ? `Only the trail was written: ${outcome.trail.join(', ')}.` : 'Nothing was written.';
      return `\`${outcome.tag}\` moved meanwhile: ${short(outcome.expected)} was expected, ${short(outcome.found)} is there. ${written}`;
    }
    case 'refused':
      return `Refused: ${outcome.checks.map(({ message }) => message).join(' ')} Nothing was written.`;
    case 'cancelled':
      return outcome.trail.length > 0
        ? `Cancelled: \`${tag}\` was not moved; the trail was written already: ${outcome.trail.join(', ')}.`
        : 'Cancelled; nothing was written.';
    case 'overwritten':
      return `\`${tag}\` was written, but another writer came in between: it names ${short(outcome.found)}, not ${target}. Look before you try again.`;
    case 'unverified': {
      const last = outcome.found === undefined ? 'it could not be read' : `it named ${short(outcome.found)} when it was last read`;
      return `The write of \`${tag}\` was sent, but could not be confirmed: ${last}. It may name ${target} yet; look before you try again.`;
    }
  }
}

/** A step of an application, as progress is shown. */
export function describeStep({ tag }: Plan, step: Step): string {
  switch (step.kind) {
    case 'recheck':
      return `Looking at ${tag} again`;
    case 'read':
      return 'Reading the exact bytes';
    case 'trail':
      return `Writing ${step.tag}`;
    case 'move':
      return `Moving ${tag}`;
    case 'verify':
      return `Reading ${tag} back`;
  }
}

function short(expected: Expected): string {
  return expected === 'absent' ? 'no image' : shortDigest(expected);
}
