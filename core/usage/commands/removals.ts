import { referenceParts } from '../../image/mobility.ts';
import { alternatives } from '../../image/template.ts';
import { isEcrHost } from '../ecr.ts';
import { unseenRemoval } from '../upkeep.ts';
import type { Fact, Item } from '../usage.ts';
import { chosenBefore, isGiven } from './chosen.ts';
import type { CommandLine, Flags } from './flags.ts';
import type { Call, Verb } from './program.ts';
import { inRegistry, repositoryOf } from './references.ts';

/** What is removed: the one that is named, or, where an earlier command gave the name, those that it chose. */
export function remove(tool: string, reference: Item, call: Call): Fact {
  const given = alternatives(reference.template).some(form => {
    const { tag, digest } = referenceParts(form);
    return isGiven(digest ?? tag?.value ?? []);
  });
  const chosen = given ? chosenBefore(call, isEcrHost(reference.template)) : undefined;
  if (!chosen) return { kind: 'delete', tool, at: reference.span, reference };
  return { kind: 'delete', tool, at: call.at, reference: repositoryOf(reference), removal: chosen };
}

/** Images of a repository that are not named where they are removed. */
export function removeSome(tool: string, repository: Item, call: Call): Fact {
  // Amazon ECR refuses to remove what an index points at.
  const removal = chosenBefore(call, isEcrHost(repository.template)) ?? unseenRemoval;
  return { kind: 'delete', tool, at: call.at, reference: repository, removal };
}

/** A verb that removes the references that it is given: all its words, unless `references` picks them. */
export function removes(
  tool: string,
  names: readonly string[],
  flags: Flags,
  references = (line: CommandLine): readonly Item[] => line.positionals,
): Verb {
  return {
    names,
    flags,
    read: (line, call) =>
      references(line)
        .flatMap(item => inRegistry(item) ?? [])
        .map(reference => remove(`${tool} ${call.verb}`, reference, call)),
  };
}
