import { derived } from '../../image/template.ts';
import type { ActionAdapter, StepReader } from '../stepReader.ts';
import type { Fact } from '../usage.ts';

function kept(step: StepReader, restores: boolean, saves: boolean): Fact {
  const paths = step.list('path');
  // Without a path a download goes to the workspace.
  const here = { template: derived('.', step.at), span: step.at };
  return { kind: 'fileCache', at: step.at, paths: paths.length > 0 ? paths : [here], restores, saves };
}

const keys = new Map([['cache-hit', 'boolean'] as const]);

function keeper(names: readonly string[], restores: boolean, saves: boolean): ActionAdapter {
  return {
    names,
    read: step => ({ facts: [kept(step, restores, saves)], outputs: new Map([...keys].map(([name, shape]) => step.output(name, shape))) }),
  };
}

/** What keeps files from one run, or job, to the next. */
export const fileKeepers: readonly ActionAdapter[] = [
  keeper(
    [
      'actions/cache',
      'buildjet/cache',
      'useblacksmith/cache',
      'runs-on/cache',
      'ubicloud/cache',
      'warpbuilds/cache',
      'tespkg/actions-cache',
      'namespacelabs/nscloud-cache-action',
      'useblacksmith/stickydisk',
    ],
    true,
    true,
  ),
  keeper(
    [
      'actions/cache/restore',
      'buildjet/cache/restore',
      'runs-on/cache/restore',
      'actions/download-artifact',
      'dawidd6/action-download-artifact',
    ],
    true,
    false,
  ),
  keeper(['actions/cache/save', 'buildjet/cache/save', 'runs-on/cache/save', 'actions/upload-artifact'], false, true),
];
