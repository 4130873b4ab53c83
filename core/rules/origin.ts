import type { Template } from '../image/template.ts';
import type { Place, Span } from '../text/span.ts';
import type { Item } from '../usage/usage.ts';

/**
 * Where a value as a whole is written in this file, which may be far from the build that uses it (an `env` entry, an output's line in a
 * script): a finding points where an edit helps.
 */
export function placeOf(
  { template, span }: Item,
  path: string,
): { readonly at: Span; readonly related: readonly (Place & { message: string })[] } {
  const origin = extentOf(commonStations(template, path)[0] ?? []);
  return origin ? { at: origin, related: [{ path, span, message: 'It is used here.' }] } : { at: span, related: [] };
}

/** The stations in this file through which all parts went together, the earliest first: the places of the parts at each. */
export function commonStations(template: Template, path: string): readonly (readonly Span[])[] {
  const places: (readonly Span[])[] = [];
  for (let back = 1; ; back++) {
    const stations = template.map(({ via }) => via.at(-back));
    const [first] = stations;
    if (!first || stations.some(station => station?.what !== first.what || station.path !== path)) return places;
    places.unshift(stations.flatMap(station => station?.span ?? []));
  }
}

function extentOf(spans: readonly Span[]): Span | undefined {
  if (spans.length === 0) return undefined;
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) };
}
