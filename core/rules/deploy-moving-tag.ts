import { referenceFlaw } from '../image/flaws.ts';
import { type Mobility, type ReferenceParts, referenceParts, tagMobility } from '../image/mobility.ts';
import { isLinear } from '../image/split.ts';
import { alternatives, display, extent, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { besides, jobUsages, neededJobs, ownBuilds } from '../usage/order.ts';
import { refKinds } from '../usage/starts.ts';
import { isInThrowawayRegistry, makesThrowawayCluster } from '../usage/throwaway.ts';
import type { Build, Deploy, Restart } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { type TagWrite, tagWrites } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { placeOfTag } from './shared/origin.ts';

/** What runs must be named by something that stays: a digest, a commit, a version. */
export const deployMovingTag: Rule = {
  id: 'deploy-moving-tag',
  title: 'A tag that moves is deployed',
  severity: 'warning',
  fixable: true,
  visit: {
    deploy(deploy, context) {
      if (makesThrowawayCluster(deploy.job)) return;
      if (deploy.namedThere) {
        checkRestart(deploy, context);
        return;
      }
      const moving = movingForm(deploy, context);
      if (!moving) return;
      const { reference, parts } = moving;
      const { at, related } = placeOfTag(deploy.reference, parts.tag?.value ?? reference, 'It is deployed here.', context);
      if (isSaidAlready(context, at)) return;
      const tag = parts.tag && display(parts.tag.value);
      const isLatest = tag === undefined || tag === 'latest';
      const fix = useDigest(deploy, reference, parts, context);
      context.report({
        at,
        severity: isLatest && looksLikeProduction(deploy) ? 'error' : 'warning',
        message: message(reference, tag),
        related,
        ...(fix && { fix }),
      });
    },
    restart: (restart, context) => checkRestart(restart, context),
  },
};

/** Something that runs is to run anew, and nothing says with which image. */
function checkRestart(restart: Restart | Deploy, context: RuleContext): void {
  if (makesThrowawayCluster(restart.job)) return;
  const [write, ...others] = movingPushes(restart, context);
  if (!write || isSaidAlready(context, restart.at)) return;
  const name = display(write.reference);
  context.report({
    at: restart.at,
    severity: /:latest$/.test(name) && looksLikeProduction(restart) ? 'error' : 'warning',
    message: `What runs is started anew without being told what to run: each copy takes what \`${name}\`${others.length > 0 ? ' and its like are' : ' is'} when it pulls. Copies may differ, nothing says which image runs, and there is no image to go back to. Deploy the digest that was pushed, or a tag with the commit in it.`,
    related: [write, ...others]
      .slice(0, 4)
      .map(({ place, reference }) => ({ ...place, message: `\`${display(reference)}\` is pushed here.` })),
  });
}

/** Tags that the run pushed again before, what the target is called after first; none where the job names a new image. */
function movingPushes(restart: Restart | Deploy, { usage, path }: RuleContext): readonly TagWrite[] {
  const here = besides(usage, restart);
  const before = here.slice(0, here.indexOf(restart));
  const [what] = restart.target.split(' ');
  if (before.some(other => other.kind === 'deploy' && (other.target === '' || !what || other.target.split(' ')[0] === what))) return [];
  const needed = neededJobs(restart.job, usage.workflow.jobs).flatMap(job => jobUsages(usage, job));
  const pushed = [...before, ...needed]
    .filter(other => other.events.some(event => restart.events.includes(event)))
    .flatMap(other => tagWrites(path, other, usage))
    .filter(({ reference, parts }) => parts.name.length > 0 && !isInThrowawayRegistry(reference));
  const moving = pushed.filter(({ parts }) => parts.tag && tagMobility(parts.tag.value) === 'moving');
  // What a file on a server names may be any of the tags that were pushed.
  if (restart.kind === 'deploy' && moving.length < pushed.length) return [];
  const likeness = ({ parts }: TagWrite) => commonWords(display(parts.name), restart.target);
  return [...moving].sort((a, b) => likeness(b) - likeness(a));
}

function commonWords(a: string, b: string): number {
  const words = new Set(b.toLowerCase().split(/[^a-z0-9]+/));
  return a
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word.length > 2 && words.has(word)).length;
}

interface Form {
  readonly reference: Template;
  readonly parts: ReferenceParts;
}

/** The first of a deployed reference's forms that names a moving tag. */
function movingForm(deploy: Deploy, context: RuleContext): Form | undefined {
  return alternatives(deploy.reference.template)
    .map(reference => ({ reference, parts: referenceParts(reference) }))
    .filter(({ reference }) => referenceFlaw(reference)?.kind !== 'tagCharacter')
    .find(({ parts }) => !parts.digest && !parts.open && parts.name.length > 0 && mobility(parts, deploy, context) === 'moving');
}

function message(reference: Template, tag: string | undefined): string {
  const name = display(reference);
  // Of an image that only a manifest elsewhere names, the tag is all that can be said.
  const moving = name.startsWith('(')
    ? `The tag \`${tag}\` is deployed, which is pushed again.`
    : `\`${name}\` is deployed by a tag that is pushed again.`;
  const start = tag === undefined ? `\`${name}\` has no tag, so \`latest\` is deployed.` : moving;
  const harm =
    'What runs depends on when each node pulls, a new push changes nothing that runs already, and rolling back deploys the same name.';
  return `${start} ${harm} Deploy the digest, or a tag with the commit in it.`;
}

function mobility({ tag }: ReferenceParts, deploy: Deploy, _context: RuleContext): Mobility {
  if (!tag) return 'moving';
  const [only] = tag.value;
  // As a tag, `github.ref` has lost its `refs/heads/`: what holds a `/` is none.
  if (tag.value.length === 1 && only?.kind === 'hole' && /^github\.ref(?:_name)?$/i.test(only.source)) {
    // A branch name moves, a git tag's does not: the triggers say which it is.
    const kinds = refKinds(deploy.starts);
    return kinds.size === 1 && kinds.has('branch') ? 'moving' : 'unknown';
  }
  return tagMobility(tag.value);
}

const production = /(?:^|[^a-z])(?:prod|production|prd|live)(?:[^a-z]|$)/i;

function looksLikeProduction({ job, step, target }: Deploy | Restart): boolean {
  return [job.id.value, job.name?.value, job.environment?.value, step.name?.value, target].some(
    text => text !== undefined && production.test(text),
  );
}

/** Suggests the digest that a build of this job, or of a job it needs, gives out for the same repository. */
function useDigest(
  deploy: Deploy,
  reference: Template,
  { name, tag }: ReferenceParts,
  { usage, text }: RuleContext,
): Problem['fix'] | undefined {
  const span = tag ? tagSpan(tag.colon, tag.value) : endOf(reference);
  // In a step written in braces, an expression's own braces would be YAML's.
  if (!span || text[deploy.step.span.start] === '{') return undefined;
  const builds = ownBuilds(usage).filter(other => other.pushes !== false && buildsRepository(other, name));
  const own = builds.find(build => build.job === deploy.job && build.digest && build.step.index < deploy.step.index);
  const expression = own?.digest ?? neededDigest(builds, deploy.job, text);
  if (!expression) return undefined;
  return { title: `Deploy \`\${{ ${expression} }}\``, safe: false, edits: [{ span, text: `@\${{ ${expression} }}` }] };
}

function buildsRepository(build: Build, name: Template): boolean {
  return build.tags.some(({ template }) => alternatives(template).some(option => display(referenceParts(option).name) === display(name)));
}

/** `needs.build.outputs.digest`, where a needed job passes its build's digest on. */
function neededDigest(builds: readonly Build[], job: Job, text: string): string | undefined {
  for (const { job: builder, digest } of builds) {
    if (!digest || !job.needs.some(({ value }) => value === builder.id.value)) continue;
    for (const [output, { value }] of builder.outputs?.entries ?? []) {
      if (text.slice(value.span.start, value.span.end).includes(digest)) return `needs.${builder.id.value}.outputs.${output}`;
    }
  }
  return undefined;
}

/** The `:` and the tag, where both are written at the place of use. */
function tagSpan(colon: Template, tag: Template): Span | undefined {
  const [first] = colon;
  if (first?.kind !== 'text' || !isLinear(first)) return undefined;
  return extent([...colon, ...tag]);
}

function endOf(reference: Template): Span | undefined {
  const last = reference.at(-1);
  return last?.kind === 'text' && isLinear(last) && literal([last]) !== '' ? { start: last.at.end, end: last.at.end } : undefined;
}
