// Child processes that never outlive us: each runs in a process group of its own under supervise.mjs, which ends the group when we
// ask, and also when we are gone without a word (SIGKILL, a crash), because its channel to us closes then.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const supervisor = join(dirname(fileURLToPath(import.meta.url)), 'supervise.mjs');
const running = new Set();

/** Starts `command`, in a group that ends with us. `onOutput` gets its stdout and stderr; `stop` resolves when all of it has ended. */
export function start(command, args, { cwd, env = process.env, onOutput = () => undefined } = {}) {
  const child = spawn(process.execPath, [supervisor, command, ...args], {
    cwd,
    env,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  running.add(child);
  child.stdout.on('data', chunk => onOutput(String(chunk)));
  child.stderr.on('data', chunk => onOutput(String(chunk)));
  const ended = new Promise(resolve => {
    child.on('error', resolve);
    // Not 'close', which does not come any more once the channel was closed from this side.
    child.on('exit', resolve);
  }).finally(() => running.delete(child));
  const stop = () => {
    if (child.connected) child.disconnect();
    return ended;
  };
  return { ended, stop };
}

/** Ends every process that was started here. */
export async function stopAll() {
  await Promise.all(
    [...running].map(child => {
      if (child.connected) child.disconnect();
      return child.exitCode !== null || child.signalCode !== null ? undefined : new Promise(resolve => child.on('exit', resolve));
    }),
  );
}

/** Runs `cleanUp` once when we are asked to end (Ctrl-C, SIGTERM, a closed terminal), then ends with the signal's exit code. */
export function onInterrupt(cleanUp) {
  let asked = false;
  const end = async code => {
    if (asked) return;
    asked = true;
    try {
      await cleanUp();
    } finally {
      process.exit(code);
    }
  };
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) process.on(signal, () => end(code));
  // A SIGTERM to npm ends the shell between npm and us, which does not pass it on: we only see that we have another parent.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && end(143), 300).unref();
}
