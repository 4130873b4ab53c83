import type { Scalar } from './scalar.ts';
import type { TreeReader } from './tree.ts';

/** One job of a matrix: the value of each axis by its path, `os`, `service.image`. */
export type Leg = ReadonlyMap<string, Scalar>;

/** GitHub runs at most this many jobs of one matrix. */
const maxLegs = 256;

/**
 * The jobs that a matrix makes, after `exclude` and `include` as GitHub joins them (docs.github.com, "Running variations of jobs in a
 * workflow"). `undefined` where an expression makes some of them or there are too many; empty without a matrix.
 */
export function readLegs(reader: TreeReader, node: unknown): readonly Leg[] | undefined {
  const pairs = reader.pairs(node);
  if (pairs.length === 0) return reader.scalar(node) ? undefined : [];
  const listed = (name: string) => {
    const pair = pairs.find(({ key }) => key.value === name);
    if (!pair) return [];
    const items = reader.scalar(pair.value) ? undefined : reader.items(pair.value);
    return items && items.length <= maxLegs ? items.map(item => flattened(reader, '', item)) : undefined;
  };
  const [include, exclude] = [listed('include'), listed('exclude')];
  if (!include || !exclude) return undefined;
  let legs: readonly Leg[] = [];
  for (const { key, value } of pairs) {
    if (key.value === 'include' || key.value === 'exclude') continue;
    const items = reader.items(value);
    const before: readonly Leg[] = legs.length > 0 ? legs : [new Map()];
    if (items.length === 0 || before.length * items.length > maxLegs) return undefined;
    const values = items.map(item => flattened(reader, key.value, item));
    legs = before.flatMap(leg => values.map(added => new Map([...leg, ...added])));
  }
  const kept = legs.filter(leg => !exclude.some(left => left.size > 0 && agrees(leg, left)));
  const all = included(kept, include);
  return all.length > maxLegs ? undefined : all;
}

/** An entry extends each job whose own values it does not change; one that extends none is a job of its own. */
function included(legs: readonly Leg[], entries: readonly Leg[]): readonly Leg[] {
  const extended = legs.map(leg => new Map(leg));
  const own: Leg[] = [];
  for (const entry of entries) {
    let used = false;
    for (const [index, leg] of legs.entries()) {
      if (![...entry].every(([path, { value }]) => !leg.has(path) || leg.get(path)?.value === value)) continue;
      for (const [path, value] of entry) if (!leg.has(path)) extended[index]?.set(path, value);
      used = true;
    }
    if (!used) own.push(entry);
  }
  return [...extended, ...own];
}

function agrees(leg: Leg, part: Leg): boolean {
  return [...part].every(([path, { value }]) => leg.get(path)?.value === value);
}

function flattened(reader: TreeReader, path: string, node: unknown): Leg {
  const scalar = reader.scalar(node);
  if (scalar) return new Map([[path, scalar]]);
  return new Map(
    reader.pairs(node).flatMap(({ key, value }) => [...flattened(reader, path === '' ? key.value : `${path}.${key.value}`, value)]),
  );
}
