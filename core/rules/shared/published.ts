import { besides } from '../../usage/order.ts';
import type { Build } from '../../usage/usage.ts';
import type { RuleContext } from '../rule.ts';
import { cachesOf } from './cacheEntry.ts';

/** Whether others get what is built: it is pushed, by the build or later in the job, or its layers go to a cache. */
export function leavesTheMachine(build: Build, { usage }: RuleContext): boolean {
  if (build.pushes !== false || build.byDigest || cachesOf(build, usage).length > 0) return true;
  const all = besides(usage, build);
  return all.slice(all.indexOf(build) + 1).some(use => use.kind === 'push' || (use.kind === 'retag' && use.remote));
}
