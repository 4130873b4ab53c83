import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluate,
  isKeeping,
  type LifecyclePolicy,
  type LifecycleRule,
  type RegistryImage,
  threats,
} from '../../../core/ecrPolicy/lifecycle.ts';
import { readLifecycle } from '../../../core/ecrPolicy/readLifecycle.ts';
import { matchesPattern, patternCertainty } from '../../../core/ecrPolicy/wildcard.ts';
import { hole, type Template, text } from '../../../core/image/template.ts';

const nowhere = { start: 0, end: 0 };
const now = new Date('2026-11-01T00:00:00Z');
const day = 24 * 60 * 60 * 1000;

type Given = readonly [selection: string | readonly string[], count: number, type?: 'days' | 'images'];

/** A policy of rules in the order of their priorities: `any`, `untagged`, or patterns of tags; then how many images or days. */
function policyOf(...rules: readonly Given[]): LifecyclePolicy {
  const file = {
    rules: rules.map(([selection, countNumber, type = 'images'], index) => ({
      rulePriority: index + 1,
      selection: {
        ...(typeof selection === 'string' ? { tagStatus: selection } : { tagStatus: 'tagged', tagPatternList: selection }),
        ...(type === 'images' ? { countType: 'imageCountMoreThan' } : { countType: 'sinceImagePushed', countUnit: 'days' }),
        countNumber,
      },
      action: { type: 'expire' },
    })),
  };
  const { policy, problems } = readLifecycle(JSON.stringify(file));
  expect(problems).toEqual([]);
  return policy as LifecyclePolicy;
}

const image = (digest: string, age: number, ...tags: string[]): RegistryImage => ({
  digest,
  tags,
  pushedAt: new Date(now.getTime() - age * day),
});
const expired = (policy: LifecyclePolicy, images: readonly RegistryImage[]) =>
  evaluate(policy, images, now).map(verdict => `${verdict.image.digest} by ${verdict.rule.priority}`);

describe('patterns', () => {
  test.each([
    ['*', '', true],
    ['*', 'x', true],
    ['prod*', 'prod', true],
    ['prod*', 'preprod', false],
    ['*prod', 'preprod', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'abc', true],
    ['a*b', 'ab', true],
    ['ab*b', 'ab', false],
    ['prod', 'prod', true],
    ['prod', 'prod1', false],
    ['v?', 'v1', false],
    ['[a]', 'a', false],
  ])('%s and %s', (pattern, tag, expected) => {
    expect(matchesPattern(pattern, tag)).toBe(expected);
  });

  test('agree with the regular expression that they stand for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, tag) => {
        expect(matchesPattern(pattern, tag)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's').test(tag));
      }),
    );
  });

  test('are certain of what is known of a tag', () => {
    const sha: Template = [...text('sha-', nowhere), ...hole('github.sha', 'sha40', nowhere)];
    expect(patternCertainty('sha-*', sha)).toBe('surely');
    expect(patternCertainty('*', sha)).toBe('surely');
    expect(patternCertainty('sha-a*', sha)).toBe('perhaps');
    expect(patternCertainty('v*', hole('github.sha', 'sha40', nowhere))).toBe('never');
    expect(patternCertainty('prod', sha)).toBe('never');
    expect(patternCertainty('prod*', hole('inputs.tag', 'unknown', nowhere))).toBe('perhaps');
  });
});

describe('what a policy does to images', () => {
  test('the examples of the user guide', () => {
    const images = [image('A', 1, 'alpha-1', 'beta-1'), image('B', 2, 'alpha-1-old'), image('C', 3, 'beta-2')];
    expect(expired(policyOf([['alpha*'], 1]), images)).toEqual(['B by 1']);
    // Priority 1 wants both kinds of tags, priority 2 one of them.
    expect(expired(policyOf([['alpha*', 'beta*'], 1], [['alpha*'], 1]), images)).toEqual(['B by 2']);
  });

  test('an earlier rule that an image belongs to keeps it from the later ones', () => {
    const images = [image('old', 400, 'prod'), image('new', 1, 'sha-1'), image('newer', 0, 'sha-2')];
    expect(expired(policyOf(['any', 1]), images)).toEqual(['old by 1', 'new by 1']);
    expect(expired(policyOf([['prod'], 1], ['any', 1]), images)).toEqual(['new by 2']);
  });

  test('two patterns ask for both tags: the rule keeps nothing that has one of them', () => {
    expect(expired(policyOf([['prod', 'staging'], 1], ['any', 30, 'days']), [image('p', 60, 'prod')])).toEqual(['p by 2']);
  });

  test('later rules count what an earlier one takes', () => {
    const images = [image('1', 1, 'v1'), image('2', 2, 'x'), image('3', 3, 'x1')];
    expect(expired(policyOf([['v*'], 5], ['any', 2]), images)).toEqual(['3 by 2']);
  });

  test('what an index points at stays', () => {
    expect(expired(policyOf(['untagged', 1]), [image('index', 1), { ...image('child', 2), isChild: true }])).toEqual([]);
  });

  test('a promoted image is as old as its first push', () => {
    expect(expired(policyOf([['sha-*'], 30, 'days']), [image('a', 31, 'sha-1', 'prod')])).toEqual(['a by 1']);
  });
});

/** One image at a time, by the words of the user guide: its rule is the first that selects it; that alone may expire it. */
function naively(policy: LifecyclePolicy, images: readonly RegistryImage[]): readonly string[] {
  const about = ({ selection }: LifecycleRule, { tags }: RegistryImage) => {
    if (selection?.status === 'any') return true;
    if (selection?.status !== 'tagged') return tags.length === 0;
    return selection.patterns.every(({ value }) => tags.some(tag => new RegExp(`^${value.replaceAll('*', '.*')}$`).test(tag)));
  };
  return images.flatMap(one => {
    const rule = policy.rules.find(candidate => about(candidate, one));
    if (!rule) return [];
    const younger = images.filter(other => about(rule, other) && other.pushedAt > one.pushedAt).length;
    const days = (now.getTime() - one.pushedAt.getTime()) / day;
    const gone = rule.countType === 'imageCountMoreThan' ? younger >= (rule.count ?? 0) : days > (rule.count ?? 0);
    return gone ? [`${one.digest} by ${rule.priority}`] : [];
  });
}

const tag = fc.string({ unit: fc.constantFrom('a', 'b', 'v', '-', '1'), minLength: 1, maxLength: 4 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'v', '*', '-'), minLength: 1, maxLength: 4 });
const selections = fc.oneof(
  fc.constant('any' as const),
  fc.constant('untagged' as const),
  fc.array(pattern, { minLength: 1, maxLength: 2 }),
);
const policies = fc
  .array(fc.tuple(selections, fc.integer({ min: 1, max: 6 }), fc.constantFrom('days' as const, 'images' as const)), {
    minLength: 1,
    maxLength: 5,
  })
  .map(rules => {
    // One rule for untagged images, one for any, which comes last.
    const once = rules.filter(
      ([selection], index) => Array.isArray(selection) || rules.findIndex(([other]) => other === selection) === index,
    );
    return policyOf(...once.filter(([selection]) => selection !== 'any'), ...once.filter(([selection]) => selection === 'any'));
  });
const repositories = fc
  .uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 10 })
  .chain(ages => fc.tuple(...ages.map(age => fc.array(tag, { maxLength: 3 }).map(tags => image(`image${age}`, age, ...tags)))))
  .map((images): readonly RegistryImage[] => images);

describe('all policies', () => {
  test('do what the user guide’s words say image by image', () => {
    fc.assert(
      fc.property(policies, repositories, (policy, images) => {
        expect(expired(policy, images)).toEqual(naively(policy, images));
      }),
      { numRuns: 500 },
    );
  });

  test('expire nothing that no threat was told of', () => {
    fc.assert(
      fc.property(policies, repositories, (policy, images) => {
        for (const { image: gone, rule } of evaluate(policy, images, now)) {
          const known = threats(policy, { tags: gone.tags.map(one => text(one, nowhere)) });
          expect(known.map(threat => threat.rule)).toEqual([rule]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('threats to an image of which only tags are known', () => {
  const prod = { tags: [text('prod', nowhere)], perhaps: [[...text('sha-', nowhere), ...hole('github.sha', 'sha40', nowhere)]] };
  const told = (policy: LifecyclePolicy) => threats(policy, prod).map(({ rule, certainty }) => `${rule.priority} ${certainty}`);

  test('the tag that an image may have counts perhaps, and so does all that follows', () => {
    expect(told(policyOf([['sha-*'], 10], ['any', 100]))).toEqual(['1 perhaps', '2 perhaps']);
    expect(told(policyOf([['prod'], 1], ['any', 100]))).toEqual(['1 surely']);
    expect(told(policyOf(['untagged', 1], ['any', 100]))).toEqual(['2 surely']);
  });

  test('a rule that asks for one tag by name, or for more than there ever are, keeps', () => {
    const keeping = (...given: Given) => isKeeping(policyOf(given).rules[0] as LifecycleRule);
    expect(keeping(['prod'], 1)).toBe(true);
    expect(keeping(['prod*'], 10)).toBe(false);
    expect(keeping(['prod*'], 9999)).toBe(true);
    expect(keeping(['prod'], 30, 'days')).toBe(false);
    expect(keeping(['prod*'], 3650, 'days')).toBe(true);
  });
});
