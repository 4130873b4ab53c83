import { isLinear } from '../../image/split.ts';
import { alternatives, display, type Part, type Waypoint } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import type { Job } from '../../workflow/model.ts';
import type { TagWrite } from '../../workspace/tagUses.ts';
import type { RuleContext } from '../rule.ts';
import type { Pushed } from './pushed.ts';

/**
 * Where the tag of a pushed reference is written, so that it can be changed there: a row of metadata-action, a variable that holds the
 * whole reference, the line of a script that hands the tag to later steps, the `-t` of the build whose names `docker push --all-tags`
 * sends; else where it is pushed. In the file of the context; `form` is one of the reference's own.
 */
export function writtenAt({ item, usage }: Pushed, form: TagWrite, { path, usage: own }: RuleContext): Span {
  if (usage.kind === 'push' && usage.allTags) return builtAs(form.reference, usage, own) ?? item.span;
  const tag = form.parts.tag?.value ?? [];
  const row = stationOf(tag, station => /^output tags of step /.test(station.what) && station.path === path);
  if (row) return row;
  const [only] = tag;
  if (only && !(only.kind === 'text' && isLinear(only)) && only.via.length === 0) {
    const made = rowOf(display(tag), usage, own);
    if (made) return made;
  }
  for (const { what, span, path: file } of form.reference[0]?.via ?? []) {
    if (file !== path || !/^(?:env|shell variable) /.test(what)) continue;
    const variable = stationOf(form.reference, station => station.what === what && inOneValue(station.span, span));
    if (variable) return variable;
  }
  return handedOver(tag, usage.job, path) ?? item.span;
}

/** The line of a script in the job that writes the whole tag for later steps, as an output or into their environment. */
function handedOver(tag: readonly Part[], job: Job, path: string): Span | undefined {
  const isHandedOver = ({ what, span, path: file }: Waypoint) =>
    file === path &&
    /^(?:output \S+ of step|env) /.test(what) &&
    job.steps.some(({ run }) => run && run.span.start <= span.start && span.end <= run.span.end);
  for (const first of tag[0]?.via.filter(isHandedOver) ?? []) {
    const line = stationOf(tag, station => station.what === first.what && isHandedOver(station) && inOneValue(station.span, first.span));
    if (line) return line;
  }
  return undefined;
}

/** The row of a metadata-action in the job that makes the tag: its outputs may come as JSON, through `jq`. */
function rowOf(tag: string, { job }: Pushed['usage'], file: RuleContext['usage']): Span | undefined {
  for (const other of file.usages) {
    if (other.kind !== 'metadata' || other.job !== job) continue;
    const row = other.rows.find(({ tag: made }) => alternatives(made).some(form => display(form) === tag));
    if (row) return row.item.span;
  }
  return undefined;
}

/** What all parts span at a station of their way; `undefined` where one of them did not come through it. */
function stationOf(parts: readonly Part[], isStation: (station: Waypoint) => boolean): Span | undefined {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const { via } of parts) {
    const station = via.findLast(isStation);
    if (!station) return undefined;
    start = Math.min(start, station.span.start);
    end = Math.max(end, station.span.end);
  }
  return start < end ? { start, end } : undefined;
}

/** The parts of one value stand near each other. */
function inOneValue(a: Span, b: Span): boolean {
  return Math.abs(a.start - b.start) < 1000;
}

function builtAs(reference: readonly Part[], { job }: Pushed['usage'], file: RuleContext['usage']): Span | undefined {
  for (const other of file.usages) {
    if (other.kind !== 'build' || other.job !== job) continue;
    const item = other.tags.find(({ template }) => alternatives(template).some(form => display(form) === display(reference)));
    if (item) return item.span;
  }
  return undefined;
}
