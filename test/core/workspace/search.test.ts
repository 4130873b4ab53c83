import { expect, test } from 'vitest';
import { search } from '../../../core/workspace/search.ts';
import { decodeText, type Tree } from '../../../core/workspace/tree.ts';

/** A tree that lives nowhere but here. */
function memory(files: Readonly<Record<string, string>>): Tree {
  return {
    async list(folder) {
      const inside = Object.keys(files)
        .filter(path => folder === '' || path.startsWith(`${folder}/`))
        .map(path => path.slice(folder === '' ? 0 : folder.length + 1).split('/'));
      const names = new Map(inside.map(([name = '', ...rest]) => [name, rest.length > 0 ? ('folder' as const) : ('file' as const)]));
      return [...names].map(([name, kind]) => ({ name, kind }));
    },
    read: async path => files[path],
  };
}

const yaml = (path: string) => path.endsWith('.yml');

test('a deeper ignore file has the last word, and an ignored folder is not entered', async () => {
  const tree = memory({
    '.gitignore': '*.yml\n!keep.yml\nout/\n',
    'a.yml': '',
    'keep.yml': '',
    'sub/.gitignore': '!a.yml\nkeep.yml\n',
    'sub/a.yml': '',
    'sub/keep.yml': '',
    'out/keep.yml': '',
  });
  expect(await search(tree, { wanted: yaml })).toEqual(['keep.yml', 'sub/a.yml']);
});

test('ignore files above the tree count too, and the search ends after so many folders', async () => {
  const tree = memory({ 'a.yml': '', 'b/a.yml': '', 'c/a.yml': '' });
  expect(await search(tree, { wanted: yaml, above: [path => path.startsWith('b/') || undefined] })).toEqual(['a.yml', 'c/a.yml']);
  expect(await search(tree, { wanted: yaml, maximumFolders: 2 })).toEqual(['a.yml', 'b/a.yml']);
});

test('bytes are text when they are UTF-8 without NUL, and the byte order mark is no part of it', () => {
  expect(decodeText(Buffer.from('\ufeff出荷'))).toBe('出荷');
  expect(decodeText(Buffer.from('a\0b'))).toBeUndefined();
  expect(decodeText(Uint8Array.of(0xc3, 0x28))).toBeUndefined();
  expect(decodeText(Buffer.from('出').subarray(0, 2), true)).toBe('');
});
