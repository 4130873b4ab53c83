import { alternatives, type Given, type Template } from '../image/template.ts';
import { callerEvent } from './events.ts';
import type { Start } from './starts.ts';

/** A start as `Given.runs` names it. */
export function runName({ event, on }: Start): string {
  return `${event} ${on}`;
}

/** The template as one that is given with these starts only, or perhaps. */
export function give(template: Template, starts: readonly Start[] | undefined, perhaps: boolean): Template {
  if (!starts && !perhaps) return template;
  const runs = starts && new Set(starts.map(runName));
  return template.map(part => ({ ...part, given: both(part.given, { ...(runs && { runs }), perhaps }) }));
}

function both(a: Given | undefined, b: Given): Given {
  if (!a) return b;
  const runs = a.runs && b.runs ? new Set([...a.runs].filter(run => b.runs?.has(run))) : (a.runs ?? b.runs);
  return { ...(runs && { runs }), perhaps: a.perhaps || b.perhaps };
}

/** Which of a usage's starts an item (a tag of a build) is there with, and whether an expression decides even then. */
export function givenWith(template: Template, starts: readonly Start[]): { readonly starts: readonly Start[]; readonly perhaps: boolean } {
  const given = template.find(part => part.given)?.given;
  const mayBeEmpty = template.every(part => part.kind === 'choice') && alternatives(template).some(option => option.length === 0);
  const perhaps = mayBeEmpty || given?.perhaps === true;
  const runs = given?.runs;
  if (!runs) return { starts, perhaps };
  return { starts: starts.filter(start => isAmong(start, runs)), perhaps };
}

/** A caller's start may be any event on the same kind of reference. */
function isAmong(start: Start, runs: ReadonlySet<string>): boolean {
  if (runs.has(runName(start)) || runs.has(runName({ ...start, event: callerEvent }))) return true;
  return start.event === callerEvent && [...runs].some(run => run.endsWith(` ${start.on}`));
}
