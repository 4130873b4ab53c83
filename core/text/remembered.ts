/** More texts than a workspace has of such names. */
const maxKept = 2000;

/** A function of a text, worked out once for each: names of actions, targets and programs recur in every file. */
export function remembered<R>(work: (text: string) => R): (text: string) => R {
  const known = new Map<string, R>();
  return text => {
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before as R;
    if (known.size >= maxKept) known.clear();
    const result = work(text);
    known.set(text, result);
    return result;
  };
}
