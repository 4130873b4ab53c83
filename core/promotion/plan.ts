import type { CommitRange } from '../git/history.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { Plan } from './model.ts';

export interface PlanOptions extends RequestOptions {
  /** The clone's answer; absent where there is no git. */
  readonly commitsBetween?: (from: string, to: string, options?: RequestOptions) => Promise<CommitRange>;
  readonly now?: Date;
}

export interface PromotionRequest {
  readonly repository: string;
  /** A tag or a digest. */
  readonly from: string;
  /** The tag to move. */
  readonly to: string;
}

/** Plans a promotion: reads only. Throws a RegistryError (MANIFEST_UNKNOWN where `from` names nothing). */
export declare function planPromotion(registry: Registry, request: PromotionRequest, options?: PlanOptions): Promise<Plan>;
