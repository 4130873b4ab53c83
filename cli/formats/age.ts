import { age as ageOf } from '../../core/text/age.ts';

/** How long ago an ISO date was, in its largest whole unit: `3 days ago`. */
export function age(iso: string, now: Date): string {
  return Date.parse(iso) > now.getTime() ? 'to come' : ageOf(iso, now.getTime(), { weeks: false }).long;
}
