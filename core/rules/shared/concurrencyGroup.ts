import { match } from '../../image/match.ts';
import { hole, type Template, text } from '../../image/template.ts';
import type { Concurrency, Workflow } from '../../workflow/model.ts';

const expression = /\$\{\{([^}]*)\}\}/;
const nowhere = { start: 0, end: 0 };

/** Whether no group of one list can ever be one of the other, so that runs in them never wait for each other. */
export function neverMeet(a: readonly Concurrency[], from: Workflow, b: readonly Concurrency[], other: Workflow): boolean {
  const [left, right] = [templates(a, from), templates(b, other)];
  return left.every(one => right.every(two => match(one, two, 'repository') === 'never'));
}

function templates(all: readonly Concurrency[], workflow: Workflow): readonly Template[] {
  return all.flatMap(({ group }) => (group ? [template(group.value.toLowerCase(), workflow)] : []));
}

/** Groups compare without case. Of expressions only the workflow's name is known. */
function template(value: string, { name, path }: Workflow): Template {
  return value.split(expression).flatMap((part, index) => {
    if (index % 2 === 0) return part ? text(part, nowhere) : [];
    if (part.trim() === 'github.workflow') return text((name?.value ?? path).toLowerCase(), nowhere);
    return hole(part.trim(), 'unknown', nowhere);
  });
}

/** The inputs that a group or another value names: `inputs.tag`, `github.event.inputs.tag`, `github.event.client_payload.tag`. */
export function inputsIn(value: string): readonly string[] {
  return [...value.matchAll(/\b(?:inputs|client_payload)\.([\w-]+)/gi)].map(([, name = '']) => name.toLowerCase());
}
