// What the tests need that npm does not have: taken from the machine, installed on Debian as root, asked for elsewhere.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say, step, Trouble } from './steps.mjs';

/** Each with the programs that serve, and how other systems install it. */
const needs = {
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    files: [
      process.env.CHROMIUM,
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    brew: '--cask chromium',
  },
  'docker-registry': { programs: ['docker-registry', 'registry'], files: [], brew: undefined },
  skopeo: { programs: ['skopeo'], files: [], brew: 'skopeo' },
  jq: { programs: ['jq'], files: [], brew: 'jq' },
};

/**
 * Makes sure that the machine has all of it. Answers what to do without, as TALLYMAN_WITHOUT says; CI may do without nothing. Throws
 * a sentence with the command to run where something is missing that cannot be installed from here.
 */
export async function machineTools() {
  const without = (process.env.TALLYMAN_WITHOUT ?? '').split(/[\s,]+/).filter(Boolean);
  if (without.length > 0 && process.env.CI && process.env.CI !== 'false')
    throw new Trouble('TALLYMAN_WITHOUT is not for CI: there every test runs. Unset it.');
  const unknown = without.filter(name => !needs[name]);
  if (unknown.length > 0) throw new Trouble(`TALLYMAN_WITHOUT knows ${Object.keys(needs).join(', ')}, not ${unknown.join(', ')}.`);
  const missing = Object.keys(needs).filter(name => !without.includes(name) && !isThere(name));
  if (missing.length === 0) return without;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) throw new Trouble(howTo(missing));
  say(`This machine has no ${missing.join(', no ')}; as root on Debian they are installed now.`);
  await step(`Installing ${missing.join(', ')} (apt-get)`, () => {
    apt(['update']);
    // A Chromium without a single font does not start.
    apt(['install', '--yes', '--no-install-recommends', ...missing, ...(missing.includes('chromium') ? ['fonts-dejavu-core'] : [])]);
  });
  return without;
}

function isThere(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const { programs, files } = needs[name];
  return [...files, ...folders.flatMap(folder => programs.map(program => join(folder, program)))].some(path => path && existsSync(path));
}

function apt(args) {
  const { status, stderr, error } = spawnSync('apt-get', ['-qq', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Trouble(`apt-get ${args[0]} failed:\n${(stderr || error?.message || '').trim()}\nMend that and run this again.`);
}

function howTo(missing) {
  const debian = `sudo apt-get install ${missing.join(' ')}`;
  const brews = missing.flatMap(name => (needs[name].brew ? [`brew install ${needs[name].brew}`] : []));
  const command = process.platform === 'darwin' && brews.length > 0 ? brews.join(' && ') : debian;
  return `The tests need ${missing.join(', ')}, and this machine has no such program. Install:\n\n    ${command}\n\nor go without: TALLYMAN_WITHOUT=${missing.join(',')} npm test`;
}
