import type { Item } from './usage.ts';

/** `{ name: item }` where there is an item with something in it, for spreading. */
export function optionalItem<K extends string>(name: K, item: Item | undefined): { readonly [key in K]?: Item } {
  return item && item.template.length > 0 ? ({ [name]: item } as { readonly [key in K]?: Item }) : {};
}
