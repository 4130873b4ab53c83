import type { ActionAdapter } from '../stepReader.ts';
import { buildPush } from './buildPush.ts';
import { fileCaches } from './fileCache.ts';
import { metadata } from './metadata.ts';
import { checkout, ecrLogin, login, setupBuildx } from './small.ts';

/** Every action that is understood. */
const adapters: readonly ActionAdapter[] = [buildPush, metadata, login, ecrLogin, checkout, setupBuildx, ...fileCaches];

const byName = new Map(adapters.flatMap(adapter => adapter.names.map(name => [name, adapter] as const)));

/** The adapter for `owner/name@version`, whatever the version. */
export function actionAdapter(uses: string): ActionAdapter | undefined {
  return byName.get((uses.split('@')[0] ?? '').trim().toLowerCase());
}
