import { describe, expect, test } from 'vitest';
import { type Match, match, matchNames, type Nearness } from '../../../core/image/match.ts';
import type { Shape } from '../../../core/image/shape.ts';
import { choice, derived, type HolePart, hole, type Template } from '../../../core/image/template.ts';

const at = { start: 0, end: 0 };

/** `v-<sha40 github.sha>`: text with holes of a shape and a source; `?` after the shape is a value that some events leave empty. */
function template(written: string): Template {
  return written.split(/(<[^>]*>)/).flatMap((piece): Template => {
    const [, shape, length, empty, source] = /^<(\w+)(?:=(\d+))?(\??) ?(.*)>$/.exec(piece) ?? [];
    if (shape === undefined) return derived(piece, at);
    const [part] = hole(source || 'steps.a.outputs.b', shape as Shape, at) as readonly [HolePart];
    return [{ ...part, ...(length && { length: Number(length) }), ...(empty && { events: new Set(['push']) }) }];
  });
}

describe('what two tags may become', () => {
  const cases: [string, string, Match, Nearness?][] = [
    ['latest', 'latest', 'same'],
    ['latest', 'Latest', 'never'],
    ['latest', 'staging', 'never'],
    ['', '', 'same'],
    ['pr-1-<sha40>', 'pr-1-<shortSha=7>', 'never'],
    ['pr-<integer>-<sha40?>', 'pr-<integer>-<shortSha=7>', 'never'],
    ['pr-<integer>-<sha40?>', 'pr-<integer>-', 'maybe'],
    ['<shortSha=6>', '<shortSha=7>', 'never'],
    ['<shortSha>', '<shortSha=7>', 'maybe'],
    ['<shortSha>', 'latest', 'never'],
    ['<sha40>', '<integer>', 'maybe'],
    ['<integer>', 'main', 'never'],
    ['<integer>', '42', 'maybe'],
    ['v<semver>', 'v1.2.3-rc.1', 'maybe'],
    ['v<semver>', 'latest', 'never'],
    ['<semver>', 'prod', 'never'],
    ['<timestamp>', 'latest', 'never'],
    ['<branchTag>', 'latest', 'maybe'],
    ['<branchTag>', '', 'never'],
    ['<tagSafe>', 'a/b', 'never'],
    ['<gitRef>', 'a/b', 'maybe'],
    ['<unknown>', 'latest', 'maybe'],
    ['<line>-a', '<line>-b', 'never'],
    ['a-<line>', 'b-<line>', 'never'],
    ['<boolean>', 'true', 'maybe'],
    ['<boolean>', 'yes', 'never'],
    ['<digest>', `sha256:${'a'.repeat(64)}`, 'maybe'],
    ['<digest>', 'latest', 'never'],
    ['ä<line>', 'a<line>', 'never'],
    ['<sha40 github.sha>', '<sha40 GitHub.SHA>', 'same', 'run'],
    ['<sha40 github.sha>', '<sha40 github.sha>', 'maybe', 'repository'],
    ['<sha40 github.sha>', '<shortSha=7 github.sha>', 'never', 'run'],
    ['<gitRef github.ref_name>', '<branchTag github.ref_name>', 'maybe', 'job'],
    ['<line vars.TAG>', '<line vars.tag>', 'same'],
    ['<unknown steps.a.outputs.b>', '<unknown steps.a.outputs.b>', 'same', 'job'],
    ['<unknown steps.a.outputs.b>', '<unknown steps.a.outputs.b>', 'maybe', 'run'],
    ['<timestamp $(date +%s)>', '<timestamp $(date +%s)>', 'maybe', 'job'],
    ['<unknown too many alternatives>', '<unknown too many alternatives>', 'maybe', 'job'],
  ];
  test.each(cases)('%j and %j: %s', (a, b, expected, nearness) => {
    expect(match(template(a), template(b), nearness)).toBe(expected);
    expect(match(template(b), template(a), nearness)).toBe(expected);
  });

  test('of several forms the best one counts', () => {
    const either = choice([template('latest'), template('main')], at);
    expect(match(either, template('main'))).toBe('same');
    expect(match(either, template('<branchTag>'))).toBe('maybe');
    expect(match(either, template('prod'))).toBe('never');
  });

  test('what one command printed is the same wherever it is used in the run', () => {
    const [part] = template('<timestamp $(date +%s)>') as readonly [HolePart];
    const from = (start: number): Template => [{ ...part, via: [{ path: 'a.yml', span: { start, end: start }, what: 'output' }] }];
    expect(match(from(3), from(3), 'run')).toBe('same');
    expect(match(from(3), from(9), 'run')).toBe('maybe');
    expect(match(from(3), from(3), 'repository')).toBe('maybe');
  });
});

const names: [string, string, Match, Nearness?][] = [
  ['nginx', 'docker.io/library/nginx', 'same'],
  ['acme/app', 'docker.io/acme/app', 'same'],
  ['index.docker.io/acme/app', 'registry-1.docker.io/acme/app', 'same'],
  ['acme/app', 'ghcr.io/acme/app', 'never'],
  ['ghcr.io/Acme/App', 'ghcr.io/acme/app', 'same'],
  ['ghcr.io/<repository github.repository>', 'ghcr.io/<repository GITHUB.repository>', 'same'],
  ['ghcr.io/<repository github.repository>', 'ghcr.io/acme/app', 'maybe'],
  ['ghcr.io/<repository github.repository>', 'ghcr.io/<repository github.repository>-base', 'maybe'],
  ['<line secrets.ECR>/app', '<line secrets.ECR>/app', 'same'],
  ['<line secrets.ECR>/app', '<line secrets.ecr>/api', 'never'],
  ['<line secrets.ECR>/app', '<line secrets.OTHER>/app', 'maybe'],
  ['<unknown env.REGISTRY>/app', '<unknown $REGISTRY>/app', 'same'],
  ['<line steps.ecr.outputs.registry>/app', '<line steps.ecr.outputs.registry>/app', 'same'],
  ['<line inputs.image>', '<line inputs.image>', 'maybe'],
  ['<line inputs.image>', '<line inputs.image>', 'same', 'run'],
];

test.each(names)('the names %j and %j: %s', (a, b, expected, nearness) => {
  expect(matchNames(template(a), template(b), nearness)).toBe(expected);
  expect(matchNames(template(b), template(a), nearness)).toBe(expected);
});

test('hostile templates are decided at once', () => {
  const long = Array.from({ length: 400 }, () => template('<anything>a<line>b<tagSafe>')).flat();
  const start = performance.now();
  expect(match(long, [...long, ...template('c<line>')])).toBe('maybe');
  expect(performance.now() - start).toBeLessThan(500);
});
