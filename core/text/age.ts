const units = [
  ['year', 'y', 365 * 86_400],
  ['month', 'mo', 30 * 86_400],
  ['week', 'w', 7 * 86_400],
  ['day', 'd', 86_400],
  ['hour', 'h', 3600],
  ['minute', 'min', 60],
] as const;

/** How long ago an ISO 8601 date was, in its largest unit. A date in the future, from a clock that is off, is `now`. */
export interface Age {
  /** `3 days ago` */
  readonly long: string;
  /** `3d`, for the sidebar, which is narrow. */
  readonly short: string;
}

/** Without weeks it counts days up to a month, which is easier to compare in a column. `now` is in milliseconds since 1970. */
export function age(date: string, now = Date.now(), { weeks = true }: { readonly weeks?: boolean } = {}): Age {
  const seconds = (now - Date.parse(date)) / 1000;
  for (const [unit, letter, length] of units) {
    if (unit === 'week' && !weeks) continue;
    const count = Math.floor(seconds / length);
    if (count >= 1) return { long: `${count} ${unit}${count === 1 ? '' : 's'} ago`, short: `${count}${letter}` };
  }
  return { long: 'just now', short: 'now' };
}
