import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { decodeText, type Entry, maximumRead, type Tree } from './tree.ts';

/** How files are reached. A program with nothing else to do gets an answer at once for a fifth of what waiting for it costs. */
export interface Disk {
  list(path: string): Entries | Promise<Entries>;
  realpath(path: string): string | Promise<string>;
  /** Rejects, or answers `undefined`, where nothing is there. */
  stat(path: string): Found | undefined | Promise<Found>;
  /** The first `maximumRead` bytes, and whether there are more. */
  read(path: string): Bytes | Promise<Bytes>;
}

type Entries = readonly {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}[];

interface Found {
  readonly size: number;
  isFile(): boolean;
}

interface Bytes {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

/** Lets others work while it waits: for the server. */
export const patient: Disk = {
  list: path => readdir(path, { withFileTypes: true }),
  realpath,
  stat,
  async read(path) {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      // A pipe says nothing of its size, nor does what the system makes up.
      if (size > 0 && size <= maximumRead) return { bytes: await file.readFile(), cut: false };
      const chunks: Uint8Array[] = [];
      for await (const chunk of file.createReadStream({ end: maximumRead, autoClose: false })) chunks.push(chunk as Uint8Array);
      const bytes = Buffer.concat(chunks);
      return { bytes, cut: bytes.length > maximumRead };
    } finally {
      await file.close();
    }
  },
};

/** Waits for nobody: for the command line. What may keep one waiting, a pipe, is read patiently all the same. */
export const direct: Disk = {
  list: path => readdirSync(path, { withFileTypes: true }),
  realpath: path => realpathSync.native(path),
  stat: path => statSync(path, { throwIfNoEntry: false }),
  read(path) {
    const file = openSync(path, 'r');
    try {
      const found = fstatSync(file);
      if (!found.isFile() || found.size === 0) return patient.read(path);
      if (found.size <= maximumRead) return { bytes: readFileSync(file), cut: false };
      const bytes = Buffer.alloc(maximumRead + 1);
      return { bytes: bytes.subarray(0, readSync(file, bytes)), cut: true };
    } finally {
      closeSync(file);
    }
  },
};

/**
 * The tree below a folder of this machine. Links to folders are not entered, so a search ends; a link to a file counts when the
 * file lies inside the folder, so a repository cannot point us at what its owner did not mean to show.
 */
export function diskTree(root: string, disk: Disk = patient): Tree {
  let base: string | undefined;
  const leadsToFileInside = async (path: string, limit = Number.POSITIVE_INFINITY): Promise<boolean> => {
    try {
      // Most of what workflows may name is not there.
      const found = await disk.stat(path);
      if (!found?.isFile() || found.size > limit) return false;
      base ??= await disk.realpath(root);
      const real = await disk.realpath(path);
      return real.startsWith(base.endsWith(sep) ? base : base + sep);
    } catch {
      return false;
    }
  };
  return {
    async list(folder) {
      const found: Entry[] = [];
      for (const entry of await entriesOf(disk, join(root, folder))) {
        if (entry.isDirectory()) found.push({ name: entry.name, kind: 'folder' });
        else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFileInside(join(root, folder, entry.name)))))
          found.push({ name: entry.name, kind: 'file' });
      }
      return found;
    },
    async read(path, limit) {
      const full = join(root, path);
      if (!(await leadsToFileInside(full, limit))) return undefined;
      return readText(full, disk).catch(() => undefined);
    },
  };
}

async function entriesOf(disk: Disk, path: string): Promise<Entries> {
  try {
    return await disk.list(path);
  } catch {
    return [];
  }
}

/** The first `maximumRead` bytes of a file as text; `undefined` where they are no text. Rejects with the system's error. */
export async function readText(path: string, disk: Disk = patient): Promise<string | undefined> {
  const { bytes, cut } = await disk.read(path);
  return decodeText(bytes, cut);
}
