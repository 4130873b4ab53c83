import { type Part, passOn, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Job, Step } from '../workflow/model.ts';
import type { Usage } from './usage.ts';

/** The step or job that calls another file, as what that does is seen from its own file. */
export interface CallPlace {
  readonly job: Job;
  readonly step: Step;
  readonly at: Span;
  /** The caller's step goes on when it fails. */
  readonly goesOn: boolean;
}

/** What a called file does, as a usage of its caller: all places become the call, and where they were is kept in `within` and in the values' ways. */
export function relocated(usage: Usage, { job, step, at, goesOn }: CallPlace, path: string, calledJob: Job | undefined): Usage {
  const { job: inner, step: innerStep, events, starts, within, calledJob: deeper, ...fact } = usage;
  const found = deeper ?? calledJob;
  return {
    ...(moved(fact, at, path) as typeof fact),
    job,
    step,
    at,
    events,
    starts,
    failure: goesOn ? 'ignored' : usage.failure,
    within: within ?? { path, span: usage.at },
    through: path,
    ...(found && { calledJob: found }),
  } as Usage;
}

/** Facts are plain data: Templates, spans, words and numbers. */
function moved(value: unknown, at: Span, path: string): unknown {
  if (isTemplate(value)) return passOn(value, at, path, 'what is called there');
  if (Array.isArray(value)) return (value as readonly unknown[]).map(item => moved(item, at, path));
  if (typeof value !== 'object' || value === null) return value;
  if (isSpan(value)) return at;
  // Starts compare by identity.
  if ('event' in value && 'on' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, at, path)]));
}

function isTemplate(value: unknown): value is Template {
  const first: Partial<Part> | undefined = Array.isArray(value) ? value[0] : undefined;
  return first?.via !== undefined && (first.kind === 'text' || first.kind === 'hole' || first.kind === 'choice');
}

function isSpan(value: object): boolean {
  return 'start' in value && 'end' in value;
}
