import { spawn } from 'node:child_process';

/** Opens the address in the user's browser; false where there is none to open it in. */
export function openBrowser(address) {
  const { platform, env } = process;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY && !env.BROWSER) return Promise.resolve(false);
  const [command, ...args] =
    platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : platform === 'darwin' ? ['open'] : ['xdg-open'];
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  return new Promise(resolve => {
    child.on('error', () => resolve(false));
    child.on('exit', code => resolve(code === 0));
    // A launcher that becomes the browser does not end.
    setTimeout(() => {
      child.unref();
      resolve(true);
    }, 2000).unref();
  });
}
