import type { LifecyclePolicy } from '../../ecrPolicy/lifecycle.ts';
import { display, type Template } from '../../image/template.ts';
import type { Place, Span } from '../../text/span.ts';
import { mobilityAt } from '../../usage/mobility.ts';
import type { TagWrite } from '../../workspace/tagFlow.ts';
import type { Problem, RuleContext } from '../rule.ts';
import { pushedForm } from './pushedForm.ts';
import { cachesAt, writesAt } from './repositorySettings.ts';
import { builtAt } from './standingImages.ts';

type Where = Pick<RuleContext, 'workspace' | 'path'>;

/** What is left behind in the repository `name`, where no rule of its policy is about that. */
export function untaggedLeft({ rules }: LifecyclePolicy, name: Template, at: Span, where: Where): Problem | undefined {
  if (rules.some(({ selection, storage }) => storage === 'standard' && selection?.status !== 'tagged')) return undefined;
  const left = leftAt(name, where);
  return (
    left && {
      at,
      message: `${left.when} in \`${display(name)}\` without a tag, and no rule of this policy expires those: they pile up and are paid for. Add a rule for \`"tagStatus": "untagged"\`, with as many days as you may want to go back.`,
      related: [{ ...left.place, message: 'It is pushed here.' }],
    }
  );
}

interface Left {
  /** What leaves something behind and when, as the start of a sentence. */
  readonly when: string;
  readonly place: Place;
}

/** A tag that is the only one of its image and is written again, a cache, or an index, whose parts have no tags of their own. */
function leftAt(name: Template, where: Where): Left | undefined {
  const moved = builtAt(name, where).find(({ tags, starts }) =>
    tags.every(tag => starts.some(start => mobilityAt(tag, start) === 'moving')),
  );
  if (moved) return { when: `Each time \`${display(moved.tags[0] ?? [])}\` is written again, the image before stays`, place: moved.place };
  const cache = cachesAt(name, where).find(({ usage }) => usage.kind === 'cacheExport');
  if (cache) {
    const tag = cache.parts.tag?.value ?? cache.reference;
    return { when: `Each time \`${display(tag)}\` is written again, the cache before stays`, place: cache.place };
  }
  const index = writesAt(name, where).find(write => isIndex(write, where));
  return index && { when: 'When an index expires or its tag is written again, the images of its platforms stay', place: index.place };
}

function isIndex({ path, usage }: TagWrite, { workspace }: Where): boolean {
  if (usage.kind === 'retag') return (usage.others?.length ?? 0) > 0;
  const file = workspace.usages(path).find(({ sequence }) => sequence.includes(usage));
  return usage.kind === 'build' && file !== undefined && pushedForm(usage, file, workspace) === 'index';
}
