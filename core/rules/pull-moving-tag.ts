import { match, matchNames } from '../image/match.ts';
import { type ReferenceParts, referenceParts, tagMobility } from '../image/mobility.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import { besides, jobUsages, neededJobs } from '../usage/order.ts';
import { isInThrowawayRegistry } from '../usage/throwaway.ts';
import type { Item, Pull, Usage } from '../usage/usage.ts';
import { type TagWrite, tagWrites } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { placeOfTag } from './shared/origin.ts';

/** What a run tests or packages is its own build, or one that it names: not whatever was pushed last. */
export const pullMovingTag: Rule = {
  id: 'pull-moving-tag',
  title: 'A job works with whatever image was pushed last',
  severity: 'warning',
  fixable: false,
  visit: {
    pull(pull, context) {
      // Service and job containers are tools beside the work; a pull that may fail only spares work.
      if (pull.purpose !== 'use' || pull.failure === 'ignored') return;
      const moving = alternatives(pull.reference.template)
        .map(reference => ({ reference, parts: referenceParts(reference) }))
        .find(({ reference, parts }) => isMoving(parts) && !isInThrowawayRegistry(reference));
      const write = moving && builtHere(moving.parts, context);
      if (!write || isOwnWork(pull, moving.reference, moving.parts, context)) return;
      const { at, related } = placeOfTag(pull.reference, moving.parts.tag?.value ?? moving.reference, 'It is pulled here.', context);
      if (isSaidAlready(context, at)) return;
      context.report({
        at,
        message: `\`${display(moving.reference)}\` is whatever was pushed there last, by any run. ${consequence(pull)} Pull the tag of the commit that is meant, or the digest that a job before gave out.`,
        related: [...related, { ...write.place, message: 'The image is pushed here.' }],
      });
    },
  },
};

function isMoving({ name, tag, digest, open }: ReferenceParts): boolean {
  return !digest && !open && name.length > 0 && tag !== undefined && tagMobility(tag.value) === 'moving';
}

/** Where the workspace builds the image, or pushes what it built. */
function builtHere({ name }: ReferenceParts, { workspace, path }: RuleContext): TagWrite | undefined {
  return workspace.flow.writesTo(name, 'same', path).find(({ usage }) => usage.kind !== 'retag');
}

/** The run moved the tag itself, the pull is for the layers of a build, or it is a promotion, which is told by other rules. */
function isOwnWork(pull: Pull, reference: Template, { name }: ReferenceParts, { usage, path }: RuleContext): boolean {
  const here = besides(usage, pull);
  const index = here.indexOf(pull);
  const before = [...here.slice(0, index), ...neededJobs(pull.job, usage.workflow.jobs).flatMap(job => jobUsages(usage, job))];
  if (before.some(other => other.kind === 'opaque' || gives(other, reference, path))) return true;
  return here.slice(index + 1).some(other => {
    if (other.kind === 'build') return other.tags.some(item => names(item, name));
    if (other.kind === 'cacheImport') return names(other.entry, name);
    if (other.kind === 'deploy') return names(other.reference, name);
    return other.kind === 'retag' && match(other.from.template, reference, 'job') === 'same' && promotes(other.to);
  });
}

/** It made the image on this machine, or pushed the tag. */
function gives(other: Usage, reference: Template, path: string): boolean {
  const local = other.kind === 'build' ? other.tags : other.kind === 'retag' ? [other.to] : [];
  return [...local.map(({ template }) => template), ...tagWrites(path, other).map(write => write.reference)].some(
    made => match(made, reference, 'run') !== 'never',
  );
}

/** A reference to the repository, also inside a cache entry. */
function names({ template }: Item, name: Template): boolean {
  return alternatives(template).some(
    form => matchNames(referenceParts(form).name, name, 'job') === 'same' || display(form).includes(display(name)),
  );
}

function promotes({ template }: Item): boolean {
  return alternatives(template).some(form => isMoving(referenceParts(form)));
}

function consequence({ events }: Pull): string {
  return events.some(event => event.startsWith('pull_request'))
    ? 'A pull request that was cut from an older commit is tested against somebody else’s build.'
    : 'A run that started earlier, or is started again, works with another image than its commit’s.';
}
