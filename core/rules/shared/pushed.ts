import type { Mobility } from '../../image/mobility.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { givenWith } from '../../usage/given.ts';
import { mobilityAt } from '../../usage/mobility.ts';
import type { Start } from '../../usage/starts.ts';
import { isInThrowawayRegistry } from '../../usage/throwaway.ts';
import type { Build, Item, Push, Retag } from '../../usage/usage.ts';
import { type TagWrite, tagWrites } from '../../workspace/tagUses.ts';

/** A reference that a job pushes, with all its forms. */
export interface Pushed {
  readonly usage: Build | Push | Retag;
  readonly item: Item;
  readonly forms: readonly TagWrite[];
  /** The starts with which it is pushed, and whether an expression or a branch of a script decides even then. */
  readonly starts: readonly Start[];
  readonly perhaps: boolean;
}

const byFile = new WeakMap<WorkflowUsage, readonly Pushed[]>();

/** Everything that a workflow pushes to registries that last, in the order in which it happens, with what it calls. */
export function pushedBy(file: WorkflowUsage): readonly Pushed[] {
  const before = byFile.get(file);
  if (before) return before;
  const found = file.sequence.flatMap(usage => {
    const items = new Map<Item, TagWrite[]>();
    for (const write of tagWrites(file.workflow.path, usage, file)) {
      if (isInThrowawayRegistry(write.reference)) continue;
      const forms = items.get(write.item);
      if (forms) forms.push(write);
      else items.set(write.item, [write]);
    }
    return [...items].map(([item, forms]): Pushed => {
      // `tagWrites` gives uses of these kinds alone.
      const pushing = usage as Build | Push | Retag;
      const given = givenWith(item.template, pushStartsOf(pushing));
      return { usage: pushing, item, forms, starts: given.starts, perhaps: given.perhaps || pushing.conditional };
    });
  });
  byFile.set(file, found);
  return found;
}

/** The starts with which a usage pushes. */
export function pushStartsOf(usage: Build | Push | Retag): readonly Start[] {
  return (usage.kind === 'build' ? usage.pushStarts : undefined) ?? usage.starts;
}

/** Mobility of what is pushed at a start; several forms that differ are unknown. */
export function pushedMobility({ forms }: Pushed, start: Start): Mobility {
  const found = new Set(forms.map(form => formMobility(form, start)));
  const [only] = found;
  return found.size === 1 && only ? only : 'unknown';
}

export function formMobility({ parts }: TagWrite, start: Start): Mobility {
  if (parts.digest) return 'immutable';
  // A list that nobody took apart.
  if (parts.tag?.value.some(part => part.kind === 'text' && /[\s,]/.test(part.text))) return 'unknown';
  if (parts.tag) return mobilityAt(parts.tag.value, start);
  return parts.open ? 'unknown' : 'moving';
}

/** A start that people mean: not a run that somebody starts by hand on a git tag. */
export function isMeant({ seldom }: Start): boolean {
  return !seldom;
}
