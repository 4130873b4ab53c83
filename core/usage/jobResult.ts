import { type Facts, noFacts } from '../image/facts.ts';
import type { Template } from '../image/template.ts';
import type { Returned } from './call.ts';
import type { Known } from './scope.ts';
import type { Start } from './starts.ts';

/** What a job leaves to those that need it. */
export interface JobResult {
  readonly outputs: ReadonlyMap<string, Template>;
  readonly starts: readonly Start[];
  readonly known: Known;
  /** What it checked, where it succeeded. */
  readonly checked: Facts;
}

/** Of a called file that nobody can read. */
export const nothingReturned: Pick<Returned, 'outputs' | 'checked'> = { outputs: new Map(), checked: noFacts };
