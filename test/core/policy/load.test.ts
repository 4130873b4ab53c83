import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../../../core/policy/load.ts';
import { noPolicy } from '../../../core/policy/policy.ts';

const rules = new Map([
  ['deploy-moving-tag', 'A tag that moves is deployed'],
  ['pr-input-in-shell', 'A value from outside becomes part of a script'],
]);

/** Each problem with the text that it points at. */
function problems(text: string): readonly string[] {
  return loadPolicy(text, rules).problems.map(({ message, span }) => `${text.slice(span.start, span.end)} → ${message}`);
}

const load = (text: string) => {
  const { policy, problems: found } = loadPolicy(text, rules);
  expect(found).toEqual([]);
  return policy;
};

test.each([[''], ['# nothing yet\n'], ['---\n'], ['{}\n'], ['null']])('%j is a policy that says nothing', text => {
  const policy = load(text);
  expect(policy.isProtected('shop', 'prod')).toBeUndefined();
  expect(policy.severity('deploy-moving-tag', 'a.yml')).toBeUndefined();
});

describe('environments', () => {
  const policy = load(`
environments:
  staging:
  prod:
    repositories: ghcr.io/acme/shop-*
    tag: live
    aliases: [stable, current]
    from: staging
    branch: main
    audit: live-{date}-{sha}
    promoters: [octocat, acme/release]
    signature:
      issuer: https://token.actions.githubusercontent.com
      identity: https://github.com/acme/shop/.github/workflows/*.yml@refs/heads/main
  edge:
    signature:
      - key: cosign.pub
      - key: awskms:///alias/cosign
`);

  test('say all of each, with what is left out filled in', () => {
    expect(policy.environments).toEqual([
      { name: 'staging', repositories: [], tag: 'staging', aliases: [], from: [], promoters: [], signatures: [] },
      {
        name: 'prod',
        repositories: ['ghcr.io/acme/shop-*'],
        tag: 'live',
        aliases: ['stable', 'current'],
        from: ['staging'],
        branch: 'main',
        audit: 'live-{date}-{sha}',
        promoters: ['octocat', 'acme/release'],
        signatures: [
          {
            kind: 'keyless',
            issuer: 'https://token.actions.githubusercontent.com',
            identity: 'https://github.com/acme/shop/.github/workflows/*.yml@refs/heads/main',
          },
        ],
      },
      {
        name: 'edge',
        repositories: [],
        tag: 'edge',
        aliases: [],
        from: [],
        promoters: [],
        signatures: [
          { kind: 'key', key: 'cosign.pub' },
          { kind: 'key', key: 'awskms:///alias/cosign' },
        ],
      },
    ]);
  });

  test('protect their tags and aliases, in their repositories', () => {
    expect(policy.isProtected('ghcr.io/acme/shop-api', 'live')).toBe(true);
    expect(policy.isProtected('ghcr.io/acme/shop-api', 'stable')).toBe(true);
    expect(policy.isProtected('ghcr.io/acme/shop-api', 'prod')).toBe(false);
    expect(policy.isProtected('ghcr.io/acme/other', 'live')).toBe(false);
    expect(policy.isProtected('ghcr.io/acme/other', 'staging')).toBe(true);
    expect(policy.isProtected('${{ env.IMAGE }}', 'live')).toBe(true);
    expect(policy.isProtected('ghcr.io/acme/shop-api', '${{ inputs.tag }}')).toBe(false);
    expect(policy.environmentOf('ghcr.io/acme/shop-api', 'current')?.name).toBe('prod');
  });
});

test('lists of tags, caches, repositories and checkouts are answered', () => {
  const policy = load(`
protected-tags: ['release-*', 'ghcr.io/acme/base:lts']
cache-tags: ['*cache']
preview-tags: [pr-*]
external-tags: ['ghcr.io/acme/legacy:*']
external-caches: [ghcr.io/acme/cache]
public-repositories: [ghcr.io/acme/public]
base-images: ['ghcr.io/acme/base-*']
checkouts: { acme/ci: ../ci }
strict: true
`);
  expect(policy.isProtected('x', 'release-1')).toBe(true);
  expect(policy.isProtected('x', 'lts')).toBe(false);
  expect(policy.isProtected('ghcr.io/acme/base', 'lts')).toBe(true);
  expect(policy.isCacheTag('x', 'buildcache')).toBe(true);
  expect(policy.isPreviewTag('x', 'pr-${{ github.event.number }}')).toBe(true);
  expect(policy.isExternalTag('ghcr.io/acme/legacy', 'v1')).toBe(true);
  expect(policy.isExternalTag('ghcr.io/acme/shop', 'v1')).toBe(false);
  expect(policy.isExternalCache('ghcr.io/acme/cache:main')).toBe(true);
  expect(policy.isPublic('ghcr.io/acme/public')).toBe(true);
  expect(policy.isBaseImage('ghcr.io/acme/base-node')).toBe(true);
  expect(policy.checkout('acme/ci')).toBe('../ci');
  expect(policy.checkout('acme/constructor')).toBeUndefined();
  expect(policy.strict).toBe(true);
});

test('the last severity that is said for a file counts', () => {
  const policy = load(`
rules: { deploy-moving-tag: error, pr-input-in-shell: off }
paths:
  - paths: .github/workflows/*-test.yml
    rules: { deploy-moving-tag: off }
  - paths: ['**/load-*.yml', x.yml]
    rules: { deploy-moving-tag: hint }
`);
  const severity = (path: string) => policy.severity('deploy-moving-tag', path);
  expect(severity('.github/workflows/build.yml')).toBe('error');
  expect(severity('.github/workflows/api-test.yml')).toBe('off');
  expect(severity('.github/workflows/load-test.yml')).toBe('hint');
  expect(policy.severity('pr-input-in-shell', '.github/workflows/load-test.yml')).toBe('off');
  expect(policy.severity('toString', 'a.yml')).toBeUndefined();
});

describe('what is wrong is told in its place', () => {
  test.each([
    ['a list', '- a\n', '- a → The policy must be a mapping (`key: value`), not a list.'],
    ['a word', 'hello', 'hello → The policy must be a mapping (`key: value`), not a text.'],
    ['an unknown key', 'protectd-tags: []', 'protectd-tags → There is no key `protectd-tags` here. Did you mean `protected-tags`?'],
    [
      'an unknown key inside',
      'environments:\n  prod:\n    repository: a\n',
      'repository → There is no key `repository` here. Did you mean `repositories`?',
    ],
    ['an unknown key like no other', 'zzz: 1', 'zzz → There is no key `zzz` here.'],
    [
      'a merge key',
      'environments:\n  a: &a {tag: x}\n  b:\n    <<: *a\n',
      '<< → There is no key `<<` here: known are `repositories`, `tag`, `aliases`, `from`, `branch`, `audit`, `promoters` and `signature`.',
    ],
    ['a text for a list', 'cache-tags: buildcache', 'buildcache → `cache-tags` must be a list, not a text. Put `- ` before it.'],
    ['a mapping for a list', 'cache-tags: {a: b}', '{a: b} → `cache-tags` must be a list, not a mapping.'],
    ['nothing for a list', 'cache-tags:', 'cache-tags → `cache-tags` must be a list, not empty.'],
    ['a number for a text', 'environments: { prod: { tag: 1.20 } }', '1.20 → `tag` must be a text, not the number 1.20. Put it in quotes.'],
    ['a number in a list', 'cache-tags:\n  - a\n  - 2\n', '2 → Item 2 of `cache-tags` must be a text, not the number 2. Put it in quotes.'],
    ['a number for one or many', 'environments: { a: { from: 3 } }', '3 → `from` must be a text, not the number 3. Put it in quotes.'],
    ['a word for a flag', 'strict: yes', 'yes → `strict` must be `true` or `false`, not a text.'],
    [
      'a severity misspelt',
      'rules: { deploy-moving-tag: warn }',
      'warn → `deploy-moving-tag` must be `error`, `warning`, `info`, `hint` or `off`. Did you mean `warning`?',
    ],
    [
      'a severity mistyped',
      'rules: { deploy-moving-tag: infoo }',
      'infoo → `deploy-moving-tag` must be `error`, `warning`, `info`, `hint` or `off`. Did you mean `info`?',
    ],
    [
      'a rule that is not',
      'rules: { deploy-moving-tags: off }',
      'deploy-moving-tags → There is no rule `deploy-moving-tags`. Did you mean `deploy-moving-tag`?',
    ],
    ['a path without rules', 'paths:\n  - paths: a.yml\n', 'paths: a.yml → Item 1 of `paths` has no `rules`.'],
    ['a bad glob', 'paths: [{ paths: "a[b", rules: {} }]', '"a[b" → `a[b` has a `[` that is not closed.'],
    ['a glob with half a brace', 'paths: [{ paths: ["a{b"], rules: {} }]', '"a{b" → `a{b` has a brace without its other half.'],
    [
      'a repository where tags are',
      'cache-tags: [ghcr.io/acme/shop]',
      'ghcr.io/acme/shop → `ghcr.io/acme/shop` names a repository: write `REPOSITORY:TAG`.',
    ],
    [
      'a tag where repositories are',
      'base-images: ["acme/base:v1"]',
      '"acme/base:v1" → `acme/base:v1` has a tag: only the repository is meant here.',
    ],
    [
      'a URL',
      'base-images: ["https://ghcr.io/a"]',
      '"https://ghcr.io/a" → `https://ghcr.io/a` begins with a scheme: a repository is written as in `docker pull`.',
    ],
    ['a space', 'cache-tags: ["a b"]', '"a b" → `a b` has a space, which no such name has.'],
    ['a pattern for a tag', 'environments: { prod: { tag: "prod-*" } }', '"prod-*" → `prod-*` is a pattern: an environment has one tag.'],
    ['a name with a slash', 'environments: { a/b: {} }', 'a/b → `a/b` is no name of an environment: letters, digits, `.`, `_` and `-`.'],
    ['a tag twice', 'environments: { a: { tag: x }, b: { tag: x } }', 'x → `x` is the tag of `a` already.'],
    ['an alias that is a tag', 'environments: { a: , b: { aliases: [a] } }', '[a] → `a` is the tag of `a` already.'],
    ['a promotion from itself', 'environments: { a: { from: [a] } }', '[a] → `a` cannot be promoted from itself.'],
    [
      'an audit tag of one name',
      'environments: { a: { audit: last } }',
      'last → `last` has no placeholder, so each move would overwrite the trace of the one before.',
    ],
    [
      'an audit tag with another placeholder',
      'environments: { a: { audit: "a-{day}" } }',
      '"a-{day}" → `a-{day}` has `{day}`: known are `{tag}`, `{date}`, `{time}`, `{sha}`, `{digest}`.',
    ],
    [
      'a signature without an issuer',
      'environments: { a: { signature: { identity: "https://github.com/a/b" } } }',
      '{ identity: "https://github.com/a/b" } → A signature needs `issuer` and `identity`: either alone lets strangers sign. Or name a `key`.',
    ],
    [
      'both kinds of signature',
      'environments: { a: { signature: { key: k, identity: x } } }',
      '{ key: k, identity: x } → A signature is checked by `key`, or by `issuer` and `identity`, not by both.',
    ],
    [
      'an identity of any owner',
      'environments: { a: { signature: { issuer: "https://x.io", identity: "https://github.com/acme*" } } }',
      '"https://github.com/acme*" → `https://github.com/acme*` also stands for other owners: write host and owner out, up to the `/` behind them.',
    ],
    [
      'an identity of anybody',
      'environments: { a: { signature: [{ issuer: "https://x.io", identity: "*" }] } }',
      '"*" → `*` stands for nearly anybody: write its beginning out.',
    ],
    ['a key outside', 'environments: { a: { signature: { key: ../k.pub } } }', '../k.pub → `../k.pub` lies outside the repository.'],
    ['a checkout of no repository', 'checkouts: { ci: ../ci }', 'ci → `ci` is no `owner/name`.'],
    ['a checkout anywhere', 'checkouts: { a/ci: /ci }', '/ci → `/ci` is not relative to the repository.'],
    ['a key twice', 'strict: true\nstrict: false\n', 'strict → The key `strict` stands twice in this mapping.'],
    ['two documents', 'strict: true\n---\nstrict: true\n', undefined],
    ['a tab', 'rules:\n\tx: off\n', undefined],
    ['a quote not closed', 'cache-tags: ["a\n', undefined],
    ['an unknown alias', 'cache-tags: *a\n', undefined],
  ])('%s', (_what, text, expected) => {
    const found = problems(text);
    if (expected !== undefined) expect(found).toEqual([expected]);
    else expect(found.length).toBeGreaterThan(0);
    expect(loadPolicy(text).policy.isCacheTag('a', 'a')).toBe(false);
  });

  test('all at once, and then nothing of the file counts', () => {
    const { policy, problems: found } = loadPolicy('cache-tags: [a]\nstrict: 1\nrules: { x: off }\nfoo: 1\n', rules);
    expect(found).toHaveLength(3);
    expect(policy).toBe(noPolicy);
  });
});

test('a rule’s name is anything to who does not know the rules', () => {
  expect(loadPolicy('rules: { some-rule: off }').policy.severity('some-rule', 'a.yml')).toBe('off');
});

test('aliases are followed, within bounds', () => {
  expect(load('cache-tags: &c [a]\npreview-tags: *c\n').isPreviewTag('x', 'a')).toBe(true);
  const levels = Array.from({ length: 20 }, (_, index) => `l${index + 1}: &l${index + 1} [${Array(10).fill(`*l${index}`).join(', ')}]`);
  expect(problems(`l0: &l0 [a]\n${levels.join('\n')}\n`)).toHaveLength(1);
});

test('no text makes it throw, hang or point outside', () => {
  const words = [
    'environments:',
    'rules:',
    'paths:',
    '\n',
    '  ',
    '- ',
    'a',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '*',
    '&a',
    '"',
    "'",
    '|',
    '!',
    '#',
    '<<',
    '\t',
    '0',
    'off',
    '__proto__',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), pieces => {
      const text = pieces.join('');
      for (const { span } of loadPolicy(text, rules).problems) {
        expect(span.start >= 0 && span.start <= span.end && span.end <= text.length).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
  const started = Date.now();
  expect(problems('x'.repeat(1 << 20))).toHaveLength(1);
  expect(problems(`cache-tags: [${'"*a",'.repeat(20_000)}]`)).toEqual([]);
  expect(Date.now() - started).toBeLessThan(3000);
});
