import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome, Plan, Step } from './model.ts';

export interface ApplyOptions extends RequestOptions {
  readonly ledger: Ledger;
  /** Told as each step begins. */
  readonly onStep?: (step: Step) => void;
  readonly now?: () => Date;
}

/**
 * Applies a plan: looks again, writes the trail, moves the tag, reads it back, records. Throws a RegistryError for trouble
 * before the tag was written, and a LedgerError when the move cannot be recorded, before anything is written.
 */
export declare function applyPlan(plan: Plan, registry: Registry, options: ApplyOptions): Promise<Outcome>;
