import { chosenRefEvents } from '../expression/contexts.ts';
import { choice, derived, hole, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Trigger, Workflow } from '../workflow/model.ts';
import { callerEvent } from './events.ts';

/** What `github.ref` of a run is: `refs/heads/…`, `refs/tags/…`, or the merge of a pull request, `refs/pull/N/merge`. */
export type RefKind = 'branch' | 'tag' | 'pullRequest';

/** One way in which a run can begin. Those of one workflow are made once, so they compare by identity. */
export interface Start {
  /** `workflow_call` stands for whatever started the caller. */
  readonly event: string;
  readonly on: RefKind;
  /** The trigger's patterns for the name of the branch or tag, `!` before those that are left out; absent where every name passes. */
  readonly names?: readonly string[];
  /** What `github.event.action` may be; absent where that is not limited. */
  readonly types?: readonly string[];
  /** It can happen but is seldom meant: a run that somebody starts by hand on a tag. */
  readonly seldom?: true;
}

/** Every way in which a workflow's runs begin, after its triggers and their filters; a composite action's as its callers'. */
export function startsOf(workflow: Workflow): readonly Start[] {
  if (workflow.kind === 'action') return callerStarts;
  return workflow.triggers.flatMap(trigger => startsBy(trigger));
}

/** The kinds of reference that runs stand on; those that are seldom meant only where there are no others. */
export function refKinds(starts: readonly Start[]): ReadonlySet<RefKind> {
  const meant = starts.filter(({ seldom }) => !seldom);
  return new Set((meant.length > 0 ? meant : starts).map(({ on }) => on));
}

/** Each event once. */
export function eventsOf(starts: readonly Start[]): readonly string[] {
  const events: string[] = [];
  for (const { event } of starts) if (!events.includes(event)) events.push(event);
  return events;
}

const callerStarts: readonly Start[] = (['branch', 'tag', 'pullRequest'] as const).map(on => ({ event: callerEvent, on }));

/** The activity types with which a pull request starts a run where `types:` does not say. */
const pullRequestTypes = ['opened', 'synchronize', 'reopened'];

function startsBy(trigger: Trigger): readonly Start[] {
  const { event } = trigger;
  const branches = patterns(trigger.branches, trigger.branchesIgnore);
  const tags = patterns(trigger.tags, trigger.tagsIgnore);
  const types = trigger.types.length > 0 ? { types: trigger.types } : {};
  switch (event) {
    case callerEvent:
      return callerStarts;
    case 'push':
      // A filter for one kind alone leaves the other out.
      return [
        ...(branches || !tags ? [{ event, on: 'branch' as const, ...(branches && { names: branches }) }] : []),
        ...(tags || !branches ? [{ event, on: 'tag' as const, ...(tags && { names: tags }) }] : []),
      ];
    case 'pull_request':
    case 'pull_request_review':
    case 'pull_request_review_comment': {
      const action = event === 'pull_request' ? { types: pullRequestTypes, ...types } : types;
      const start: Start = { event, on: 'pullRequest', ...action };
      // After the merge `github.ref` is the base branch.
      return trigger.types.includes('closed')
        ? [start, { event, on: 'branch', types: ['closed'], ...(branches && { names: branches }) }]
        : [start];
    }
    case 'pull_request_target':
      return [{ event, on: 'branch', types: pullRequestTypes, ...types, ...(branches && { names: branches }) }];
    case 'release':
      return [{ event, on: 'tag', ...types }];
    case 'workflow_dispatch':
      return [
        { event, on: 'branch' },
        { event, on: 'tag', seldom: true },
      ];
    case 'create':
    case 'delete':
    case 'deployment':
    case 'deployment_status':
      return [
        { event, on: 'branch', ...types },
        { event, on: 'tag', ...types },
      ];
    default:
      return [{ event, on: 'branch', ...types }];
  }
}

function patterns(named: readonly string[], ignored: readonly string[]): readonly string[] | undefined {
  if (named.length > 0) return named;
  return ignored.length > 0 ? ignored.map(pattern => `!${pattern}`) : undefined;
}

/** `github.ref` and its kin at a start, for conditions; `undefined` for another name. */
export function refValue(name: string, start: Start, at: Span): Template | undefined {
  switch (name) {
    case 'event_name':
      return start.event === callerEvent ? undefined : derived(start.event, at);
    case 'ref_type':
      return derived(start.on === 'tag' ? 'tag' : 'branch', at);
    case 'ref_name':
      return refName(start, at);
    case 'ref':
      return [
        ...derived(start.on === 'tag' ? 'refs/tags/' : start.on === 'branch' ? 'refs/heads/' : 'refs/pull/', at),
        ...refName(start, at),
      ];
    case 'event.action':
      return (
        start.types &&
        choice(
          start.types.map(type => derived(type, at)),
          at,
        )
      );
    default:
      return undefined;
  }
}

function refName({ event, on, names }: Start, at: Span): Template {
  if (on === 'pullRequest') return [...hole('github.event.number', 'integer', at), ...derived('/merge', at)];
  const positive = names?.filter(pattern => !pattern.startsWith('!')) ?? [];
  if (positive.length > 0 && positive.length <= 16)
    return choice(
      positive.map(pattern => patternName(pattern, at)),
      at,
    );
  if (event === 'merge_group') return [...derived('gh-readonly-queue/', at), ...hole('github.ref_name', 'gitRef', at)];
  return hole(nameSource(event), 'gitRef', at, chosenRefEvents.has(event) || event === callerEvent ? 'pusher' : 'trusted');
}

/** Two names that come from one place are equal. */
function nameSource(event: string): string {
  if (event === callerEvent || chosenRefEvents.has(event) || event === 'deployment_status')
    return event === 'release' ? 'github.event.release.tag_name' : 'github.ref_name';
  return event.startsWith('pull_request') ? 'github.base_ref' : 'github.event.repository.default_branch';
}

/** `main` as it is; of `release/**` only the start is known. In GitHub's patterns `?` and `+` belong to the character before them. */
function patternName(pattern: string, at: Span): Template {
  const special = /[*?+[\]\\]/.exec(pattern);
  if (!special) return derived(pattern, at);
  const known = pattern.slice(0, /[?+]/.test(special[0]) ? Math.max(special.index - 1, 0) : special.index);
  return [...derived(known, at), ...hole(`github.ref_name like ${pattern}`, 'gitRef', at, 'pusher')];
}
