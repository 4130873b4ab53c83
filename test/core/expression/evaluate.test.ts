import { describe, expect, test } from 'vitest';
import { evaluate, holds } from '../../../core/expression/evaluate.ts';
import type { Scope } from '../../../core/expression/scope.ts';
import { ExpressionPiece, splitExpressions } from '../../../core/expression/split.ts';
import { alternatives, derived, display, holes } from '../../../core/image/template.ts';

const at = { start: 0, end: 0 };
const known: Readonly<Record<string, string>> = { 'env.TAG': 'v1', 'env.EMPTY': '' };
const scope: Scope = { lookup: path => (path.join('.') in known ? derived(known[path.join('.')] as string, at) : undefined) };
const withEvent = (event: string): Scope => ({ ...scope, events: [event], assumed: true });
const piece = (source: string) => new ExpressionPiece(`\${{${source}}}`, 0, source.length + 3);
const values = (source: string, from = scope) => alternatives(evaluate(piece(source), from, at)).map(display);

describe('values', () => {
  test.each([
    ["'it''s'", ["it's"]],
    ['env.TAG', ['v1']],
    ["env['TAG']", ['v1']],
    ["format('{0}:{1}-{{x}}', 'img', env.TAG)", ['img:v1-{x}']],
    ["env.EMPTY || 'latest'", ['latest']],
    ["env.TAG && 'yes' || 'no'", ['yes']],
    ["github.ref == 'refs/heads/main' && 'latest' || github.sha", ['${{ github.sha }}', 'latest']],
    ["inputs.tag || 'latest'", ['${{ inputs.tag }}', 'latest']],
    ["case(github.ref == 'x', 'a', 'b')", ['a', 'b']],
    ['1 == 1', ['true']],
    ["!contains('abc', 'b')", ['false']],
    ["'A' == 'a'", ['true']],
    ['this is no expression', ['${{ this is no expression }}']],
  ])('%s', (source, expected) => {
    expect(values(source)).toEqual(expected);
  });
});

describe('authors and shapes', () => {
  test.each([
    ['github.head_ref', 'stranger', 'gitRef'],
    ['github.event.pull_request.title', 'stranger', 'line'],
    ["format('{0}', github.event.issue.body)", 'stranger', 'anything'],
    ['toJSON(github.event.pull_request)', 'stranger', 'anything'],
    ['toJSON(github.event)', 'stranger', 'anything'],
    ["join(github.event.commits.*.message, ' ')", 'pusher', 'anything'],
    ['github.event.pull_request.number', 'trusted', 'integer'],
    ['github.event.pull_request.head.sha', 'trusted', 'sha40'],
    ["github.head_ref == 'main'", 'trusted', 'boolean'],
    ["startsWith(github.head_ref, 'x')", 'trusted', 'boolean'],
    ["hashFiles('**/*.lock')", 'trusted', 'tagSafe'],
    ['github.event.client_payload.ref', 'dispatcher', 'anything'],
    ['GitHub.Head_Ref', 'stranger', 'gitRef'],
  ])('%s: %s, %s', (source, author, shape) => {
    const found = holes(evaluate(piece(source), scope, at)).map(part => [part.author, part.shape]);
    expect(found).toContainEqual([author, shape]);
    if (author === 'trusted') expect(found.every(([who]) => who === 'trusted')).toBe(true);
  });
});

describe('conditions', () => {
  test.each([
    ["github.event_name == 'push'", 'push', true],
    ["github.event_name == 'push'", 'pull_request', false],
    ["${{ github.event_name != 'pull_request' }}", 'pull_request', false],
    ["github.event_name == 'push' && github.ref == 'refs/heads/main'", 'push', undefined],
    ["github.event_name == 'push' && github.ref == 'refs/heads/main'", 'pull_request', false],
    ["github.event_name == 'push' || always()", 'pull_request', true],
    ['success()', 'push', undefined],
    ['inputs.go', 'push', undefined],
    ['not an expression (', 'push', undefined],
  ])('%s on %s: %s', (condition, event, expected) => {
    expect(holds(condition, withEvent(event), at)).toBe(expected);
  });
});

test('an event that does not carry a value leaves it empty', () => {
  expect(values('github.head_ref', withEvent('push'))).toEqual(['']);
  expect(values('github.head_ref', withEvent('pull_request'))).toEqual(['${{ github.head_ref }}']);
});

test('braces in a quoted string do not end an expression, and one that is not closed is text', () => {
  const cut = (value: string) =>
    splitExpressions(value).map(one => {
      const { start, end } = one.kind === 'text' ? one.outer : one.inner;
      return [one.kind, value.slice(start, end)];
    });
  expect(cut("a${{ '}}' }}b")).toEqual([
    ['text', 'a'],
    ['expression', " '}}' "],
    ['text', 'b'],
  ]);
  expect(cut('a ${{ b')).toEqual([['text', 'a ${{ b']]);
});
