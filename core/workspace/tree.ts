/** One name in a folder; what is neither a regular file nor a folder is not an entry. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/**
 * The files below one folder, wherever they live: a disk here, another host's file system elsewhere. Paths are relative to the
 * folder, with `/`; the empty path is the folder itself. What cannot be listed is empty, what cannot be read is `undefined`.
 */
export interface Tree {
  list(folder: string): Promise<readonly Entry[]>;
  /** The file's text, without a byte order mark; `undefined` where it is missing, unreadable, no UTF-8 text or has more bytes than `limit`. */
  read(path: string, limit?: number): Promise<string | undefined>;
}

/** Bytes of a file that are read at most. Far more than is analysed, so that what is too large can still say how large it is. */
export const maximumRead = 16 << 20;

/** Bytes of a file that a workflow names: a larger one is no script, Dockerfile or bake file that people write. */
export const maximumWanted = 1 << 20;

/** The tree of a folder in another tree. */
export function below(tree: Tree, folder: string): Tree {
  return { list: path => tree.list(`${folder}/${path}`), read: (path, limit) => tree.read(`${folder}/${path}`, limit) };
}

/**
 * UTF-8 bytes as text; `undefined` where they are no text at all (a NUL byte, or not UTF-8). The byte order mark stays out:
 * editors do not count it, so offsets agree with theirs.
 */
export function decodeText(bytes: Uint8Array, cut = false): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
}
