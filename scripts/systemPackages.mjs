// What the tests need beyond npm: a Chromium, docker-registry and skopeo.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say, step, Trouble } from './steps.mjs';

/** Programs by the name that TALLYMAN_WITHOUT knows; also Debian's package names. */
const needed = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  'docker-registry': ['docker-registry'],
  skopeo: ['skopeo'],
};

const macChromiums = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** Installs what is missing on Debian as root; elsewhere Trouble names the command. Answers what is to be done without. */
export async function systemPackages() {
  const without = (process.env.TALLYMAN_WITHOUT ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(Boolean);
  if (without.length > 0 && process.env.CI) throw new Trouble('TALLYMAN_WITHOUT is not for CI, where everything is tested. Unset it.');
  const unknown = without.filter(name => !(name in needed));
  if (unknown.length > 0) throw new Trouble(`TALLYMAN_WITHOUT knows ${Object.keys(needed).join(', ')}, not ${unknown.join(', ')}.`);
  const missing = Object.keys(needed).filter(name => !without.includes(name) && !isThere(name));
  if (missing.length === 0) return without;
  if (process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get')) {
    await step(`Installing ${missing.join(', ')} (apt-get)`, () => aptInstall(missing));
    return without;
  }
  const command = process.platform === 'darwin' ? `brew install ${missing.join(' ')}` : `sudo apt-get install ${missing.join(' ')}`;
  throw new Trouble(
    `The tests need ${missing.join(', ')}. Install with: ${command}\nOr do without: TALLYMAN_WITHOUT=${missing.join(',')} npm test`,
  );
}

function isThere(name) {
  if (name === 'chromium' && [process.env.CHROMIUM, ...macChromiums].some(path => path && existsSync(path))) return true;
  return needed[name].some(onPath);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => folder !== '' && existsSync(join(folder, program)));
}

function aptInstall(packages) {
  const run = args => spawnSync('apt-get', args, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  run(['update', '-qq']);
  const { status, stderr } = run(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  if (status !== 0)
    throw new Trouble(`apt-get could not install ${packages.join(', ')}:\n${String(stderr).trim().split('\n').slice(-5).join('\n')}`);
}

/** One line for the end of a run that left something out. */
export function sayWithout(without) {
  if (without.length > 0) say(`Left out, as TALLYMAN_WITHOUT says: what needs ${without.join(', ')}.`);
}
