import { type Digest, digestOf } from '../../core/image/digest.ts';
import { imageIndex, imageManifest } from '../../demo/registry/manifests.ts';
import type { Store } from '../../demo/registry/store.ts';

/** Clears the screen, reverses text, hides letters, commands a runner and links somewhere. */
export const hostile =
  'v1\u001b[2J\u001b]8;;http://evil.example\u0007click\u202egnp.exe\u200b\u2066\n::add-mask::x\n##[error]gone\r<img src=x onerror=alert(1)> [a](command:evil) \u009b31m';
/** What forges or reorders what is shown; line breaks are judged by their place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
export const forging = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** Pushes an index of one image, hostile wherever it has text, to `team/app`. */
export function pushHostile(store: Store, tag: string): Digest {
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
