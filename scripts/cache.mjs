import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Trouble } from './steps.mjs';

/** Where tools that are no part of the repository are kept: TALLYMAN_CACHE, else the platform's cache folder. */
export function cacheFolder() {
  const named = process.env.TALLYMAN_CACHE;
  if (named) return named;
  if (process.platform === 'win32' && process.env.LOCALAPPDATA) return join(process.env.LOCALAPPDATA, 'tallyman');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'tallyman');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tallyman');
}

/**
 * The folder `name` in the cache, filled by `fill(folder)` the first time. It is filled beside its place and renamed when whole, so
 * a run that was interrupted leaves nothing that looks finished.
 */
export async function cached(name, fill) {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}.part`;
  try {
    mkdirSync(unfinished, { recursive: true });
  } catch (error) {
    throw new Trouble(`${cacheFolder()} cannot be written (${error.code}). Set TALLYMAN_CACHE to a folder that can.`);
  }
  try {
    await fill(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
