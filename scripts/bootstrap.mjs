// What every script does first, with Node's own modules only: on a fresh clone nothing else is there yet.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolNode } from './node24.mjs';
import { npm } from './npm.mjs';
import { step, Trouble } from './steps.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Makes node_modules what package-lock.json says; does nothing where it already is. */
export async function dependencies() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Trouble(
      `Tallyman needs Node 20.19 or newer; this is ${process.version}. Install a newer one (https://nodejs.org) and run this again.`,
    );
  }
  if (!areFresh()) await step('Installing the dependencies (npm ci)', () => npm(['ci', '--ignore-scripts'], root));
}

/** Every package of the lock file is installed in that version; optional ones (other platforms') may be absent. */
function areFresh() {
  try {
    const packagesOf = file => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
    const installed = packagesOf('node_modules/.package-lock.json');
    return Object.entries(packagesOf('package-lock.json')).every(
      ([path, { version, optional }]) => path === '' || installed[path]?.version === version || (optional && !installed[path]),
    );
  } catch {
    return false;
  }
}

/**
 * Runs a package's program (`vitest`, `@biomejs/biome`) under a Node that it accepts, with our terminal; answers its exit code.
 * `output` 'pipe' keeps its stdout and stderr from the terminal and hands them to `onOutput`.
 */
export async function runTool(packageName, args, { env = {}, onOutput, bin } = {}) {
  const node = await toolNode();
  const folder = join(root, 'node_modules', packageName);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const program = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin ?? packageName.split('/').at(-1)];
  return runNode(node, [join(folder, program), ...args], { env, onOutput });
}

/** Runs `node` with `args` in the repository; answers the exit code. */
export function runNode(node, args, { env = {}, onOutput } = {}) {
  const child = spawn(node, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  if (onOutput) {
    child.stdout.on('data', chunk => onOutput(String(chunk)));
    child.stderr.on('data', chunk => onOutput(String(chunk)));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}
