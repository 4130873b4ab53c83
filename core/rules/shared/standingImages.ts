import { match } from '../../image/match.ts';
import { referenceParts, tagMobility, tagOf } from '../../image/mobility.ts';
import { alternatives, derived, display, hole, literal, type Template } from '../../image/template.ts';
import type { Place } from '../../text/span.ts';
import type { Start } from '../../usage/starts.ts';
import { makesThrowawayCluster } from '../../usage/throwaway.ts';
import type { TagRead, TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';
import { formMobility, pushStartsOf } from './pushed.ts';
import { ecrName, readsAt, writesAt } from './repositorySettings.ts';

type Context = Pick<RuleContext, 'workspace' | 'path'>;

/** An image of a repository that has to stay: something runs it, or finds it by a name that everybody knows. */
export interface StandingImage {
  readonly tag: Template;
  /** The policy names it; an existing image is given the name; it is built anew under it; it runs under it. */
  readonly how: 'policy' | 'promoted' | 'built' | 'deployed';
  /** The tags that it surely has, once for each build that it may come from. */
  readonly origins: readonly (readonly Template[])[];
  readonly place?: Place;
  /** How the runs begin that put it there; empty where that is not known. */
  readonly starts: readonly Start[];
  readonly path?: string;
}

/** The tags of one build, which are on one image. */
export interface BuiltImage {
  readonly tags: readonly Template[];
  readonly path: string;
  readonly starts: readonly Start[];
  readonly place: Place;
}

/** What the workflows build and push to a repository of Amazon ECR, image by image. */
export function builtAt(name: Template, context: Context): readonly BuiltImage[] {
  const images = new Map<object, { tags: Template[]; path: string; starts: readonly Start[]; place: Place }>();
  for (const write of writesAt(name, context)) {
    if (write.usage.kind === 'retag') continue;
    // `docker push` of one image under two names is two usages of one step.
    const key = write.usage.kind === 'push' ? write.usage.step : write.usage;
    const tag = tagOf(write.parts, write.item.span);
    const known = images.get(key);
    if (known) known.tags.push(tag);
    else images.set(key, { tags: [tag], path: write.path, starts: pushStartsOf(write.usage), place: write.place });
  }
  return [...images.values()];
}

/** The images of a repository that have to stay, as far as the workspace tells: the surest first. */
export function standingAt(name: Template, context: Context): readonly StandingImage[] {
  const built = builtAt(name, context);
  const promoted = writesAt(name, context).flatMap(write => promotion(write, name, built, context));
  const deployed = readsAt(name, context)
    .filter(({ usage }) => usage.kind === 'deploy' && !makesThrowawayCluster(usage.calledJob ?? usage.job))
    .map(read => deployment(read, built));
  const moving = built.flatMap(image => image.tags.flatMap(tag => branchTag(tag, image)));
  return [...named(name, context, [...promoted, ...moving]), ...promoted, ...deployed, ...moving];
}

/** Environments of the policy that are in this repository: it says so, or the tag is written here. */
function named(name: Template, { workspace: { policy } }: Context, known: readonly StandingImage[]): readonly StandingImage[] {
  const at = name[0]?.at ?? { start: 0, end: 0 };
  const whole = [...hole('(the account’s ECR registry)', 'unknown', at), ...derived('/', at), ...name];
  return policy.environments.flatMap(({ repositories, tag, aliases }) =>
    [tag, ...aliases].flatMap((one): readonly StandingImage[] => {
      const written = known.find(image => literal(image.tag) === one);
      const isHere = repositories.length > 0 ? policy.environmentOf(whole, one) !== undefined : written !== undefined;
      if (!isHere) return [];
      return [{ origins: [[derived(one, at)]], starts: [], ...written, tag: derived(one, at), how: 'policy' }];
    }),
  );
}

/** An existing image of the repository gets a name that moves: it is as old as its first push. */
function promotion(write: TagWrite, name: Template, built: readonly BuiltImage[], context: Context): readonly StandingImage[] {
  const { usage } = write;
  if (usage.kind !== 'retag' || usage.others?.length) return [];
  const starts = usage.starts.filter(isLasting);
  if (!starts.some(start => formMobility(write, start) !== 'immutable')) return [];
  const sources = alternatives(usage.from.template);
  // What comes from another repository is pushed here anew.
  if (!sources.every(source => isIn(source, name, write.path, context.path))) return [];
  const tag = tagOf(write.parts, write.item.span);
  const own = sources.flatMap(source => referenceParts(source).tag?.value ?? []);
  const isNamed = sources.length === 1 && own.length > 0 && stays(own);
  const origins = built.filter(image => image.starts.some(isLasting)).map(image => [tag, ...image.tags.filter(stays)]);
  return [
    {
      tag,
      how: 'promoted',
      origins: isNamed ? [[tag, own]] : origins.length > 0 ? origins : [[tag]],
      place: write.place,
      starts,
      path: write.path,
    },
  ];
}

/** A manifest that a file or variable holds was read from the same repository. */
function isIn(source: Template, name: Template, path: string, from: string): boolean {
  const own = ecrName(source);
  if (!own) return source.length === 1 && source[0]?.kind === 'hole';
  return match(own, name, path === from ? 'run' : 'repository') === 'same';
}

function deployment(read: TagRead, built: readonly BuiltImage[]): StandingImage {
  const tag = tagOf(read.parts, read.item.span);
  const isDigest = read.parts.digest !== undefined;
  const siblings = built.filter(
    ({ tags, starts }) => starts.some(isLasting) && (isDigest || tags.some(other => match(other, tag) === 'same')),
  );
  const origins = siblings.map(({ tags }) => (isDigest ? tags.filter(stays) : [tag, ...tags.filter(stays)]));
  return {
    tag: isDigest ? (read.parts.digest ?? tag) : tag,
    how: 'deployed',
    origins: origins.length > 0 ? origins : isDigest ? [] : [[tag]],
    place: read.place,
    starts: read.usage.starts,
    path: read.path,
  };
}

/** A tag that moves leaves the image when the next is built. */
function stays(tag: Template): boolean {
  return tagMobility(tag) === 'immutable';
}

/** A name that pushes to a branch move: `latest`, `main`. */
function branchTag(tag: Template, image: BuiltImage): readonly StandingImage[] {
  const known = literal(tag);
  const starts = image.starts.filter(({ event, on }) => event === 'push' && on === 'branch');
  if (known === undefined || starts.length === 0 || passing.test(known) || !moving.test(known)) return [];
  return [{ tag, how: 'built', origins: [image.tags], place: image.place, starts, path: image.path }];
}

/** Names of builds that nobody relies on, and of caches. */
const passing = /^(?:pr|pull|mr|preview|test|snapshot|nightly|tmp|temp|ci)(?:$|[-_.])|cache/i;
/** Names that stand for a line of releases or a place. */
const moving = /^(?:latest|main|master|trunk|stable|release|prod|production|prd|live|staging|stage|stg|v?\d+(?:\.\d+)?)$/i;

/** Runs for others than the pull request that is built. */
export function isLasting({ on, event }: Start): boolean {
  return on !== 'pullRequest' && event !== 'pull_request_target';
}

/** A standing image's name as a message has it. */
export function standingName({ tag }: StandingImage): string {
  return `\`${display(tag)}\``;
}
