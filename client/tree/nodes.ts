import type { Digest } from '../../core/image/digest.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';
import type { Trouble } from '../trouble.ts';

export interface RegistryNode {
  readonly kind: 'registry';
  readonly host: string;
  /** Named in the setting; where there are none the registry is asked for its list. */
  readonly named: readonly string[];
}

export interface RepositoryNode {
  readonly kind: 'repository';
  readonly host: string;
  readonly repository: string;
  readonly parent: RegistryNode;
  /** How many of its tags are shown. */
  shown: number;
}

export interface TagNode {
  readonly kind: 'tag';
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  readonly parent: RepositoryNode;
  /** What was learnt after the row was first shown. */
  state: TagState;
}

export type TagState =
  | { readonly status: 'loading' }
  | { readonly status: 'known'; readonly digest: Digest; readonly image?: ImageDetails }
  | { readonly status: 'gone' }
  | { readonly status: 'failed'; readonly message: string };

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
  readonly parent: RegistryNode | RepositoryNode;
  readonly text: string;
  readonly more: boolean;
}

export type Node = RegistryNode | RepositoryNode | TagNode | TroubleNode | NoteNode;
