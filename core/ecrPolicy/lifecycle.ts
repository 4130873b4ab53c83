import type { Template } from '../image/template.ts';
import type { Located, Span } from '../text/span.ts';
import { type Certainty, matchesPattern, patternCertainty, surest } from './wildcard.ts';

/** Which images a rule is about. */
export type Selection =
  | { readonly status: 'untagged' | 'any' }
  /** An image is meant that has, for each of the patterns, a tag that matches it. */
  | { readonly status: 'tagged'; readonly patterns: readonly Located<string>[] };

export type CountType = 'imageCountMoreThan' | 'sinceImagePushed' | 'sinceImagePulled' | 'sinceImageTransitioned';

/** One rule of a lifecycle policy. What is `undefined` a variable decides. */
export interface LifecycleRule {
  readonly priority: number | undefined;
  readonly description?: string;
  readonly selection: Selection | undefined;
  readonly storage: 'standard' | 'archive';
  readonly countType: CountType | undefined;
  /** Images that stay, or days. */
  readonly count: number | undefined;
  readonly action: 'expire' | 'archive' | undefined;
  /** The whole rule in the policy's text. */
  readonly span: Span;
}

/** Rules in the order of their priorities, the first one first. */
export interface LifecyclePolicy {
  readonly rules: readonly LifecycleRule[];
}

/** What is known of an image from its tags alone. */
export interface KnownImage {
  /** It surely has these, at least one. */
  readonly tags: readonly Template[];
  /** It may have these too. */
  readonly perhaps?: readonly Template[];
}

/** A rule that may remove an image once it is old enough, or enough newer ones are there. */
export interface Threat {
  readonly rule: LifecycleRule;
  /** Whether the rule is about the image: whatever its tags are, or with some of them, or where no earlier rule is. */
  readonly certainty: Exclude<Certainty, 'never'>;
}

/**
 * The rules that may remove an image. They are asked in the order of their priorities, and the first that is about the image keeps it from
 * all later ones: an image that meets the tagging requirements of a rule is never expired by one of lower priority.
 */
export function threats({ rules }: LifecyclePolicy, image: KnownImage): readonly Threat[] {
  const found: Threat[] = [];
  // Whose turn it is, nobody knows.
  if (rules.length > 1 && rules.some(({ priority }) => priority === undefined)) return found;
  let isOpen = false;
  for (const rule of rules) {
    if (rule.storage === 'archive') continue;
    const certainty = isAbout(rule, image);
    if (certainty === 'never') continue;
    isOpen ||= certainty === 'perhaps';
    if (rule.action !== undefined) found.push({ rule, certainty: isOpen ? 'perhaps' : certainty });
    if (certainty === 'surely') break;
  }
  return found;
}

/** Whether a rule's selection takes an image, as far as its tags are known. */
export function isAbout({ selection }: LifecycleRule, { tags, perhaps = [] }: KnownImage): Certainty {
  if (!selection) return 'perhaps';
  if (selection.status !== 'tagged') return selection.status === 'any' || tags.length === 0 ? 'surely' : 'never';
  const each = selection.patterns.map(({ value }) =>
    surest([
      ...tags.map(tag => patternCertainty(value, tag)),
      ...perhaps.map(tag => (patternCertainty(value, tag) === 'never' ? 'never' : 'perhaps')),
    ]),
  );
  if (each.includes('never')) return 'never';
  return each.includes('perhaps') ? 'perhaps' : 'surely';
}

/** Whether the rule asks for a tag by its whole name: such a tag is on one image at a time, so a count of them is never exceeded. */
export function asksForOneTag({ selection }: LifecycleRule): boolean {
  return selection?.status === 'tagged' && selection.patterns.some(({ value }) => !value.includes('*'));
}

/** Whether the rule is about all images, or all that have a tag. */
export function isAboutAll({ selection }: LifecycleRule): boolean {
  return selection?.status === 'any' || (selection?.status === 'tagged' && selection.patterns.every(({ value }) => /^\*+$/.test(value)));
}

/** Thresholds that nobody reaches: such a rule is written to keep images from the later ones. */
const manyImages = 999;
const manyDays = 5 * 365;

/** Whether the rule removes nothing in practice. */
export function isKeeping(rule: LifecycleRule): boolean {
  const { countType, count } = rule;
  if (count === undefined) return false;
  return countType === 'imageCountMoreThan' ? count >= manyImages || (count >= 1 && asksForOneTag(rule)) : count >= manyDays;
}

/** An image of a repository, as the registry tells of it. */
export interface RegistryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: Date;
  readonly pulledAt?: Date;
  /** When it was moved to the archive; absent for one that is not there. */
  readonly archivedAt?: Date;
  /** An index of the repository points at it, which keeps it. */
  readonly isChild?: boolean;
}

export interface Verdict {
  readonly image: RegistryImage;
  readonly rule: LifecycleRule;
  readonly action: 'expire' | 'archive';
}

const day = 24 * 60 * 60 * 1000;

/**
 * What a policy does to the images of a repository at a time, in the order of the images. As Amazon ECR evaluates: all rules look at all
 * images, also at those that an earlier rule takes; each image is taken by the first rule that it belongs to, or by none. A rule of which
 * a variable decides something takes nothing.
 */
export function evaluate({ rules }: LifecyclePolicy, images: readonly RegistryImage[], now: Date): readonly Verdict[] {
  const owned = new Map<RegistryImage, LifecycleRule>();
  const taken = new Map<RegistryImage, Verdict>();
  for (const rule of rules) {
    const selected = images.filter(image => selects(rule, image));
    for (const image of overdue(rule, selected, now))
      if (!owned.has(image) && !image.isChild && rule.action) taken.set(image, { image, rule, action: rule.action });
    for (const image of selected) if (!owned.has(image)) owned.set(image, rule);
  }
  return images.flatMap(image => taken.get(image) ?? []);
}

/** Whether a rule is about an image: its storage class and its tags. */
export function selects({ selection, storage }: LifecycleRule, { tags, archivedAt }: RegistryImage): boolean {
  if ((archivedAt !== undefined) !== (storage === 'archive') || !selection) return false;
  if (selection.status !== 'tagged') return selection.status === 'any' || tags.length === 0;
  return selection.patterns.every(({ value }) => tags.some(tag => matchesPattern(value, tag)));
}

/** Those beyond the rule's count, or older than its days; images are counted from the youngest push on. */
function overdue({ countType, count }: LifecycleRule, selected: readonly RegistryImage[], now: Date): readonly RegistryImage[] {
  if (count === undefined || countType === undefined) return [];
  if (countType === 'imageCountMoreThan') {
    return [...selected].sort((a, b) => b.pushedAt.getTime() - a.pushedAt.getTime()).slice(count);
  }
  const since = ({ pushedAt, pulledAt, archivedAt }: RegistryImage) =>
    countType === 'sinceImagePulled' ? (pulledAt ?? pushedAt) : countType === 'sinceImageTransitioned' ? archivedAt : pushedAt;
  return selected.filter(image => (since(image)?.getTime() ?? Number.POSITIVE_INFINITY) < now.getTime() - count * day);
}
