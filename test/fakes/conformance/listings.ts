import { expect, test } from 'vitest';
import type { Capabilities } from './capabilities.ts';
import { call, codes, pushImage, tagsOf } from './raw.ts';

/** Listings of tags and repositories, with paging where it is declared. */
export function listingsConform(base: () => string, { tagPaging, sortedTags }: Capabilities): void {
  // Capitals sort first by bytes and not by a locale; eleven tags are not in order by chance.
  const pushed = ['v1.10', 'latest', 'v1.2', 'Zeta', 'prod', 'alpha', 'staging', 'sha-1a2b3c4', 'v1.9', 'edge', 'buildcache'];
  const lexical = [...pushed].sort();
  const ready = async () => {
    const first = await call(base(), '/v2/list/tags/tags/list');
    if (first.status === 200) return;
    for (const tag of pushed) await pushImage(base(), 'list/tags', tag);
  };

  test('tags/list names the repository and every tag', async () => {
    await ready();
    const { status, text, headers } = await call(base(), '/v2/list/tags/tags/list');
    expect(status).toBe(200);
    expect(String(headers['content-type'])).toContain('application/json');
    const { name, tags } = JSON.parse(text) as { name: string; tags: string[] };
    expect([name, [...tags].sort()]).toEqual(['list/tags', lexical]);
  });

  test(sortedTags ? 'tags come in lexical order' : 'tags come in no order', async () => {
    await ready();
    const tags = await tagsOf(base(), 'list/tags');
    if (sortedTags) expect(tags).toEqual(lexical);
    else expect(tags).not.toEqual(lexical);
  });

  test('tags of an unknown repository are NAME_UNKNOWN', async () => {
    const reply = await call(base(), '/v2/list/nowhere/tags/list');
    expect([reply.status, ...codes(reply)]).toEqual([404, 'NAME_UNKNOWN']);
  });

  if (tagPaging) {
    test('n limits a page of tags and Link leads through all of them', async () => {
      await ready();
      const seen: string[] = [];
      let next: string | undefined = '/v2/list/tags/tags/list?n=4';
      for (let pages = 0; next !== undefined && pages < 9; pages++) {
        const reply = await call(base(), next);
        const { tags } = JSON.parse(reply.text) as { tags: string[] };
        expect(tags.length).toBeLessThanOrEqual(4);
        seen.push(...tags);
        next = nextOf(reply.headers['link']);
      }
      expect(seen).toEqual(lexical);
    });

    test('last begins after that tag, whether it is there or not', async () => {
      await ready();
      expect(await tagsOf(base(), 'list/tags', '?last=prod')).toEqual(lexical.filter(tag => tag > 'prod'));
      expect(await tagsOf(base(), 'list/tags', '?n=1&last=prodd')).toEqual(['sha-1a2b3c4']);
    });

    test('n=0 is an empty page, and an n that is no number is an error', async () => {
      await ready();
      expect(await tagsOf(base(), 'list/tags', '?n=0')).toEqual([]);
      expect((await call(base(), '/v2/list/tags/tags/list?n=0')).headers['link']).toBeUndefined();
      for (const n of ['abc', '-1']) expect((await call(base(), `/v2/list/tags/tags/list?n=${n}`)).status).toBe(400);
    });
  } else {
    test('n and last of tags are ignored, and there is no Link', async () => {
      await ready();
      for (const query of ['?n=2', '?n=2&last=prod', '?n=0', '?n=abc']) {
        const reply = await call(base(), `/v2/list/tags/tags/list${query}`);
        expect(reply.headers['link']).toBeUndefined();
        expect((JSON.parse(reply.text) as { tags: string[] }).tags.sort()).toEqual(lexical);
      }
    });
  }

  test('_catalog is paged by n, last and a relative Link', async () => {
    for (const repository of ['list/one', 'list/two', 'list/three']) await pushImage(base(), repository, 'v1');
    const all = JSON.parse((await call(base(), '/v2/_catalog?n=1000')).text) as { repositories: string[] };
    expect(all.repositories).toEqual(expect.arrayContaining(['list/one', 'list/three', 'list/two']));
    expect(all.repositories).toEqual([...all.repositories].sort());
    const seen: string[] = [];
    let next: string | undefined = '/v2/_catalog?n=2';
    for (let pages = 0; next !== undefined && pages < 99; pages++) {
      const reply = await call(base(), next);
      seen.push(...(JSON.parse(reply.text) as { repositories: string[] }).repositories);
      const link = String(reply.headers['link'] ?? '');
      if (link) expect(link).toMatch(/^<\/v2\/_catalog\?/);
      next = nextOf(link);
    }
    expect(seen).toEqual(all.repositories);
  });
}

function nextOf(link: string | string[] | undefined): string | undefined {
  return /<([^>]*)>; rel="next"/.exec(String(link ?? ''))?.[1];
}
