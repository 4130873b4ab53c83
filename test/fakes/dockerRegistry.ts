import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { missing } from './without.ts';

/** The one user of a registry that was started with `htpasswd`. */
export const user = { name: 'tally', password: 'pass-of-the-tests' };
const bcrypt = '$2b$04$zdDcj6OPmY3Veh.SpO/jxus09gTp/jSQlc/LDLndYBRVHduxeNsyu';

export interface DockerRegistryOptions {
  /** Asks for `user` by Basic authentication. */
  readonly htpasswd?: boolean;
  /** Allows DELETE; true where it is left out. */
  readonly allowDelete?: boolean;
}

export interface DockerRegistry {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  /** `127.0.0.1:40123` */
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts Debian's docker-registry (distribution 2.8) on a free loopback port over a folder of its own; `stop` removes both. */
export async function startDockerRegistry({ htpasswd = false, allowDelete = true }: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-registry-'));
  const port = await freePort();
  const auth = join(folder, 'htpasswd');
  await mkdir(join(folder, 'data'));
  await writeFile(auth, `${user.name}:${bcrypt}\n`);
  const settings = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: allowDelete } },
    http: { addr: `127.0.0.1:${port}`, secret: 'for tests' },
    ...(htpasswd && { auth: { htpasswd: { realm: 'tests', path: auth } } }),
  };
  // JSON is YAML, and its numbers stay numbers.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(settings));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', chunk => {
    said += String(chunk);
  });
  const ended = new Promise<Error>(resolve => {
    child.once('error', error => resolve((error as NodeJS.ErrnoException).code === 'ENOENT' ? missing('docker-registry', error) : error));
    child.once('exit', code => resolve(new Error(`docker-registry ended with ${code}: ${said.slice(-2000)}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.pid !== undefined) await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const failed = await Promise.race([answers(`${url}/v2/`), ended]);
  if (failed) {
    await stop();
    throw failed;
  }
  return { url, host: `127.0.0.1:${port}`, stop };
}

/** Waits until something answers there, for at most 20 seconds. */
async function answers(url: string): Promise<Error | undefined> {
  for (const until = Date.now() + 20_000; Date.now() < until; await delay(25)) {
    const response = await fetch(url).catch(() => undefined);
    await response?.arrayBuffer();
    if (response) return undefined;
  }
  return new Error(`docker-registry did not answer at ${url} within 20 seconds.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No free port.'))));
    });
  });
}
