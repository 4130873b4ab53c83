import { expect, test } from 'vitest';
import { ImageLookup } from '../../../client/images/lookup.ts';
import { describeImage } from '../../../core/registry/describe.ts';
import { push } from '../../../demo/images/images.ts';
import { commit, image } from '../../core/promotion/team.ts';
import { at } from '../../core/registry/asking.ts';
import { stage } from '../../core/registry/hub/moby.ts';

const on = stage();

test('an image that the workspace only uses is no pull; of its own images it wants to know the commit', async () => {
  const built = image('one');
  push(on.hub.state.store, 'moby/shop', built, ['16']);
  on.hub.state.moved('moby/shop', ['16'], at(1));
  const registry = on.anonymous();
  const host = registry.host;
  const lookup = new ImageLookup({
    connections: () => [{ host, repositories: [] }],
    isNamed: () => true,
    at: () => registry,
    image: (_host, repository, digest, options) => describeImage(registry, repository, digest, options),
  });
  const pulls = () => on.hub.registry.requests.filter(({ method, path }) => method === 'GET' && path.includes('/manifests/')).length;
  const references = [{ host, repository: 'moby/shop', tag: '16' }];
  const [used] = (await lookup.describe({ references })).images;
  expect(used).toMatchObject({
    status: 'found',
    digest: built.digest,
    platforms: ['linux/amd64', 'linux/arm64'],
    pushedAt: '2026-11-01T08:00:00.000Z',
  });
  expect(pulls()).toBe(0);
  const [own] = (await lookup.describe({ references, tags: { [`${host}/moby/shop`]: ['16'] } })).images;
  expect(own).toMatchObject({ revision: commit('one') });
  expect(pulls()).toBeGreaterThan(0);
});
