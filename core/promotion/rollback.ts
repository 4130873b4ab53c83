import type { Digest } from '../image/digest.ts';
import type { Registry } from '../registry/registry.ts';
import type { Ledger } from './ledger.ts';
import type { Expected, Plan } from './model.ts';
import type { PlanOptions } from './plan.ts';

export interface RollbackRequest {
  readonly repository: string;
  readonly tag: string;
  /** Where to: a tag or a digest. Absent: the ledger's predecessor of what was last written. */
  readonly to?: string;
}

/** A trail tag of the tag that is rolled back: somewhere it may have been. */
export interface TrailEntry {
  readonly tag: string;
  /** `YYYY-MM-DD`, from the name. */
  readonly day: string;
  readonly digest: Digest;
  /** It is where the tag is now, or the ledger says that it was rolled back from. */
  readonly note?: 'current' | 'rolledBack';
}

export type RollbackPlan =
  /** `because` says why this image was chosen; `lastWritten` is what the ledger expects the tag to name. */
  | { readonly status: 'planned'; readonly plan: Plan; readonly because: string; readonly lastWritten?: Digest }
  /** The ledger knows no way back: these are the trail tags, newest first, to choose `to` from. */
  | { readonly status: 'choose'; readonly current: Expected; readonly trail: readonly TrailEntry[] }
  /** Someone else moved the tag after the ledger's last entry, so its predecessor is not the ledger's. */
  | { readonly status: 'moved'; readonly lastWritten: Digest; readonly found: Expected; readonly trail: readonly TrailEntry[] };

/** Plans a rollback: reads only. Throws a RegistryError. */
export declare function planRollback(
  registry: Registry,
  request: RollbackRequest,
  ledger: Ledger,
  options?: PlanOptions,
): Promise<RollbackPlan>;
