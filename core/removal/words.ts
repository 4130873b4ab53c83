import { shortDigest } from '../image/digest.ts';
import type { RegistryError } from '../registry/errors.ts';
import { explain } from '../registry/explain.ts';
import type { Removal, RemovalOutcome, RemovalPlan, RemovalStep } from './model.ts';

/** Reasons that a message has room for. */
const mostReasons = 3;

/** What will happen, in a few words: `Delete ghcr.io/acme/api@0447e1f26336 and its 3 tags`. A repository may be at several hosts. */
export function removalTitle(
  { host, repository }: Pick<RemovalPlan, 'host' | 'repository'>,
  { kind, tag, tags, digest, deletes }: Removal,
): string {
  const name = `${host}/${repository}`;
  if (kind === 'untag') return `Remove the tag ${tag} from ${name}${deletes ? ', and the image with it' : ''}`;
  const also = tags.length === 0 ? '' : tags.length === 1 ? ` and its tag ${tags[0]}` : ` and its ${tags.length} tags`;
  return `Delete ${name}@${shortDigest(digest)}${also}`;
}

/** What a person reads before confirming one removal: every tag that goes along, then what speaks against it. */
export function removalDetails({ host, survey: surveyed }: Pick<RemovalPlan, 'host' | 'survey'>, removal: Removal): readonly string[] {
  const { kind, tags, tag, digest, deletes, checks } = removal;
  const gone = tags.length === 0 ? 'No tag names it.' : `${tags.length === 1 ? 'This tag goes' : `These ${tags.length} tags go`} with it:`;
  const what =
    kind === 'delete'
      ? [gone, ...tags.map(name => `• ${name}`)]
      : [
          deletes
            ? `It is the last tag of ${shortDigest(digest)}: ${host} deletes the image with it.`
            : surveyed
              ? `The image ${shortDigest(digest)} stays; only \`${tag}\` no longer names it.`
              : `Only \`${tag}\` goes. Where it is the last tag of ${shortDigest(digest)}, some registries delete the image with it.`,
        ];
  const marks = { refused: '✗', warning: '⚠', note: '·' } as const;
  const said = checks.map(({ result, message }) => `${marks[result]} ${message}`);
  return [...what, ...(said.length > 0 ? ['', ...said] : []), '', 'This cannot be undone.'];
}

/** How it ended, in a sentence or two. */
export function describeRemoval({ host }: Pick<RemovalPlan, 'host'>, removal: Removal, outcome: RemovalOutcome): string {
  const { kind, tag, tags, digest, deletes } = removal;
  const name = kind === 'untag' ? `The tag \`${tag}\`` : `The image ${shortDigest(digest)}`;
  switch (outcome.status) {
    case 'removed':
      if (kind === 'untag')
        return `${name} is gone${(outcome.kept ?? !deletes) ? `; the image ${shortDigest(digest)} stays` : ', and the image with it'}.`;
      return tags.length === 0 ? `${name} is deleted.` : `${name} is deleted, with ${list(tags)}.`;
    case 'absent':
      return `${name} was gone already; nothing was written.`;
    case 'stale': {
      if (outcome.found === digest)
        return `\`${outcome.tag}\` names the image now, which was not so when you confirmed. Nothing was removed.`;
      const now = outcome.found === 'absent' ? 'is gone' : `has to do with ${shortDigest(outcome.found)} now`;
      return `\`${outcome.tag}\` ${now}, which was not so when you confirmed. Nothing was removed.`;
    }
    case 'refused':
      return `Refused: ${outcome.checks.map(({ message }) => message).join(' ')} Nothing was removed.`;
    case 'cancelled':
      return `Cancelled: ${kind === 'untag' ? `the tag \`${tag}\`` : `the image ${shortDigest(digest)}`} was not removed.`;
    case 'failed':
      return outcome.error.code === 'UNSUPPORTED'
        ? `${host} does not allow it${outcome.error.status === 405 ? advice(kind) : (said(outcome.error) ?? advice(kind))}. Nothing was removed.`
        : `${explain(outcome.error)} Nothing was removed.`;
    case 'unverified':
      return `${name} was sent for removal, and that could not be confirmed: ${host} still has it, or does not answer. Look before you try again.`;
    case 'rewritten':
      return `${name} was removed, and somebody wrote it anew meanwhile: it names ${shortDigest(outcome.found)}.`;
  }
}

/** A step, as progress is shown. */
export function describeRemovalStep(step: RemovalStep): string {
  switch (step.kind) {
    case 'survey':
      return step.total === undefined ? `Looking at ${step.done} tags` : `Looking at ${step.done} of ${step.total}`;
    case 'recheck':
      return `Looking again at ${nameOf(step.removal)}`;
    case 'remove':
      return `Removing ${nameOf(step.removal)}`;
    case 'verify':
      return `Seeing that ${nameOf(step.removal)} is gone`;
  }
}

function nameOf({ tag, tags, digest }: Removal): string {
  return tag ?? tags[0] ?? shortDigest(digest);
}

/** The registry's own words for why it keeps this one: GitHub does not delete the last tagged version, nor one of many downloads. */
function said({ detail }: RegistryError): string | undefined {
  return detail === undefined ? undefined : ` (${detail.replace(/\.$/, '')})`;
}

function advice(kind: Removal['kind']): string {
  return kind === 'untag' ? ': it cannot take a tag away alone' : ': deleting is switched off there';
}

function list(tags: readonly string[]): string {
  const shown = tags.slice(0, 5).map(tag => `\`${tag}\``);
  const more = tags.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more tags` : shown.join(', ');
}

/** How many removals ended, in sentences: what is gone, then why others are not. `done`: all of them are gone. */
export function describeCleanUp(
  plan: Pick<RemovalPlan, 'host' | 'removals'>,
  ended: readonly { readonly removal: Removal; readonly outcome: RemovalOutcome }[],
): { readonly done: boolean; readonly sentences: readonly string[] } {
  const isGone = ({ outcome }: (typeof ended)[number]) => outcome.status === 'removed' || outcome.status === 'absent';
  const gone = ended.filter(isGone);
  const tags = gone.reduce((sum, { removal }) => sum + removal.tags.length, 0);
  const others = ended.filter(one => !isGone(one) && one.outcome.status !== 'cancelled');
  const left = plan.removals.length - gone.length - others.length;
  // That nothing was removed is said of one of many, and would read as if of all.
  const why = ({ removal, outcome }: (typeof ended)[number]) =>
    describeRemoval(plan, removal, outcome).replace(/ Nothing was removed\.$/, '');
  const said = [...new Set(others.map(why))];
  const shown = said.slice(0, mostReasons);
  return {
    done: gone.length === plan.removals.length,
    sentences: [
      `${tags} ${tags === 1 ? 'tag is' : 'tags are'} gone.`,
      ...shown,
      ...(said.length > shown.length ? [`${said.length - shown.length} more were not removed either.`] : []),
      ...(left > 0 ? [`${left} ${left === 1 ? 'was' : 'were'} not tried any more.`] : []),
    ],
  };
}
