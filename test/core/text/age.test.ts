import { expect, test } from 'vitest';
import { age } from '../../../core/text/age.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

test.each([
  ['2026-11-21T11:59:30Z', 'just now', 'now'],
  ['2026-11-21T11:58:30Z', '1 minute ago', '1min'],
  ['2026-11-21T09:00:00Z', '3 hours ago', '3h'],
  ['2026-11-18T12:00:00Z', '3 days ago', '3d'],
  ['2026-11-13T00:00:00Z', '1 week ago', '1w'],
  ['2026-09-01T00:00:00Z', '2 months ago', '2mo'],
  ['2024-01-01T00:00:00Z', '2 years ago', '2y'],
])('%s was %s', (date, long, short) => {
  expect(age(date, now)).toEqual({ long, short });
});

test('a date in the future, from a clock that is off, is now', () => {
  expect(age('2027-01-01T00:00:00Z', now).short).toBe('now');
});
