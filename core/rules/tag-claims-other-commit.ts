import { match } from '../image/match.ts';
import { referenceParts, tagMobility } from '../image/mobility.ts';
import { split, splitOnce } from '../image/split.ts';
import { alternatives, display, extent, type HolePart, holes, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { type BuildSource, buildSource, type Commit, commitOf, commitsOf, isPullRequest } from '../usage/commits.ts';
import { givenWith } from '../usage/given.ts';
import { besides, jobUsages, neededJobs, ofKind } from '../usage/order.ts';
import type { Build, Item, Retag, Usage } from '../usage/usage.ts';
import type { Step, Workflow } from '../workflow/model.ts';
import { tagWrites } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext, type Severity } from './rule.ts';
import { placeOf, stepAt } from './shared/origin.ts';

/** A name with a commit in it is a promise of what the image was made from. */
export const tagClaimsOtherCommit: Rule = {
  id: 'tag-claims-other-commit',
  title: 'An image is named after a commit that it was not built from',
  severity: 'error',
  fixable: false,
  visit: {
    build(build, context) {
      if (build.pushes !== false) checkBuild(build, build.tags, build.pushEvents ?? build.events, context);
    },
    push(push, context) {
      if (!ofKind(besides(context.usage, push), 'build').some(({ pushes }) => pushes === false)) return;
      for (const write of tagWrites(context.path, push, context.usage)) {
        const build = context.workspace.flow.origin(write).at(-1);
        if (build?.kind !== 'build' || build.pushes !== false) continue;
        const named = build.tags.filter(({ template }) => match(template, write.reference, 'job') === 'same');
        const events = push.events.filter(event => build.events.includes(event));
        checkBuild(build, named.length > 0 ? named : [write.item], events, context);
      }
    },
    retag: (retag, context) => checkCopy(retag, context),
  },
};

function checkBuild(build: Build, tags: readonly Item[], events: readonly string[], context: RuleContext): void {
  const items = [...tags, ...build.labels, ...build.buildArgs].flatMap(hashed);
  if (items.length === 0) return;
  for (const event of events) {
    const source = buildSource(build, event, context.usage);
    if (!source) continue;
    const names = items.flatMap(item => claims(item, build, event, context));
    // Where a name is wrong, so is the label that came with it.
    const written = names.filter(({ made }) => made !== 'label');
    if (!compare(written, source, event, context)) compare(names, source, event, context);
  }
}

/** A hash in a name, and the commits that it may be. */
interface Claim {
  readonly at: Span;
  readonly related: NonNullable<Problem['related']>;
  readonly part: HolePart;
  readonly commits: ReadonlySet<Commit>;
  /** By docker/metadata-action. */
  readonly made?: 'tag' | 'label';
}

/** Whether one of them is wrong. */
function compare(all: readonly Claim[], source: BuildSource, event: string, context: RuleContext): boolean {
  let wrong = false;
  for (const claim of all) {
    const found = mismatch(source.commits, claim.commits, event);
    // Nobody wrote the labels: they come with every use of the action.
    const severity = found && claim.made === 'label' ? 'info' : found;
    if (!severity) continue;
    wrong = true;
    if (isSaidAlready(context, claim.at)) continue;
    const { checkout } = source;
    context.report({
      at: claim.at,
      severity,
      message: message(source, claim, event),
      related: [...claim.related, ...(checkout ? [{ span: checkout.ref?.span ?? checkout.at, message: 'This is what is built.' }] : [])],
    });
  }
  return wrong;
}

/** One tag, label or build argument that holds a hash. */
interface Hashed extends Item {
  /** What holds it, perhaps in one of several forms. */
  readonly parts: Template;
  readonly part: HolePart;
}

function hashed({ template, span }: Item): readonly Hashed[] {
  if (!holes(template).some(isHash)) return [];
  return split(template, /[\n,]/).flatMap(one => {
    const parts = one.filter(part => part.kind !== 'text' && holes([part]).some(isHash));
    const [part] = holes(parts).filter(isHash);
    return part && parts.length === 1 ? [{ template: one, span, parts, part }] : [];
  });
}

/** What a hash says, where it is there with the event. */
function claims({ template, span, parts, part }: Hashed, { starts }: Build, event: string, context: RuleContext): readonly Claim[] {
  const { workflow } = context.usage;
  const commits = commitsOf(parts, event);
  if (!commits || !givenWith(template, starts).starts.some(start => start.event === event)) return [];
  const made = metadataStep(part, workflow);
  if (!made) return [{ ...placeOf({ template: parts, span: extent(parts) ?? span }, context.path), part, commits }];
  const at = (commits.has('head') && headVariable(made, workflow)) || part.via[0]?.span || span;
  return [{ at, related: [], part, commits, made: literal(template.slice(0, 1))?.startsWith('org.opencontainers.') ? 'label' : 'tag' }];
}

function isHash({ shape }: HolePart): boolean {
  return shape === 'sha40' || shape === 'shortSha';
}

/** The step of docker/metadata-action that made a value. */
function metadataStep({ via }: HolePart, workflow: Workflow): Step | undefined {
  const step = via[0] && stepAt(via[0].span, workflow);
  return step?.uses && /metadata-action|docker-meta/i.test(step.uses.value) ? step : undefined;
}

/** Where metadata-action is told to take a pull request's head for its commit. */
function headVariable(step: Step, { jobs, env }: Workflow): Span | undefined {
  const job = jobs.find(({ steps }) => steps.includes(step));
  for (const level of [step.env, job?.env, env]) {
    const entry = level?.entries.get('DOCKER_METADATA_PR_HEAD_SHA');
    if (entry) return { start: entry.key.span.start, end: entry.value.span.end };
  }
  return undefined;
}

function mismatch(built: ReadonlySet<Commit>, claimed: ReadonlySet<Commit>, event: string): Severity | undefined {
  if (claimed.has('checkedOut') || built.has('checkedOut')) return undefined;
  const others = [...built].filter(commit => !claimed.has(commit));
  if (others.length === 0) return undefined;
  // A merge of the head differs from it by what the base has meanwhile.
  if (built.has('run') && claimed.has('head')) return event === 'pull_request_target' ? 'error' : 'info';
  // Who names the commit may name the run's own, and the finished run may have been the newest.
  if (others.every(commit => commit === 'named' || commit === 'finished') || claimed.has('finished')) return 'warning';
  return others.length === built.size ? 'error' : 'warning';
}

function message({ commits }: BuildSource, { part, commits: claimed, made }: Claim, event: string): string {
  const [built = 'run'] = [...commits].filter(commit => !claimed.has(commit));
  const name = made === 'label' ? 'the label that docker/metadata-action gives it' : 'its name';
  return `In a run for \`${event}\` the image is built from ${called(built, event)}, but ${name} says ${called([...claimed][0] ?? 'run', event, part.source)}. Whoever looks up that commit finds other code than runs. Take the name from what is checked out, \`git rev-parse HEAD\`, or check out the commit that is named.`;
}

function called(commit: Commit, event: string, source = 'github.sha'): string {
  if (commit === 'head') return 'the head of the pull request';
  if (commit === 'pull') return 'a pull request';
  if (commit === 'finished') return 'the commit of the run that finished';
  if (commit === 'named') return 'the commit that an input names';
  if (event === 'pull_request_target') return `\`${source}\`, the newest commit of the base branch`;
  if (isPullRequest(event)) return `\`${source}\`, a merge of both branches`;
  return event === 'workflow_run' ? `\`${source}\`, the newest commit of the default branch` : `\`${source}\``;
}

/** An image that moves gets the name of a commit, though nothing in the run built it from that. */
function checkCopy(retag: Retag, context: RuleContext): void {
  const tag = alternatives(target(retag)).flatMap(form => referenceParts(form).tag?.value ?? []);
  const [claim] = holes(tag).filter(part => isHash(part) && commitOf(part) !== undefined);
  const from = alternatives(retag.from.template).find(form => isMoving(form));
  if (!claim || !from || isMadeBefore(retag, from, context)) return;
  const { at, related } = placeOf({ template: [claim], span: claim.at }, context.path);
  if (isSaidAlready(context, at)) return;
  context.report({
    at,
    severity: 'warning',
    message: `\`${display(from)}\` is whatever was pushed there last, and nothing in this run built it. Here it is named after the commit \`${claim.source}\`: whoever looks up that commit finds other code than runs. Copy the image of that commit, or give the copy a name without it.`,
    related,
  });
}

/** A quote too many makes one argument of both names. */
function target({ to }: Retag): Template {
  return splitOnce(to.template, ' ')?.[0] ?? to.template;
}

function isMoving(reference: Template): boolean {
  const { tag, digest, open, name } = referenceParts(reference);
  return !digest && !open && name.length > 0 && (tag === undefined || tagMobility(tag.value) === 'moving');
}

/** A build, a copy or something that is not understood may have made the image, in the job or in one that it needs. */
function isMadeBefore(retag: Retag, from: Template, { usage }: RuleContext): boolean {
  const here = besides(usage, retag);
  const own = here.slice(0, here.indexOf(retag));
  const needed = neededJobs(retag.job, usage.workflow.jobs);
  if (needed.some(({ uses }) => uses !== undefined)) return true;
  // An image of this machine that was not pulled was made here in some way.
  if (!retag.remote && !own.some(other => other.kind === 'pull' && match(other.reference.template, from) !== 'never')) return true;
  return [...own, ...needed.flatMap(job => jobUsages(usage, job))].some(other => makes(other, from));
}

function makes(other: Usage, reference: Template): boolean {
  if (other.kind === 'opaque') return true;
  if (other.kind === 'build') return other.tags.some(({ template }) => match(template, reference) !== 'never');
  // Another copy of the same image makes no new one.
  return other.kind === 'retag' && match(other.from.template, reference) !== 'same' && match(target(other), reference) !== 'never';
}
