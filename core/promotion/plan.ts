import type { CommitRange } from '../git/history.ts';
import type { Digest } from '../image/digest.ts';
import { isTag } from '../image/reference.ts';
import { describeImage, describeManifest, type ImageDetails } from '../registry/describe.ts';
import { RegistryError } from '../registry/errors.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import { checkChildren, checkDirection, checkKind, checkPlatforms, checkTarget } from './checks.ts';
import type { Check, Plan, PlannedRequest, TrailTag } from './model.ts';
import { planTrail } from './trail.ts';

export interface PlanOptions extends RequestOptions {
  /** The clone's answer; absent where there is no git. */
  readonly commitsBetween?: (from: string, to: string, options?: RequestOptions) => Promise<CommitRange>;
  readonly now?: Date;
}

export interface PromotionRequest {
  readonly repository: string;
  /** A tag or a digest. */
  readonly from: string;
  /** The tag to move. */
  readonly to: string;
}

/** Plans a promotion: reads only. Throws a RegistryError (MANIFEST_UNKNOWN where `from` names nothing). */
export function planPromotion(registry: Registry, { repository, from, to }: PromotionRequest, options: PlanOptions = {}): Promise<Plan> {
  return planMove(registry, { kind: 'promote', repository, source: from, tag: to }, options);
}

/** What a promotion and a rollback have in common: one tag, and the image it is to name. */
export async function planMove(
  registry: Registry,
  { kind, repository, source, tag }: Pick<Plan, 'kind' | 'repository' | 'source' | 'tag'>,
  options: PlanOptions,
): Promise<Plan> {
  const { host } = registry;
  if (!isTag(tag)) throw new RegistryError('TAG_INVALID', host, { subject: tag });
  const asked = options.signal ? { signal: options.signal } : {};
  const now = options.now ?? new Date();
  // The source is looked up once; from here on everything goes by its digest.
  const manifest = await registry.manifest(repository, source, asked);
  if (!manifest) throw new RegistryError('MANIFEST_UNKNOWN', host, { subject: name(repository, source) });
  const [next, current] = await Promise.all([
    describeManifest(registry, repository, manifest, asked),
    currentImage(registry, repository, tag, asked),
  ]);
  const common = { version: 1, kind, host, repository, tag, source, next, ...(current && { current }) } as const;
  const expected = current?.digest ?? 'absent';
  const createdAt = now.toISOString();
  const history = await historyOf(current, next, options);
  if (current?.digest === next.digest) {
    return { ...common, expected, alreadyThere: true, history, checks: [], trail: [], requests: [], createdAt };
  }

  const checks: Check[] = [
    checkTarget(tag, current),
    checkKind(next),
    ...(await checkChildren(registry, repository, next, asked)),
    ...checkPlatforms(current, next),
    ...checkDirection(kind, history),
  ];
  const { tags: trail, problems } = await planTrail(registry, repository, tag, current, next, now, asked);
  checks.push(...problems.map((message): Check => ({ id: 'trail', result: 'warning', message })));
  const requests = requestsOf(registry, repository, tag, next.digest, trail);
  return { ...common, expected, alreadyThere: false, history, checks, trail, requests, createdAt };
}

/** The checks that forbid applying the plan. */
export function refusals({ checks }: Plan): readonly Check[] {
  return checks.filter(({ result }) => result === 'refused');
}

async function currentImage(
  registry: Registry,
  repository: string,
  tag: string,
  options: RequestOptions,
): Promise<ImageDetails | undefined> {
  const found = await registry.resolve(repository, tag, options);
  if (!found) return undefined;
  const unknown: ImageDetails = { digest: found.digest, mediaType: found.mediaType, content: 'artifact', platforms: [], children: [] };
  try {
    return (await describeImage(registry, repository, found.digest, options)) ?? unknown;
  } catch (error) {
    // A tag that names something unreadable may still be moved to something better.
    if (error instanceof RegistryError && error.code === 'MANIFEST_INVALID') return unknown;
    throw error;
  }
}

async function historyOf(current: ImageDetails | undefined, next: ImageDetails, options: PlanOptions): Promise<CommitRange> {
  const unknown: CommitRange = { direction: 'unknown', commits: [], total: 0 };
  if (current?.revision === undefined || next.revision === undefined || !options.commitsBetween) return unknown;
  return options.commitsBetween(current.revision, next.revision, options.signal ? { signal: options.signal } : {});
}

function requestsOf(
  registry: Registry,
  repository: string,
  tag: string,
  next: Digest,
  trail: readonly TrailTag[],
): readonly PlannedRequest[] {
  const request = (method: PlannedRequest['method'], reference: string, purpose: string): PlannedRequest => ({
    method,
    url: registry.manifestUrl(repository, reference),
    purpose,
  });
  const bytes = [...new Set([...trail.map(({ digest }) => digest), next])];
  return [
    request('HEAD', tag, `see that \`${tag}\` has not moved`),
    ...bytes.map(digest => request('GET', digest, 'read the exact bytes')),
    ...trail.flatMap(entry => [
      request('HEAD', entry.tag, 'see that the name is free'),
      request('PUT', entry.tag, entry.digest === next ? 'leave a trail' : 'keep the outgoing image findable'),
    ]),
    request('HEAD', tag, 'look again right before the write'),
    request('PUT', tag, `move \`${tag}\``),
    request('GET', tag, 'read it back'),
  ];
}

function name(repository: string, reference: string): string {
  return `${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
}
