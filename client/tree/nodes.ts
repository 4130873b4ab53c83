import type { Digest } from '../../core/image/digest.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';
import type { Group } from '../listing/groups.ts';
import type { Row } from '../listing/row.ts';
import type { Trouble } from '../trouble.ts';

export interface RegistryNode {
  readonly kind: 'registry';
  readonly host: string;
  /** Named in the setting; where there are none the registry is asked for its list. */
  readonly named: readonly string[];
  /** How many of its repositories are shown. */
  shown: number;
}

export interface RepositoryNode {
  readonly kind: 'repository';
  readonly host: string;
  readonly repository: string;
  readonly parent: RegistryNode;
  /** Set where what is shown is older than the last attempt to read it. */
  trouble?: Trouble;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly group: Group;
  readonly host: string;
  readonly repository: string;
  readonly parent: RepositoryNode;
  /** How many of its rows are shown. */
  shown: number;
  rows: readonly Row[];
}

/** What both kinds of images have. */
interface Imaged {
  readonly host: string;
  readonly repository: string;
  readonly parent: GroupNode;
  row: Row;
  /** Other tags of the same image. */
  sameAs: readonly string[];
  /** The registry can be reached, so that something can be changed. */
  live: boolean;
}

export interface TagNode extends Imaged {
  readonly kind: 'tag';
  readonly tag: string;
  state: TagState;
}

/** An image that no tag names. */
export interface ImageNode extends Imaged {
  readonly kind: 'image';
  readonly digest: Digest;
}

export type TagState =
  | { readonly status: 'loading' }
  | { readonly status: 'known'; readonly digest: Digest; readonly image?: ImageDetails }
  | { readonly status: 'gone' }
  | { readonly status: 'failed'; readonly message: string };

/** One thing that is known of an image, below its row. */
export interface DetailNode {
  readonly kind: 'detail';
  /** Unique among the details of one image. */
  readonly name: string;
  readonly parent: TagNode | ImageNode | DetailNode;
  readonly icon: string;
  readonly label: string;
  readonly description?: string;
  /** Shown as plain text. */
  readonly tooltip?: string;
  /** What a screen reader says; label and description where it is absent. */
  readonly spoken?: string;
  /** What a click does. */
  readonly open?: { readonly command: string; readonly title: string; readonly arguments: readonly unknown[] };
  children: readonly DetailNode[];
}

/** A row in place of children that could not be read: one says what is wrong, one below it what to do. */
export interface TroubleNode {
  readonly kind: 'trouble';
  readonly part: 'message' | 'remedy';
  readonly parent: RegistryNode | RepositoryNode;
  readonly trouble: Trouble;
}

/** A row after the last child: there are more, or there are none. */
export interface NoteNode {
  readonly kind: 'note';
  readonly parent: RegistryNode | RepositoryNode | GroupNode | TagNode | ImageNode;
  readonly text: string;
  readonly more: boolean;
}

export type Node = RegistryNode | RepositoryNode | GroupNode | TagNode | ImageNode | DetailNode | TroubleNode | NoteNode;

/** Where a node is, as its id: selection and expansion survive a refresh by it. */
export function idOf(node: Node): string {
  switch (node.kind) {
    case 'registry':
      return node.host;
    case 'repository':
      return `${node.host}/${node.repository}`;
    case 'group':
      return `${idOf(node.parent)}#${node.group}`;
    case 'tag':
      return `${node.host}/${node.repository}:${node.tag}`;
    case 'image':
      return `${node.host}/${node.repository}@${node.digest}`;
    case 'detail':
      return `${idOf(node.parent)}|${node.name}`;
    case 'trouble':
      return `${idOf(node.parent)}#${node.part}`;
    case 'note':
      return `${idOf(node.parent)}#note`;
  }
}

/** The node of a row, in its group. */
export function nodeOf(parent: GroupNode, row: Row): TagNode | ImageNode {
  const { host, repository } = parent;
  const common = { host, repository, parent, row, sameAs: [], live: true };
  if (row.tag !== undefined) return { kind: 'tag', tag: row.tag, state: stateOf(row), ...common };
  if (row.digest === undefined) throw new Error(`The row ${row.key} names nothing.`);
  return { kind: 'image', digest: row.digest, ...common };
}

/** What commands of tags work with, from a row. */
export function stateOf({ state, digest, details }: Row): TagState {
  if (state.status === 'gone' || state.status === 'failed') return state;
  return digest === undefined ? { status: 'loading' } : { status: 'known', digest, ...(details && { image: details }) };
}
