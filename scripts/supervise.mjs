// `node supervise.mjs COMMAND ARG…`, leader of its own process group: runs the command, and ends the whole group when its channel to
// the parent closes. See processes.mjs.
import { spawn, spawnSync } from 'node:child_process';

/** How long the group may take to end by itself before it is killed, in milliseconds. */
const patience = 3000;
const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
let ending = false;

function end() {
  if (ending) return;
  ending = true;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    process.exit(0);
  }
  process.on('SIGTERM', () => undefined);
  process.kill(-process.pid, 'SIGTERM');
  child.once('exit', () => killGroup());
  setTimeout(killGroup, patience);
}

/** Whatever the command left behind goes with it, and so do we. */
function killGroup() {
  process.kill(-process.pid, 'SIGKILL');
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
process.on('disconnect', end);
child.on('error', error => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', code => {
  if (!ending) process.exitCode = code ?? 1;
  if (!ending) process.disconnect?.();
});
