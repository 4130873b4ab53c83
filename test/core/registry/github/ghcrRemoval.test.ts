import { describe, expect, test } from 'vitest';
import type { Digest } from '../../../../core/image/digest.ts';
import { explain } from '../../../../core/registry/explain.ts';
import { at, bytes, keychainOf, rows, trouble } from '../asking.ts';
import { populate, stage } from './person.ts';

const on = stage();

/** Two versions with tags: the older and the newer digest. */
function two(): readonly [Digest, Digest] {
  const { state } = on.github;
  return [state.push('acme/shop', bytes('one'), ['v1'], at(1)), state.push('acme/shop', bytes('two'), ['v2', 'next'], at(2))];
}

const left = () => on.github.state.store.tags('acme/shop');

describe('deleting an image', () => {
  test('takes its version away with all of its tags, in one request once it was listed', async () => {
    const [older, newer] = two();
    const registry = on.open();
    await rows(registry);
    await registry.remove('acme/shop', newer);
    expect(on.github.api.requests.map(({ method }) => method)).toEqual(['GET', 'DELETE']);
    expect(left()).toEqual(['v1']);
    expect((await rows(registry)).map(({ digest }) => digest)).toEqual([older]);
  });

  test('finds the version first where it was not listed, and is done where there is none', async () => {
    const [oldest] = on.github.state.fill('acme/shop', 150);
    const registry = on.open();
    await registry.remove('acme/shop', oldest as Digest);
    expect(on.github.state.packages.get('acme/shop')).toHaveLength(149);
    await registry.remove('acme/shop', oldest as Digest);
    expect(on.github.state.packages.get('acme/shop')).toHaveLength(149);
  });

  test('takes the new version where the same digest was deleted and pushed again', async () => {
    const [, newer] = two();
    const registry = on.open();
    await rows(registry);
    const { state } = on.github;
    state.packages.set(
      'acme/shop',
      (state.packages.get('acme/shop') ?? []).filter(({ digest }) => digest !== newer),
    );
    state.push('acme/shop', bytes('two'), ['v2', 'next'], at(3));
    await registry.remove('acme/shop', newer);
    expect(left()).toEqual(['v1']);
  });

  test("the last tagged version stays, in GitHub's words", async () => {
    const only = on.github.state.push('acme/shop', bytes('one'), ['v1'], at(1));
    const error = await trouble(on.open().remove('acme/shop', only));
    expect(error.code).toBe('UNSUPPORTED');
    expect(explain(error)).toContain('You cannot delete the last tagged version of a package.');
  });

  test('a token that may not, and nobody, are told so', async () => {
    populate(on.github, ['read:packages']);
    const [, newer] = two();
    expect(explain(await trouble(on.open().remove('acme/shop', newer)))).toContain('You need at least delete:packages scope');
    on.github.api.faults.add({ kind: 'answer', status: 404, method: 'DELETE', body: { message: 'Not Found' } });
    const registry = on.open();
    await rows(registry);
    expect((await trouble(registry.remove('acme/shop', newer))).code).toBe('DENIED');
    expect((await trouble(on.open({ keychain: keychainOf({}) }).remove('acme/shop', newer))).code).toBe('UNAUTHORIZED');
    expect(left()).toEqual(['next', 'v1', 'v2']);
  });

  test('is not sent twice where nobody knows what became of it', async () => {
    const [, newer] = two();
    on.github.api.faults.add({ kind: 'resetAfter', method: 'DELETE' });
    expect((await trouble(on.open().remove('acme/shop', newer))).code).toBe('RESET');
    expect(on.github.api.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  test('a tag alone cannot be taken away', async () => {
    expect((await trouble(on.open().untag('acme/shop', 'v1'))).code).toBe('UNSUPPORTED');
    expect(on.github.registry.requests).toEqual([]);
  });
});
