import { alternatives, type Given, render, type Template } from '../image/template.ts';
import { callerEvent } from './events.ts';
import type { Start } from './starts.ts';
import type { Item } from './usage.ts';

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

/**
 * Items of which an expression makes several forms (`${{ cond && 'x:latest' || 'x:dev' }}`), each form as an item with the starts that have it,
 * where that tells them apart; `itemsAt` gives the items with one start.
 */
export function byStart(items: readonly Item[], starts: readonly Start[], itemsAt: (start: Start) => readonly Item[]): readonly Item[] {
  const at = starts.map(start => ({ start, forms: formsOf(itemsAt(start)) }));
  return items.flatMap(item => {
    const forms = alternatives(item.template).filter(form => form.length > 0);
    if (!item.template.some(part => part.kind === 'choice' || part.given?.perhaps)) return [item];
    const found = forms.map(form => at.filter(one => one.forms.has(named(form))));
    const tellsApart = found.some(({ length }) => length < starts.length) && found.every(({ length }) => length > 0);
    if (!tellsApart) return [item];
    return forms.map((form, index) => {
      const own = found[index] ?? [];
      const perhaps = own.some(one => one.forms.get(named(form)));
      const bare = form.map(part => (part.given ? { ...part, given: { ...part.given, perhaps: false } } : part));
      const has = own.length < starts.length ? own.map(({ start }) => start) : undefined;
      return { ...item, template: give(bare, has, perhaps) };
    });
  });
}

/** Each form of the items, and whether another may stand in its place. */
function formsOf(items: readonly Item[]): ReadonlyMap<string, boolean> {
  return new Map(
    items.flatMap(({ template }) => {
      const forms = alternatives(template);
      const perhaps = forms.length > 1 || template.some(part => part.given?.perhaps);
      return forms.map(form => [named(form), perhaps] as const);
    }),
  );
}

function named(template: Template): string {
  return render(template, ({ source }) => `\u0001${source}\u0001`);
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
