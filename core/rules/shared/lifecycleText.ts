import { unknownText } from '../../ecrPolicy/json.ts';
import type { LifecyclePolicy, LifecycleRule } from '../../ecrPolicy/lifecycle.ts';
import { readLifecycle } from '../../ecrPolicy/readLifecycle.ts';
import { isLinear } from '../../image/split.ts';
import { alternatives, type Template } from '../../image/template.ts';
import type { Place, Span } from '../../text/span.ts';
import type { Item, RepositorySettings } from '../../usage/usage.ts';

/** A lifecycle policy as a workflow gives it: the places are those of the workflow. */
export interface GivenPolicy {
  readonly policy?: LifecyclePolicy;
  readonly problems: readonly { readonly message: string; readonly span: Span; readonly inFile?: Place }[];
  /** Where a rule stands in the workflow; where that cannot be told, the argument. */
  at(rule: LifecycleRule): Span;
  /** Where it stands in a file of the repository, if the policy is in one. */
  inFile(rule: Pick<LifecycleRule, 'span'>): Place | undefined;
}

const read = new WeakMap<RepositorySettings, GivenPolicy | undefined>();

/** The policy in the argument of `put-lifecycle-policy`; `undefined` where it is in a file that nobody has read, or may be one of several. */
export function lifecycleOf(settings: RepositorySettings): GivenPolicy | undefined {
  if (!settings.lifecyclePolicy) return undefined;
  if (!read.has(settings)) read.set(settings, readGiven(settings.lifecyclePolicy, settings.lifecycleFile));
  return read.get(settings);
}

/** A policy in a file of its own. */
export function lifecycleFile(text: string): GivenPolicy {
  const { policy, problems } = readLifecycle(text);
  return { ...(policy && { policy }), problems, at: rule => rule.span, inFile: () => undefined };
}

function readGiven(item: Item, file: string | undefined): GivenPolicy | undefined {
  const [form, ...others] = alternatives(item.template);
  if (!form || others.length > 0) return undefined;
  const { text, place } = located(form, item.span);
  // `file://X` that is not there, or the output of a command.
  if (/^\s*(?:file|fileb|https?):\/\//.test(text) || !/[{[]/.test(text.slice(0, 200))) return undefined;
  const { policy, problems } = readLifecycle(text);
  return {
    ...(policy && { policy }),
    problems: problems.map(({ message, span }) => ({
      message,
      span: place(span),
      ...(file !== undefined && { inFile: { path: file, span } }),
    })),
    at: rule => place(rule.span),
    inFile: ({ span }) => (file === undefined ? undefined : { path: file, span }),
  };
}

interface LocatedText {
  readonly text: string;
  place(span: Span): Span;
}

/** A Template as one text, and the way back from it; what is not written as it stands is at `fallback`. */
function located(template: Template, fallback: Span): LocatedText {
  let text = '';
  const starts = template.map(part => {
    const start = text.length;
    text += part.kind === 'text' ? part.text : unknownText;
    return start;
  });
  const sourceOf = (at: number): number | undefined => {
    const index = starts.findLastIndex(start => start <= at);
    const part = template[index];
    return part?.kind === 'text' && isLinear(part) ? part.at.start + (at - (starts[index] ?? 0)) : undefined;
  };
  return {
    text,
    place({ start, end }) {
      const [from, to] = [sourceOf(start), sourceOf(Math.max(start, end - 1))];
      return from === undefined || to === undefined || to < from
        ? fallback
        : { start: from, end: Math.max(from, end > start ? to + 1 : to) };
    },
  };
}
