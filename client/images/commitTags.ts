/** The tags by which builds name a commit, the usual one first; none for a revision that is no commit. */
export function commitTags(revision: string): readonly string[] {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(revision)) return [];
  return [`sha-${revision.slice(0, 7)}`, `sha-${revision}`, revision];
}
