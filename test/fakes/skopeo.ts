import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { missing } from './without.ts';

/** Runs skopeo, the client that is not ours; answers its stdout as bytes, and throws with its stderr where it fails. */
export function skopeo(...args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('skopeo', ['--insecure-policy', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => errors.push(chunk));
    child.once('error', error => reject((error as NodeJS.ErrnoException).code === 'ENOENT' ? missing('skopeo', error) : error));
    child.once('close', code =>
      code === 0 ? resolve(Buffer.concat(out)) : reject(new Error(`skopeo ${args[0]} ended with ${code}: ${Buffer.concat(errors)}`)),
    );
  });
}

/** What `skopeo inspect --raw | sha256sum` says of a reference on a plain-http registry: `sha256:…`. */
export async function rawDigest(reference: string): Promise<string> {
  const raw = await skopeo('inspect', '--raw', '--tls-verify=false', `docker://${reference}`);
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}
