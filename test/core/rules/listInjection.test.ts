import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../core/image/shape.ts';
import { type HolePart, hole, type Template, text } from '../../../core/image/template.ts';
import { injectionInto, type Splitting } from '../../../core/rules/shared/listInjection.ts';

const at = { start: 0, end: 0 };

/** `before` and `after` with a value between them that has this shape. */
function list(before: string, shape: Shape, after = ''): { readonly template: Template; readonly part: HolePart } {
  const value = hole('github.head_ref', shape, at, 'stranger');
  return { template: [...text(before, at), ...value, ...text(after, at)], part: value[0] as HolePart };
}

const lists: readonly (readonly [Splitting, string, string])[] = [
  ['references', 'ghcr.io/acme/web:pr-', ''],
  ['references', 'registry.acme.com:5000/web:', '-dev'],
  ['tags', 'ghcr.io/acme/chart:', ''],
  ['row', 'type=raw,value=', ',enable=true'],
  ['row', 'type=raw,"value=', '"'],
  ['row', 'type=sha,prefix=', '-'],
  ['row', 'type=semver,pattern={{version}},value=', ''],
  ['row', '', ''],
  ['cache', 'type=registry,ref=ghcr.io/acme/web:cache-', ',mode=max'],
  ['cache', 'type=gha,scope=', ''],
  ['output', 'type=image,name=ghcr.io/acme/web:', ',push=true'],
  ['output', 'type=image,"name=ghcr.io/acme/web:', '"'],
  ['settings', 'image.tag=', ''],
  ['settings', 'image.tag=', ',replicas=2'],
];

const narrow: readonly Shape[] = [
  'integer',
  'boolean',
  'sha40',
  'shortSha',
  'digest',
  'semver',
  'timestamp',
  'login',
  'tagSafe',
  'branchTag',
];

describe('values that add to a list', () => {
  test.for(lists)('a branch that git allows adds to %s: %s…%s', ([splitting, before, after]) => {
    const { template, part } = list(before, 'gitRef', after);
    const found = injectionInto(template, part, splitting);
    expect(found).toBeDefined();
    expect(spawnSync('git', ['check-ref-format', '--branch', found?.value ?? '']).status).toBe(0);
  });

  test.for(lists)('what cannot hold a separator adds nothing to %s: %s…%s', ([splitting, before, after]) => {
    for (const shape of [...narrow, 'unknown' as const]) {
      const { template, part } = list(before, shape, after);
      expect(injectionInto(template, part, splitting), shape).toBeUndefined();
    }
  });

  test('lists of lines and of words take what branches cannot hold', () => {
    const found = (shape: Shape, splitting: Splitting) => {
      const { template, part } = list('A=', shape);
      return injectionInto(template, part, splitting)?.value;
    };
    expect(found('gitRef', 'lines')).toBeUndefined();
    expect(found('line', 'lines')).toBeUndefined();
    expect(found('anything', 'lines')).toBe('x\nEXTRA=1');
    expect(found('gitRef', 'words')).toBeUndefined();
    expect(found('line', 'words')).toBe('x latest');
  });
});
