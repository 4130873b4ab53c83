import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unknownText } from '../../../core/ecrPolicy/json.ts';
import { readLifecycle } from '../../../core/ecrPolicy/readLifecycle.ts';

const rule = (selection: string, priority = 1, action = '{"type":"expire"}') =>
  `{"rulePriority":${priority},"selection":${selection},"action":${action}}`;
const policy = (...rules: readonly string[]) => `{"rules":[${rules.join(',')}]}`;
const untagged = '{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1}';
const any = '{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":100}';

/** Messages, each with the text that it points at. */
function problems(text: string): readonly string[] {
  return readLifecycle(text).problems.map(({ message, span }) => `${text.slice(span.start, span.end)} | ${message}`);
}

describe('a policy', () => {
  test('is read by priority, with prefixes as patterns', () => {
    const text = policy(
      rule(any, 20),
      rule('{"tagStatus":"tagged","tagPrefixList":["prod"],"countType":"sinceImagePushed","countUnit":"days","countNumber":30}', 3),
    );
    const { rules = [] } = readLifecycle(text).policy ?? {};
    expect(rules.map(({ priority, selection, count, countType }) => ({ priority, status: selection?.status, count, countType }))).toEqual([
      { priority: 3, status: 'tagged', count: 30, countType: 'sinceImagePushed' },
      { priority: 20, status: 'any', count: 100, countType: 'imageCountMoreThan' },
    ]);
    const [first] = rules;
    expect(
      first?.selection?.status === 'tagged' && first.selection.patterns.map(({ value, span }) => [value, text.slice(span.start, span.end)]),
    ).toEqual([['prod*', '"prod"']]);
    expect(first && text.slice(first.span.start, first.span.start + 17)).toBe('{"rulePriority":3');
  });

  test('may hold what a variable makes', () => {
    const text = policy(
      rule(`{"tagStatus":"tagged","tagPrefixList":["${unknownText}-"],"countType":"imageCountMoreThan","countNumber":${unknownText}}`),
      rule(any, 2),
    );
    const { policy: found, problems: wrong } = readLifecycle(text);
    expect(wrong).toEqual([]);
    expect(found?.rules[0]).toMatchObject({ selection: undefined, count: undefined });
  });

  test('that is a variable as a whole is neither read nor wrong', () => {
    expect(readLifecycle(unknownText)).toEqual({ problems: [] });
  });
});

describe('bad input', () => {
  test.each([
    ['', [' | A value is missing here.']],
    ['{', ['{ | The closing `}` is missing.']],
    ['{"rules": [}', ['} | A value is missing here.']],
    ['{"rules": [1,]}', [', | A `,` stands before the closing `]`.']],
    ["{'rules': []}", ["' | A key in double quotes is missing here."]],
    ['{"rules" []}', ['[ | The `:` after `rules` is missing.']],
    ['{"rules": [] "x": 1}', ['" | A `,` or the closing `}` is missing here.']],
    ['{"rules": ["\n"]}', ['" | A text is not closed.']],
    ['{"rules": ["\\q"]}', ['" | A text has a character or an escape that JSON does not have.']],
    ['{"rules": tagged}', ['t | `tagged` is no JSON: a text stands in double quotes.']],
    ['{"rules": []} x', ['x | Something follows the end of the JSON.']],
    ['[]', ['[ | The policy must be an object.']],
    ['null', ['null | The policy must be an object.']],
    ['{}', ['{ | `rules` is missing in the policy.']],
    ['{"rules": []}', ['"rules" | `rules` must not be empty.']],
    ['{"rules": [1]}', ['1 | Rule 1 must be an object.']],
    ['{"rules": [], "Version": 1}', ['"rules" | `rules` must not be empty.', '"Version" | There is no `Version` in the policy.']],
    [
      policy('{}'),
      ['{ | `rulePriority` is missing in rule 1.', '{ | `selection` is missing in rule 1.', '{ | `action` is missing in rule 1.'],
    ],
    [policy(rule(untagged, 0)), ['0 | `rulePriority` must be 1 or more.']],
    [policy(rule(untagged, 1.5)), ['1.5 | `rulePriority` must be a whole number.']],
    [policy(rule(untagged.replace('1}', '"1"}'))), ['"1" | `countNumber` must be a whole number.']],
    [policy(rule(untagged.replace('untagged', 'tag'))), ['"tag" | `tagStatus` must be `tagged`, `untagged` or `any`.']],
    [policy(rule(untagged.replace('untagged', 'tagged'))), ['"tagged" | `tagStatus` needs `tagPatternList` or `tagPrefixList` beside it.']],
    [
      policy(rule('{"tagStatus":"any","tagPrefixList":["x"],"countType":"imageCountMoreThan","countNumber":1}')),
      ['"tagPrefixList" | `tagPrefixList` goes with `tagStatus: tagged` alone.'],
    ],
    [
      policy(rule('{"tagStatus":"tagged","tagPatternList":["*a*b*c*d*"],"countType":"imageCountMoreThan","countNumber":1}')),
      ['"*a*b*c*d*" | Item 1 of `tagPatternList` has more than 4 `*`.'],
    ],
    [
      policy(rule('{"tagStatus":"untagged","countType":"sinceImagePushed","countNumber":1}')),
      ['"sinceImagePushed" | `countType` needs `countUnit: days` beside it.'],
    ],
    [
      policy(rule('{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"hours","countNumber":1}')),
      ['"hours" | `countUnit` must be `days`.'],
    ],
    [
      policy(rule('{"tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":1}')),
      ['"expire" | `type` cannot be `expire` with `sinceImagePulled`.'],
    ],
    [policy(rule(untagged), rule(any)), ['1 | `rulePriority` is another rule’s too.']],
    [policy(rule(any, 1), rule(untagged, 2)), ['1 | `rulePriority` is lower than another rule’s: a rule for `any` image comes last.']],
    [policy(rule(untagged, 1), rule(untagged, 2)), ['"untagged" | `tagStatus` can be `untagged` in one rule alone.']],
    [policy(rule(untagged, 1, '{"type":"keep"}')), ['"keep" | `type` must be `expire` or `transition`.']],
    [`{"rules": ${'['.repeat(40)}`, ['[ | The JSON is nested too deeply.']],
  ])('%s', (text, expected) => {
    expect(problems(text)).toEqual(expected);
    expect(readLifecycle(text).policy).toBeUndefined();
  });

  test('a text that Amazon ECR would not take is not read', () => {
    const [problem] = readLifecycle(`{\n${' '.repeat(31_000)}}`).problems;
    expect(problem).toEqual({
      message: 'The policy is longer than the 30720 characters that Amazon ECR takes.',
      span: { start: 0, end: 1 },
    });
  });

  test('a key such as __proto__ is one that is not known', () => {
    expect(problems('{"__proto__": {"rules": []}, "rules": []}')).toContain('"__proto__" | There is no `__proto__` in the policy.');
  });

  test('of whatever kind never throws, and every place lies in the text', () => {
    const valid = policy(rule(untagged), rule(any, 2));
    const mutated = fc
      .tuple(fc.nat(valid.length), fc.nat(20), fc.string({ maxLength: 6 }))
      .map(([at, length, text]) => valid.slice(0, at) + text + valid.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), mutated), text => {
        for (const { span } of readLifecycle(text).problems) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual(text.length);
          expect(span.start).toBeLessThanOrEqual(span.end);
        }
      }),
      { numRuns: 500 },
    );
  });
});
