import type { GroupNode, Node } from './nodes.ts';
import { pageLength, type RepositoryBranch } from './repositoryBranch.ts';

/** The rows of the page of a group that is shown, and a row for more of them. */
export function groupRows(group: GroupNode, branch: RepositoryBranch | undefined): Node[] {
  if (!branch) return [];
  const { rows, rest, mayBeMore } = branch.page(group);
  const { loaded, total } = branch.listing.progress;
  const read = `${loaded.toLocaleString('en')}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`} read`;
  if (rest > 0) {
    const text = `Show ${Math.min(rest, pageLength)} more of ${rest.toLocaleString('en')}…`;
    return [...rows, { kind: 'note', parent: group, text, more: true }];
  }
  // What cannot be read now has a row that says so.
  return mayBeMore && !group.parent.trouble
    ? [...rows, { kind: 'note', parent: group, text: `Load more… (${read})`, more: true }]
    : [...rows];
}
