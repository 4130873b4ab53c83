import { createHash } from 'node:crypto';
import type { Author } from './commits.ts';

/** Files of a tree by their path with `/`; all of them regular and not executable. */
export type Files = ReadonlyMap<string, string>;

export interface CommitText {
  readonly tree: string;
  readonly parent?: string;
  readonly author: Author;
  /** Seconds since 1970; the zone is UTC. */
  readonly seconds: number;
  readonly message: string;
}

/** The SHA-1 git gives the commit: computed here so that images can name commits also where there is no git. */
export function commitId({ tree, parent, author, seconds, message }: CommitText): string {
  const who = signature(author, seconds);
  return objectId('commit', `tree ${tree}\n${parent ? `parent ${parent}\n` : ''}author ${who}\ncommitter ${who}\n\n${message}\n`);
}

/** The SHA-1 of the tree that holds these files. */
export function treeId(files: Files): string {
  const children = new Map<string, Map<string, string> | string>();
  for (const [path, text] of files) {
    const [first = '', ...rest] = path.split('/');
    if (rest.length === 0) children.set(first, text);
    else {
      const folder = children.get(first);
      const inside = folder instanceof Map ? folder : new Map<string, string>();
      children.set(first, inside.set(rest.join('/'), text));
    }
  }
  // git sorts a folder as if its name ended in a slash.
  const entries = [...children].map(([name, child]) => ({ name, child, key: child instanceof Map ? `${name}/` : name }));
  entries.sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)));
  const parts = entries.flatMap(({ name, child }) => {
    const id = child instanceof Map ? treeId(child) : objectId('blob', child);
    return [Buffer.from(`${child instanceof Map ? '40000' : '100644'} ${name}\0`), Buffer.from(id, 'hex')];
  });
  return objectId('tree', Buffer.concat(parts));
}

/** `Name <mail> seconds +0000`, as commits hold it. */
export function signature({ name, email }: Author, seconds: number): string {
  return `${name} <${email}> ${seconds} +0000`;
}

function objectId(type: string, content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}
