import type { Template, Waypoint } from '../../image/template.ts';
import type { Place, Span } from '../../text/span.ts';
import type { Item } from '../../usage/usage.ts';
import type { Step, Workflow } from '../../workflow/model.ts';
import type { Problem, RuleContext } from '../rule.ts';

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

/**
 * Where the tag of a reference is written: where it is used (as `used` says), or where a variable or a script set it. What an action made
 * is right where it was made: its use is what to look at.
 */
export function placeOfTag(
  { span }: Item,
  tag: Template,
  used: string,
  { path, usage }: RuleContext,
): { readonly at: Span; readonly related: NonNullable<Problem['related']> } {
  const { at } = placeOf({ template: tag, span }, path);
  const via = tag[0]?.via ?? [];
  // Where it comes into this file; before that it may have come through others.
  const entry = via.findIndex(station => station.path === path);
  const origin = via[entry];
  const stations = via.filter((_station, index) => index !== entry);
  const maker = origin && stepAt(origin.span, usage.workflow)?.uses;
  if (!origin || maker || at === span) return { at: span, related: passed(via) };
  return { at, related: [...passed(stations), { span, message: used }] };
}

/** The step that a place of the file is in. */
export function stepAt({ start, end }: Span, { jobs }: Workflow): Step | undefined {
  const job = jobs.find(({ span }) => span.start <= start && end <= span.end);
  return job?.steps.find(({ span }) => span.start <= start && end <= span.end);
}

function passed(stations: readonly Waypoint[]): NonNullable<Problem['related']> {
  return stations.map(({ path, span, what }) => ({ path, span, message: `The tag comes by here, as ${what}.` }));
}
