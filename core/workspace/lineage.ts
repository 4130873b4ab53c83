import { match, matchNames } from '../image/match.ts';
import { type ReferenceParts, referenceParts, tagOf } from '../image/mobility.ts';
import { alternatives } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { besides } from '../usage/order.ts';
import type { Item, Usage } from '../usage/usage.ts';
import type { TagWrite } from './tagUses.ts';

/**
 * The usages that made a written image in its job, from the write backwards: `docker tag` after `docker tag`, up to the build or the
 * pull. A build that pushes has made it itself.
 */
export function imageBehind(write: TagWrite, file: WorkflowUsage): readonly Usage[] {
  const { usage } = write;
  if (usage.kind === 'build') return [usage];
  const all = besides(file, usage);
  const chain: Usage[] = [];
  let wanted = usage.kind === 'retag' ? parts(usage.from)[0] : write.parts;
  for (let index = all.indexOf(usage) - 1; index >= 0 && wanted; index--) {
    const before = all[index] as Usage;
    if (!makes(before, wanted)) continue;
    chain.push(before);
    wanted = before.kind === 'retag' ? parts(before.from)[0] : undefined;
  }
  return chain;
}

function makes(usage: Usage, wanted: ReferenceParts): boolean {
  const made = usage.kind === 'build' ? usage.tags : usage.kind === 'retag' ? [usage.to] : usage.kind === 'pull' ? [usage.reference] : [];
  return made.some(item => parts(item).some(one => isSame(one, wanted)));
}

/** Without a tag the builder and the registry read `latest`. */
function isSame(a: ReferenceParts, b: ReferenceParts): boolean {
  if (matchNames(a.name, b.name, 'job') !== 'same') return false;
  if (a.digest || b.digest) return match(a.digest ?? [], b.digest ?? [], 'job') === 'same';
  return match(tagOf(a), tagOf(b), 'job') === 'same';
}

const known = new WeakMap<Item, readonly ReferenceParts[]>();

function parts(item: Item): readonly ReferenceParts[] {
  const found = known.get(item) ?? alternatives(item.template).map(referenceParts);
  known.set(item, found);
  return found;
}
