// The program of action.yml: what a workflow gives as inputs, as a command line for the program beside it.
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { argumentsOf } from './actionInputs.ts';

const given = argumentsOf(process.env);
if (typeof given === 'string') {
  process.stdout.write(`::error::${given}\n`);
  process.exitCode = 2;
} else {
  const { args, folder } = given;
  const { status, signal, error } = spawnSync(process.execPath, [join(__dirname, 'cli.js'), ...args], {
    cwd: folder,
    stdio: 'inherit',
    // A runner starts it once and is gone.
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  if (error) process.stdout.write('::error::Tallyman could not be started: the folder of `working-directory` must be there.\n');
  process.exitCode = status ?? (signal ? 128 + constants.signals[signal] : 2);
}
