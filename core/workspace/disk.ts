import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { decodeText, type Entry, maximumRead, type Tree } from './tree.ts';

/**
 * The tree below a folder of this machine. Links to folders are not entered, so a search ends; a link to a file counts when the
 * file lies inside the folder, so a repository cannot point us at what its owner did not mean to show.
 */
export function diskTree(root: string): Tree {
  let real: string | undefined;
  const base = async () => {
    real ??= await realpath(root);
    return real;
  };
  return {
    async list(folder) {
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
      const found: Entry[] = [];
      for (const entry of entries) {
        if (entry.isDirectory()) found.push({ name: entry.name, kind: 'folder' });
        else if (entry.isFile()) found.push({ name: entry.name, kind: 'file' });
        else if (entry.isSymbolicLink() && (await leadsToFileInside(base(), join(root, folder, entry.name)))) {
          found.push({ name: entry.name, kind: 'file' });
        }
      }
      return found;
    },
    async read(path, limit = Number.POSITIVE_INFINITY) {
      const full = join(root, path);
      if (!(await leadsToFileInside(base(), full, limit))) return undefined;
      return readText(full).catch(() => undefined);
    },
  };
}

/** The first `maximumRead` bytes of a file as text; `undefined` where they are no text. Rejects with the system's error. */
export async function readText(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    // A pipe says nothing of its size, nor does what the system makes up.
    if (size > 0 && size <= maximumRead) return decodeText(await file.readFile());
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of file.createReadStream({ end: maximumRead, autoClose: false })) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
    }
    return decodeText(Buffer.concat(chunks), length > maximumRead);
  } finally {
    await file.close();
  }
}

async function leadsToFileInside(root: Promise<string>, path: string, limit = Number.POSITIVE_INFINITY): Promise<boolean> {
  try {
    const [base, real] = await Promise.all([root, realpath(path)]);
    if (!real.startsWith(base.endsWith(sep) ? base : base + sep)) return false;
    const found = await stat(real);
    return found.isFile() && found.size <= limit;
  } catch {
    return false;
  }
}
