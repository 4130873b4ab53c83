const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago an ISO 8601 date was, in its largest unit: `3 days ago`. A date in the future, from a clock that is off, is `just now`. */
export function age(date: string, now = Date.now()): string {
  const seconds = (now - Date.parse(date)) / 1000;
  for (const [unit, length] of units) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
