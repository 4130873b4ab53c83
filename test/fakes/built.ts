import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
const sources = ['core', 'protocol', 'server', 'cli', 'client', 'docs/rules', 'esbuild.mjs', 'package-lock.json'];

interface Bundle {
  readonly entry: string;
  readonly out: string;
  readonly external: readonly string[];
  readonly forbid: readonly RegExp[];
}

/** What esbuild.mjs exports. */
export interface Bundler {
  readonly bundles: readonly Bundle[];
  bundle(one: Bundle & { readonly minify?: boolean }): Promise<unknown>;
  gatherRulePages(out: string): Promise<void>;
}

export async function bundler(): Promise<Bundler> {
  return (await import(pathToFileURL(join(root, 'esbuild.mjs')).href)) as Bundler;
}

/** The path of `dist/<name>.js`, bundled anew when a source is newer. Several test files may ask at once: each writes aside and renames. */
export async function built(name: 'server' | 'cli' | 'program' | 'extension' | 'undici' | 'aws' | 'github' | 'action'): Promise<string> {
  // Read beside those who need them, when they do.
  if (name === 'cli') await built('program');
  if (name === 'program') await built('undici');
  if (name === 'program' || name === 'extension') await Promise.all([built('aws'), built('github')]);
  if (name === 'action') await built('cli');
  const out = join(root, 'dist', `${name}.js`);
  const made = statSync(out, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made > Math.max(...sources.map(newest))) return out;
  const { bundle, bundles, gatherRulePages } = await bundler();
  const wanted = bundles.find(one => basename(one.out) === `${name}.js`);
  if (!wanted) throw new Error(`esbuild.mjs has no bundle ${name}`);
  const aside = await mkdtemp(join(root, '.tsbuild', `${name}-`));
  await bundle({ ...wanted, out: join(aside, `${name}.js`) });
  if (name !== 'undici' && name !== 'aws' && name !== 'github') await gatherRulePages(join(aside, 'rulePages.json'));
  for (const file of readdirSync(aside)) await rename(join(aside, file), join(root, 'dist', file));
  await rm(aside, { recursive: true });
  return out;
}

/** Milliseconds of the newest file below a source folder, or of the file itself. */
function newest(source: string): number {
  const path = join(root, source);
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path, { recursive: true, encoding: 'utf8' }).map(name => statSync(join(path, name)).mtimeMs));
}
