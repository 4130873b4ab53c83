import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../core/image/digest.ts';
import { imageIndex, imageManifest } from '../../demo/registry/manifests.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { tallyman } from './cli.ts';

// A title that clears the screen, reverses text, hides letters, commands a runner and links somewhere.
const hostile =
  'v1\u001b[2J\u001b]8;;http://evil.example\u0007click\u202egnp.exe\u200b\u2066\n::add-mask::x\n##[error]gone\r<img src=x onerror=alert(1)> [a](command:evil) \u009b31m';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
const forging = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

let folder: string;
let running: RunningRegistry;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-hostile-'));
  running = await startRegistry();
});
afterEach(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

/** An index of one image, hostile wherever it has text. */
function pushHostile(tag: string): string {
  const { store } = running;
  const names = ['title', 'version', 'revision', 'source', 'created', 'description', 'authors', 'url', 'licenses', 'base.name'];
  const labels = Object.fromEntries([...names.map(name => [`org.opencontainers.image.${name}`, `${hostile} ${tag}`]), [hostile, hostile]]);
  const layer = store.putBlob('team/app', Buffer.from(`layer of ${tag}`));
  const config = Buffer.from(
    JSON.stringify({
      os: hostile,
      architecture: `amd64${hostile}`,
      variant: hostile,
      created: hostile,
      author: hostile,
      config: {
        Labels: labels,
        Env: [`A=${hostile}`, hostile],
        Entrypoint: [hostile],
        Cmd: [hostile, tag],
        User: hostile,
        WorkingDir: hostile,
      },
      history: [{ created_by: hostile, comment: hostile }],
      rootfs: { type: 'layers', diff_ids: [digestOf(`layer of ${tag}`)] },
    }),
  );
  const configDigest = store.putBlob('team/app', config);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifest,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: config.length },
      layers: [
        { mediaType: `application/vnd.oci.image.layer.v1.tar+gzip${hostile}`, digest: layer, size: 9, annotations: { [hostile]: hostile } },
      ],
      annotations: labels,
    }),
  );
  const digest = store.putManifest('team/app', imageManifest, manifest, [`${tag}-amd64`]);
  const platform = { os: hostile, architecture: hostile };
  const children = [{ mediaType: imageManifest, digest, size: manifest.length, platform, annotations: labels }];
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: imageIndex, manifests: children, annotations: labels }));
  const attached = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifest,
      artifactType: `application/x${hostile}`,
      config: { mediaType: hostile, digest: configDigest, size: config.length },
      layers: [],
      subject: { mediaType: imageIndex, digest: digestOf(index), size: index.length },
      annotations: { [hostile]: hostile },
    }),
  );
  store.putManifest('team/app', imageManifest, attached);
  return store.putManifest('team/app', imageIndex, index, [tag]);
}

test.each([{}, { GITHUB_ACTIONS: 'true' }])('what a registry says is shown as plain text %o', async env => {
  const prod = pushHostile('prod');
  pushHostile('staging');
  const name = `${running.host}/team/app`;
  const ledger = join(folder, 'ledger.jsonl');
  const commands = [
    ['tags', name],
    ['inspect', `${name}:prod`],
    ['inspect', `${name}:prod-amd64`],
    ['compare', `${name}:prod`, `${name}:staging`],
    ['compare', `${name}:prod-amd64`, `${name}:staging-amd64`],
    ['promote', name, '--from', 'staging', '--to', 'prod', '--plan', '--ledger', ledger],
    ['promote', name, '--from', 'staging', '--to', 'prod', '--yes', '--expect', prod, '--ledger', ledger],
  ];
  for (const args of commands) {
    const { code, stdout, stderr } = await tallyman(args, { env });
    expect([0, 5], `${args[0]}: ${stderr}`).toContain(code);
    const shown = stdout + stderr;
    expect(shown.replaceAll('\n', ''), args.join(' ')).not.toMatch(forging);
    expect(shown).not.toMatch(/^::|^\s*##\[/m);
    if (args[0] === 'inspect') expect(shown).toContain('gnp.exe');
  }
});

test('what it says in errors too', async () => {
  pushHostile('prod');
  for (const status of [400, 403, 404, 405, 409, 429, 500]) {
    running.faults.clear();
    running.faults.add({ kind: 'status', status, message: hostile, retryAfter: '60' });
    for (const command of ['tags', 'inspect']) {
      const { code, stdout, stderr } = await tallyman([command, `${running.host}/team/app${command === 'tags' ? '' : ':prod'}`]);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr.replace(/\n$/, '')).not.toMatch(forging);
      expect(stderr.trimEnd()).not.toContain('\n');
      expect(stderr).not.toMatch(/\bat \S+:\d+:\d+|^::/m);
    }
  }
});
