// The user's own VS Code, without touching the user's profile: data and extensions are in folders of ours.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { quietWorkbench } from './editorHost.mjs';
import { Trouble } from './steps.mjs';

/** The `code` on the PATH; in a terminal of a remote VS Code that one opens files only, so there it does not count. */
export function findDesktop() {
  const { VSCODE_IPC_HOOK_CLI, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY, PATH = '' } = process.env;
  if (VSCODE_IPC_HOOK_CLI || (process.platform === 'linux' && (SSH_CONNECTION || !(DISPLAY || WAYLAND_DISPLAY)))) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  return PATH.split(delimiter)
    .map(folder => join(folder, name))
    .find(path => existsSync(path));
}

/** Opens `folder`; `ended` resolves when its window is closed, `stop` closes it. */
export async function openDesktop({ command, dataDir, extensionsDir, settings, folder }) {
  mkdirSync(join(dataDir, 'User'), { recursive: true });
  const all = { ...quietWorkbench, 'security.workspace.trust.enabled': false, ...settings };
  writeFileSync(join(dataDir, 'User', 'settings.json'), `${JSON.stringify(all, null, 2)}\n`);
  const lock = join(dataDir, 'code.lock');
  rmSync(lock, { force: true });
  const args = [
    '--user-data-dir',
    dataDir,
    '--extensions-dir',
    extensionsDir,
    '--disable-workspace-trust',
    '--new-window',
    '--wait',
    folder,
  ];
  if (process.getuid?.() === 0) args.unshift('--no-sandbox');
  const child = spawn(command, args, { stdio: 'ignore', shell: process.platform === 'win32' });
  const ended = new Promise((resolve, reject) => {
    child.on('error', error => reject(new Trouble(`${command} could not be started (${error.code}). Try: npm start -- --browser`)));
    child.on('exit', resolve);
  });
  // The launcher only waits; the editor itself is another process, whose id it leaves in its data folder.
  const close = () => {
    child.kill();
    try {
      process.kill(Number(readFileSync(lock, 'utf8')));
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', close);
  return { ended, stop: close };
}
