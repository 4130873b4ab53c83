import { matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { isAfterJob, neededJobs } from '../usage/order.ts';
import { isInThrowawayRegistry } from '../usage/throwaway.ts';
import type { Build } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { type Environments, environmentsOf, isOfEnvironment } from './shared/environments.ts';
import { callsItselfPromotion, isByHand, isDeployment } from './shared/promotion.ts';
import { leavesTheMachine } from './shared/published.ts';
import { difference } from './shared/sameBuild.ts';
import { stageOf } from './shared/stages.ts';

/** A second build of one commit is another image: other base layers, other packages, other digest. */
export const promoteRebuilds: Rule = {
  id: 'promote-rebuilds',
  title: 'What goes to production is built again instead of copied',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const { sequence, environments } = context.usage;
      if (environments.size === 0 && !/prod|live|promot/i.test(context.text)) return;
      // What a called workflow builds is said of its own file.
      for (const use of sequence) if (use.kind === 'build' && !use.calledJob) check(use, context);
    },
  },
};

function check(build: Build, context: RuleContext): void {
  if (build.conditional || asksFirst(build) || isThrownAway(build) || !leavesTheMachine(build, context)) return;
  const own = environmentsOf(build.job, context);
  if (own?.several && !isOfEnvironment(build, own) && (isNamed(own) || deploys(build, context))) reportEach(build, own, context);
  else if (isForProduction(build, own, context)) {
    const before = earlierBuild(build, context);
    if (before) reportAgain(build, before, context);
  }
}

/** Whether something is asked before it is built: whether the image is there, whether a build is wanted at all. */
function asksFirst({ step, job, calledJob }: Build): boolean {
  const condition = step.if?.value.replace(
    /\b(?:success|always|cancelled|failure)\(\)|github\.event_name\s*[!=]=\s*'\w+'|[\s!&|(){}$]/g,
    '',
  );
  return (condition !== undefined && condition !== '') || [job, calledJob].some(one => /\boutputs\b/.test(one?.if?.value ?? ''));
}

function reportEach(build: Build, { names, several }: Environments, context: RuleContext): void {
  if (isSaidAlready(context, build.at)) return;
  const production = names.find(name => stageOf(name) === 'production');
  const before = names.find(name => name !== production && stageOf(name) !== 'production');
  const known = production && before;
  const runs = known
    ? `what runs in \`${production}\` is never what ran in \`${before}\``
    : 'what runs in one is never what was tested in the other';
  context.report({
    at: build.at,
    ...(several === 'perhaps' && { severity: 'info' }),
    message: `Each environment gets an image of its own, built anew from the same code: ${runs}. Packages and base images may have changed in between. Build once, deploy the digest that was tested, and give each environment its settings when it starts.`,
    ...(build.job.environment && { related: [{ span: build.job.environment.span, message: 'The environment is chosen here.' }] }),
  });
}

/** Whether the names say that one of the environments is production; others may be steps of a release. */
function isNamed({ names }: Environments): boolean {
  return names.some(name => stageOf(name) === 'production');
}

/** The job itself makes something run, or one that comes after it. */
function deploys({ job }: Build, { usage }: RuleContext): boolean {
  return usage.sequence.some(use => isDeployment(use) && (use.job === job || isAfterJob(use.job, job, usage.workflow.jobs)));
}

function isThrownAway({ tags }: Build): boolean {
  return tags.length > 0 && tags.every(({ template }) => alternatives(template).every(isInThrowawayRegistry));
}

interface Earlier {
  readonly path: string;
  readonly build: Build;
}

function reportAgain(build: Build, { path, build: other }: Earlier, context: RuleContext): void {
  if (isSaidAlready(context, build.at)) return;
  context.report({
    at: build.at,
    message:
      'The image is built again for production. What was built and tested before stays behind, and what runs is another image: packages and base images may have changed in between. Give the digest that was tested its new name instead: `crane tag`, `docker buildx imagetools create`, `skopeo copy --all`.',
    related: [{ ...(other.within ?? { path, span: other.at }), message: 'It was built here before.' }],
  });
}

/** Whether a build's environment or tags are those of production, or its job says that it promotes. */
function isForProduction(build: Build, environments: Environments | undefined, { usage }: RuleContext): boolean {
  const names = [...(environments?.names ?? []), ...tagsOf(build)];
  if (names.some(name => stageOf(name) === 'before')) return false;
  return names.some(name => stageOf(name) === 'production') || isNamedForProduction(build, usage);
}

function isNamedForProduction(build: Build, file: WorkflowUsage): boolean {
  const tags = tagsOf(build);
  return tags.some(name => stageOf(name) === 'production') || (tags.length > 0 && callsItselfPromotion(file, build.job));
}

function isForTests(build: Build, path: string, context: RuleContext): boolean {
  const file = context.workspace.usage(path);
  const environments = file && environmentsOf(build.job, { ...context, path, usage: file });
  return [...(environments?.names ?? []), ...tagsOf(build)].some(name => stageOf(name) === 'before');
}

function tagsOf({ tags }: Build): readonly string[] {
  return tags.flatMap(({ template }) => alternatives(template).map(form => display(referenceParts(form).tag?.value ?? [])));
}

/** A build of the same image of the same commit that comes before: in a job that this one needs, or in a workflow for tests. */
function earlierBuild(build: Build, context: RuleContext): Earlier | undefined {
  const { usage, workspace, path } = context;
  const needed = new Set(neededJobs(build.job, usage.workflow.jobs));
  const here = usage.sequence.find(
    (other): other is Build => other.kind === 'build' && needed.has(other.job) && isBefore(build, other, 'run', usage, context),
  );
  if (here) return { path, build: here };
  // An environment alone may be there for the secrets of a release.
  if (!isOfItsOwn(build) || !(isNamedForProduction(build, usage) || deploys(build, context))) return undefined;
  for (const other of [...workspace.paths()].sort()) {
    const file = other === path ? undefined : workspace.usage(other);
    const found = file?.usages.find(
      (one): one is Build =>
        one.kind === 'build' &&
        one.starts.some(start => start.event === 'push' && start.on === 'branch' && isMain(start.names)) &&
        (isForTests(one, other, context) || callsItselfPromotion(usage, build.job)) &&
        isBefore(build, one, 'repository', file, context),
    );
    if (found) return { path: other, build: found };
  }
  return undefined;
}

/** Started by hand or for a release, and never by the push to a branch, which brings another commit. */
function isOfItsOwn({ starts, job }: Build): boolean {
  const isBranch = starts.some(({ event, on }) => event === 'push' && on === 'branch');
  return !isBranch && starts.some(start => isByHand(start) || start.on === 'tag') && !namesBranch(job.if?.value);
}

function isMain(names: readonly string[] | undefined): boolean {
  return !names || names.some(name => /^(?:main|master|trunk)$/.test(name));
}

function isBefore(build: Build, other: Build, nearness: 'run' | 'repository', file: WorkflowUsage, context: RuleContext): boolean {
  if (other.conditional || namesBranch(other.job.if?.value) || !leavesTheMachine(other, { ...context, usage: file })) return false;
  const apart = difference(build, other, nearness);
  return apart !== 'image' && apart !== 'platform' && isOneRepository(build, other);
}

function namesBranch(condition: string | undefined): boolean {
  return /\bgithub\.(?:ref|ref_name|head_ref|base_ref)\b/.test(condition ?? '');
}

/** Both go to one repository, or to one of the same name in another registry. */
function isOneRepository(a: Build, b: Build): boolean {
  const names = ({ tags }: Build) => tags.flatMap(({ template }) => alternatives(template).map(form => referenceParts(form).name));
  return names(a).some(one =>
    names(b).some(other => matchNames(one, other, 'run') === 'same' || (last(one) !== '' && last(one) === last(other))),
  );
}

function last(name: ReturnType<typeof referenceParts>['name']): string {
  const end = name.at(-1);
  return end?.kind === 'text' && end.text.includes('/') ? end.text.slice(end.text.lastIndexOf('/') + 1) : '';
}
