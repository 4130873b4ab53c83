import type { Node } from '../tree/nodes.ts';

/** The tree's row that a menu handed over, where it is of that kind. */
export function rowOf<K extends Node['kind']>(argument: unknown, ...kinds: readonly K[]): Extract<Node, { kind: K }> | undefined {
  const kind = typeof argument === 'object' && argument !== null && 'kind' in argument ? argument.kind : undefined;
  return kinds.some(wanted => wanted === kind) ? (argument as Extract<Node, { kind: K }>) : undefined;
}
