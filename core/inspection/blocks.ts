/** A piece of a page: what it says, without how it looks. Markdown and the terminal each have their own way to write them. */
export type Block =
  | { readonly kind: 'title'; readonly text: Text }
  | { readonly kind: 'heading'; readonly text: Text }
  | { readonly kind: 'line'; readonly text: Text }
  | { readonly kind: 'warning'; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  /** Names and what they stand for. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: Text, value: Text])[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Text[])[] };

/**
 * Words of our own are texts; what comes from a registry, a label or a commit is `data`, shown as it is and never taken for markup.
 * All of it is printable.
 */
export type Text = string | Data | readonly (string | Data)[];

export interface Data {
  readonly data: string;
}

export function data(text: string): Data {
  return { data: text };
}

/** A text without its marks. */
export function plainText(text: Text): string {
  if (typeof text === 'string') return text;
  return 'data' in text ? text.data : text.map(plainText).join('');
}

/** Bytes as people say them: `3.4 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
