import { spawn } from 'node:child_process';
import { Trouble } from './steps.mjs';

const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;
const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'];

/** Runs npm in `folder`, silent while it goes well; answers its stdout. Trouble is one sentence that says what to do. */
export async function npm(args, folder) {
  const { code, stdout, stderr } = await runNpm([...args, '--no-audit', '--no-fund', '--loglevel=error', ...patience], folder);
  if (code === 0) return stdout;
  const why = unreachable.exec(stderr)?.[1];
  if (why) {
    throw new Trouble(
      `The npm registry cannot be reached (${why}). Connect to the network, or tell npm of your proxy (npm config set proxy …), and run this again.`,
    );
  }
  const lines = stderr.split('\n').filter(line => line.trim() && !/complete log|A complete log/.test(line));
  throw new Trouble(`npm ${args[0]} failed:\n${lines.slice(-15).join('\n')}\nMend that and run this again.`);
}

function runNpm(args, folder) {
  // Under `npm run`, npm tells where it is; run it with the same Node. The Windows launcher is a .cmd, which only a shell can start.
  const own = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined;
  const command = own ? process.execPath : 'npm';
  const child = spawn(command, own ? [own, ...args] : args, {
    cwd: folder,
    env: withoutOuterNpm(),
    shell: !own && process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.on('error', () => reject(new Trouble('npm is not on the PATH. Install it with Node (https://nodejs.org) and run this again.')));
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
}

/** An npm inside `npm run` would take the outer one's folder and package for its own. */
function withoutOuterNpm() {
  const outer =
    /^(npm_(package|lifecycle|command)|npm_config_(local_prefix|global|workspace|omit|include|ignore_scripts|dry_run)|NODE_ENV$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
}
