import { afterAll, beforeAll, describe } from 'vitest';
import { startRegistry } from '../../../demo/registry/registry.ts';
import { startDockerRegistry, user } from '../dockerRegistry.ts';
import { describeWith } from '../without.ts';
import { apiConforms, basicAuthConforms, withoutDeleteConforms } from './access.ts';
import { blobsConform } from './blobs.ts';
import { type Capabilities, demoRegistry, distribution28 } from './capabilities.ts';
import { deletingConforms } from './deleting.ts';
import { listingsConform } from './listings.ts';
import { manifestsConform } from './manifests.ts';
import { pushImage } from './raw.ts';
import { referrersConform } from './referrers.ts';

type Start = (options: { htpasswd?: boolean; allowDelete?: boolean }) => Promise<{ url: string; stop(): Promise<void> }>;

/** Runs `body` over a registry of its own that lives as long as the group. */
function over(start: Start, options: Parameters<Start>[0], name: string, body: (base: () => string) => void): void {
  describe(name, () => {
    let running: Awaited<ReturnType<Start>> | undefined;
    beforeAll(async () => {
      running = await start(options);
    });
    afterAll(() => running?.stop());
    body(() => running?.url ?? '');
  });
}

function conforms(start: Start, capabilities: Capabilities): void {
  over(start, {}, 'the API', apiConforms);
  over(start, {}, 'manifests', base => manifestsConform(base, capabilities));
  over(start, {}, 'blobs', base => blobsConform(base, capabilities));
  over(start, {}, 'listings', base => listingsConform(base, capabilities));
  over(start, {}, 'deleting', base => deletingConforms(base, capabilities));
  over(start, {}, 'referrers', base => referrersConform(base, capabilities));
  over(start, { htpasswd: true }, 'Basic authentication', base => basicAuthConforms(base, user));
  over(start, { allowDelete: false }, 'delete off', base =>
    withoutDeleteConforms(base, async () => (await pushImage(base(), 'keep/app', 'v1')).digest),
  );
}

describe('the demo registry', () => {
  conforms(
    ({ htpasswd = false, allowDelete = true }) =>
      startRegistry({
        allowDelete,
        ...(htpasswd && { auth: { kind: 'basic', users: { [user.name]: { password: user.password } } } }),
      }),
    demoRegistry,
  );
});

describeWith('docker-registry', "Debian's docker-registry", () => conforms(startDockerRegistry, distribution28));
