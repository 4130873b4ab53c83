import { liveDrift } from './live-drift.ts';
import { liveExpiring } from './live-expiring.ts';
import { liveImmutableConflict } from './live-immutable-conflict.ts';
import { livePlatformMissing } from './live-platform-missing.ts';
import { liveTagMissing } from './live-tag-missing.ts';
import { liveTagStale } from './live-tag-stale.ts';
import { liveUnsigned } from './live-unsigned.ts';
import type { LiveRule } from './rule.ts';

/** Every rule about what registries hold, in the order of docs/rules.md. The command line asks no registry, so it runs none of them. */
export const liveRules: readonly LiveRule[] = [
  liveTagMissing,
  liveTagStale,
  livePlatformMissing,
  liveUnsigned,
  liveImmutableConflict,
  liveDrift,
  liveExpiring,
];
