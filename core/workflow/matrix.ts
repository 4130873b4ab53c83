import type { Scalar } from './scalar.ts';
import type { TreeReader } from './tree.ts';

/**
 * The values of each matrix axis: `os`, and `service.image` where an axis lists mappings. `include` adds to them. `undefined` where an
 * expression makes some of them.
 */
export function readMatrix(reader: TreeReader, node: unknown): ReadonlyMap<string, readonly Scalar[] | undefined> {
  const axes = new Map<string, Scalar[] | undefined>();
  const add = (name: string, value: unknown) => {
    const scalar = reader.scalar(value);
    if (scalar) {
      if (!axes.has(name)) axes.set(name, []);
      axes.get(name)?.push(scalar);
    } else if (reader.map(value)) for (const { key, value: inner } of reader.pairs(value)) add(`${name}.${key.value}`, inner);
  };
  const pairs = reader.pairs(node).filter(({ key }) => key.value !== 'exclude');
  for (const { key, value } of pairs) {
    if (key.value === 'include') continue;
    const items = reader.items(value);
    if (items.length === 0) axes.set(key.value, undefined);
    for (const item of items) add(key.value, item);
  }
  const include = pairs.find(({ key }) => key.value === 'include');
  // What an expression includes may be anything on any axis, but the axes that are written stay known.
  for (const item of reader.items(include?.value)) for (const { key, value } of reader.pairs(item)) add(key.value, value);
  return axes;
}
