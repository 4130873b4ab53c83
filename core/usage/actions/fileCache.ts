import type { ActionAdapter } from '../stepReader.ts';

interface Kind {
  readonly names: readonly string[];
  readonly restores: boolean;
  readonly saves: boolean;
}

/** Whose `path` input lists files and folders, one a line, and what they do with them. */
const kinds: readonly Kind[] = [
  {
    names: [
      'actions/cache',
      'buildjet/cache',
      'useblacksmith/cache',
      'runs-on/cache',
      'namespacelabs/nscloud-cache-action',
      'tespkg/actions-cache',
    ],
    restores: true,
    saves: true,
  },
  {
    names: ['actions/cache/restore', 'buildjet/cache/restore', 'runs-on/cache/restore', 'actions/download-artifact'],
    restores: true,
    saves: false,
  },
  { names: ['actions/cache/save', 'buildjet/cache/save', 'runs-on/cache/save', 'actions/upload-artifact'], restores: false, saves: true },
];

/** Files that are kept beyond a job: actions/cache and artifacts. */
export const fileCaches: readonly ActionAdapter[] = kinds.map(({ names, restores, saves }) => ({
  names,
  read: step => ({ facts: [{ kind: 'fileCache', at: step.at, paths: step.list('path'), restores, saves }] }),
}));
