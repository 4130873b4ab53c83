import { render, type Template } from '../image/template.ts';
import type { Call } from '../usage/call.ts';
import { callersPermissions } from '../usage/privilege.ts';

/** Equal for calls that make no difference to the called file: the same values, started alike, with the same rights and order. */
export function variantKey(call: Call): string {
  const { starts, given, job, caller } = call;
  const permissions = callersPermissions(call);
  return JSON.stringify([
    starts.map(({ event, on, names, types }) => [event, on, names, types]),
    values(given.inputs),
    values(given.secrets),
    values(given.env),
    permissions && [permissions.all, [...permissions.scopes]],
    [job.concurrency, caller.concurrency].map(one => one && [one.group?.value, one.cancelInProgress?.value]),
    // A job that only some conditions let run differs from one that always does.
    job.if?.value,
    job.environment?.value,
  ]);
}

function values(of: ReadonlyMap<string, Template>): readonly (readonly string[])[] {
  return [...of].map(([name, value]) => [name, ...value.map(part => forms([part]))]);
}

function forms(value: Template): string {
  const [part] = value;
  if (part?.kind === 'choice') return part.options.map(option => option.map(one => forms([one])).join('')).join('\u0004');
  return render(value, ({ source, shape, changes }) => `\u0001${source}\u0002${shape}\u0002${changes ?? ''}\u0001`);
}
