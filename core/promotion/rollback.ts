import { type Digest, shortDigest } from '../image/digest.ts';
import { RegistryError } from '../registry/errors.ts';
import type { Registry } from '../registry/registry.ts';
import type { Ledger } from './ledger.ts';
import type { Check, Expected, Plan } from './model.ts';
import { type PlanOptions, planMove } from './plan.ts';
import { pointerOf } from './pointer.ts';
import { readTrail, type TrailEntry } from './trail.ts';

export interface RollbackRequest {
  readonly repository: string;
  readonly tag: string;
  /** Where to: a tag or a digest. Absent: the ledger's predecessor of what was last written. */
  readonly to?: string;
}

export type RollbackPlan =
  /** `because` says why this image was chosen; `lastWritten` is what the ledger expects the tag to name. */
  | { readonly status: 'planned'; readonly plan: Plan; readonly because: string; readonly lastWritten?: Digest }
  /** The ledger knows no way back: these are the trail tags, newest first, to choose `to` from. */
  | { readonly status: 'choose'; readonly current: Expected; readonly trail: readonly TrailEntry[] }
  /** Someone else moved the tag after the ledger's last entry, so its predecessor is not the ledger's. */
  | { readonly status: 'moved'; readonly lastWritten: Digest; readonly found: Expected; readonly trail: readonly TrailEntry[] };

/** Plans a rollback: reads only. Throws a RegistryError, or a LedgerError where the ledger cannot be read. */
export async function planRollback(
  registry: Registry,
  { repository, tag, to }: RollbackRequest,
  ledger: Ledger,
  options: PlanOptions = {},
): Promise<RollbackPlan> {
  const asked = options.signal ? { signal: options.signal } : {};
  const entries = await ledger.entries({ host: registry.host, repository, tag });
  const current: Expected = (await registry.resolve(repository, tag, asked))?.digest ?? 'absent';
  const { lastWritten, predecessors, rolledBack } = pointerOf(entries, current);
  const known = lastWritten === undefined ? {} : { lastWritten };
  const planTo = (source: string) => planMove(registry, { kind: 'rollback', repository, source, tag }, options);

  if (to !== undefined) {
    const plan = await planTo(to);
    if (!rolledBack.has(plan.next.digest)) return { status: 'planned', plan, because: 'It was named.', ...known };
    const message = `The ledger says that \`${tag}\` was rolled back from ${shortDigest(plan.next.digest)} before.`;
    const check: Check = { id: 'target', result: 'warning', message };
    return { status: 'planned', plan: { ...plan, checks: [...plan.checks, check] }, because: 'It was named.', ...known };
  }
  const trail = () => readTrail(registry, repository, tag, current, rolledBack, asked);
  if (lastWritten === undefined) return { status: 'choose', current, trail: await trail() };
  if (lastWritten !== current) return { status: 'moved', lastWritten, found: current, trail: await trail() };
  for (const { digest, left } of predecessors) {
    try {
      const plan = await planTo(digest);
      return {
        status: 'planned',
        plan,
        because: `\`${tag}\` named it before the move of ${left.time.slice(0, 16).replace('T', ' ')} UTC, as the ledger says.`,
        ...known,
      };
    } catch (error) {
      // Lifecycle rules and cleaners take images away: the one before it may still be there.
      if (!(error instanceof RegistryError && error.code === 'MANIFEST_UNKNOWN')) throw error;
    }
  }
  return { status: 'choose', current, trail: await trail() };
}
