import type { Span } from '../../text/span.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { isInThrowawayRegistry } from '../../usage/throwaway.ts';
import type { Item, Pull, Push, Retag } from '../../usage/usage.ts';
import { imageBehind } from '../../workspace/lineage.ts';
import { type TagWrite, tagWrites } from '../../workspace/tagFlow.ts';

/** An image of a registry that gets a name in a registry. */
export interface Copy {
  readonly from: Item;
  readonly write: TagWrite;
  /** The command that gives the name: of a pull, a tag and a push the tag. */
  readonly at: Span;
  readonly usage: Push | Retag;
  /** It comes through the machine, by this pull. */
  readonly pull?: Pull;
  /** The retag that says what the name is for. */
  readonly retag: Retag;
}

const byFile = new WeakMap<WorkflowUsage, readonly Copy[]>();

/** Every copy of one image that a workflow makes, in the order in which they happen; what is merged of several is none. */
export function copiesOf(file: WorkflowUsage): readonly Copy[] {
  const before = byFile.get(file);
  if (before) return before;
  const found = file.sequence.some(({ kind }) => kind === 'retag') ? collect(file) : [];
  byFile.set(file, found);
  return found;
}

function collect(file: WorkflowUsage): readonly Copy[] {
  return file.sequence.flatMap((usage): readonly Copy[] => {
    if (usage.kind === 'retag') {
      if (!usage.remote || usage.others?.length) return [];
      return writesOf(usage, file).map(write => ({ from: usage.from, write, at: usage.at, usage, retag: usage }));
    }
    return usage.kind === 'push' ? writesOf(usage, file).flatMap(write => throughMachine(usage, write, file)) : [];
  });
}

function writesOf(usage: Push | Retag, file: WorkflowUsage): readonly TagWrite[] {
  return tagWrites(file.workflow.path, usage, file).filter(({ reference }) => !isInThrowawayRegistry(reference));
}

function throughMachine(usage: Push, write: TagWrite, file: WorkflowUsage): readonly Copy[] {
  const behind = imageBehind(write, file);
  const pull = behind.at(-1);
  const [retag] = behind;
  if (pull?.kind !== 'pull' || retag?.kind !== 'retag' || isInThrowawayRegistry(pull.reference.template)) return [];
  return [{ from: pull.reference, write, at: retag.at, usage, pull, retag }];
}
