import { describe, expect, test } from 'vitest';
import { type Before, completing, keysAround } from '../../../core/live/completing.ts';

/** What is completed at the `|` of a file. */
function at(text: string, more: Partial<Before> = {}) {
  const before = text.slice(0, text.indexOf('|'));
  const lines = text.replace('|', '').split('\n');
  const index = before.split('\n').length - 1;
  const keys = keysAround(line => lines[line] ?? '', index);
  return completing({ line: before.split('\n').at(-1) ?? '', keys, isPolicy: false, ...more });
}

const tags = (host: string, repository: string, typed: string) => ({ kind: 'tags', host, repository, typed });

describe('in a workflow', () => {
  test.each([
    ['image: ghcr.io/acme/shop:pr|', tags('ghcr.io', 'acme/shop', 'pr')],
    ['image: "localhost:5000/shop:|"', tags('localhost:5000', 'shop', '')],
    ['container: nginx:1|', tags('docker.io', 'nginx', '1')],
    ['tags: ghcr.io/acme/a:1,ghcr.io/acme/b:|', tags('ghcr.io', 'acme/b', '')],
    ['cache-from: type=registry,ref=ghcr.io/acme/shop:build|', tags('ghcr.io', 'acme/shop', 'build')],
    ['run: docker pull ghcr.io/acme/shop:|', tags('ghcr.io', 'acme/shop', '')],
    ['run: skopeo copy docker://ghcr.io/acme/shop:st|', tags('ghcr.io', 'acme/shop', 'st')],
    ['run: tallyman promote ghcr.io/acme/shop --from st|', tags('ghcr.io', 'acme/shop', 'st')],
    ['run: tallyman rollback ghcr.io/acme/shop --tag=|', tags('ghcr.io', 'acme/shop', '')],
    ['run: docker buildx build --cache-from=ghcr.io/acme/shop:|', tags('ghcr.io', 'acme/shop', '')],
    ['image: |', { kind: 'repositories', typed: '' }],
    ['image: ghcr.io/ac|', { kind: 'repositories', typed: 'ghcr.io/ac' }],
    ['image: localhost:50|', { kind: 'repositories', typed: 'localhost:50' }],
    ['image: 127.0.0.1:5000/acme/s|', { kind: 'repositories', typed: '127.0.0.1:5000/acme/s' }],
    ['run: docker pull |', { kind: 'repositories', typed: '' }],
    ['run: skopeo inspect docker://gh|', { kind: 'repositories', typed: 'gh' }],
  ])('%s', (text, wanted) => {
    expect(at(text)).toEqual(wanted);
  });

  test('in a list and in a block', () => {
    expect(at('    tags: |\n      ghcr.io/acme/shop:|'.replace('tags: |', 'tags: >'))).toEqual(tags('ghcr.io', 'acme/shop', ''));
    expect(at('steps:\n  - run: >\n      echo\n      docker push ghcr.io/acme/shop:|')).toEqual(tags('ghcr.io', 'acme/shop', ''));
    expect(at('tags: >\n  type=raw,value=pr|')).toEqual({ kind: 'anyTag', typed: 'pr' });
  });

  test('the name may be a variable that is known', () => {
    expect(at('run: docker pull $' + '{IMAGE}:st|', { name: 'ghcr.io/acme/shop' })).toEqual(tags('ghcr.io', 'acme/shop', 'st'));
  });

  test.each([
    'name: Build|',
    'image:|',
    'run: echo ghcr.io/acme/|',
    'run: docker run --rm|',
    'run: echo key:|',
    '# image: ghcr.io/acme/shop:|',
    'image: ghcr.io/acme/shop@sha256:|',
    'image: ghcr.io/acme/$' + '{{ github|',
    'uses: actions/check|',
    'cache-from: type=gha,scope=|',
    'tags: >\n  type=semver,pattern=|',
    'ref: ma|',
  ])('nothing at %s', text => {
    expect(at(text)).toBeUndefined();
  });
});

describe('in the policy', () => {
  test.each([
    ['environments:\n  prod:\n    tag: |', { kind: 'anyTag', typed: '' }],
    ['environments:\n  prod:\n    aliases:\n      - st|', { kind: 'anyTag', typed: 'st' }],
    ['environments:\n  prod:\n    aliases: [a, st|', { kind: 'anyTag', typed: 'st' }],
    ['environments:\n  prod:\n    repositories: |', { kind: 'repositories', typed: '' }],
    ['public-repositories:\n- ghcr.io/|', { kind: 'repositories', typed: 'ghcr.io/' }],
    ['protected-tags:\n  - ghcr.io/acme/shop:re|', tags('ghcr.io', 'acme/shop', 're')],
  ])('%s', (text, wanted) => {
    expect(at(text, { isPolicy: true })).toEqual(wanted);
  });

  test.each(['environments:\n  prod:\n    branch: ma|', 'strict: tr|', 'paths:\n  - paths: .gi|'])('nothing at %s', text => {
    expect(at(text, { isPolicy: true })).toBeUndefined();
  });
});
