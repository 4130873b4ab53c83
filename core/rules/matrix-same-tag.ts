import { display, type HolePart, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { isInThrowawayRegistry } from '../usage/throwaway.ts';
import type { Usage } from '../usage/usage.ts';
import type { Leg } from '../workflow/legs.ts';
import type { Job } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { tagWrites } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** Jobs of one matrix run side by side: what two of them push under one name, the later one takes from the earlier. */
export const matrixSameTag: Rule = {
  id: 'matrix-same-tag',
  title: 'Parallel jobs of a matrix push the same tag',
  severity: 'error',
  fixable: false,
  visit: {
    file(context) {
      for (const usage of context.usage.called) if (isPush(usage) && isUnconditionalCall(usage, context)) check(usage, context);
    },
    build: check,
    push: check,
    retag: check,
  },
};

type Pushing = Extract<Usage, { kind: 'build' | 'push' | 'retag' }>;

function isPush(usage: Usage): usage is Pushing {
  return usage.kind === 'build' || usage.kind === 'push' || usage.kind === 'retag';
}

/** A reusable workflow that each job of a matrix calls pushes whatever it is given. */
function isUnconditionalCall(usage: Pushing, { workspace }: RuleContext): boolean {
  const { within, calledJob } = usage;
  if (!within || !calledJob || calledJob.if || calledJob.matrix.size > 0 || (usage.kind === 'build' && usage.pushes !== true)) return false;
  const written = workspace.usage(within.path)?.usages.find(({ kind, at }) => kind === usage.kind && at.start === within.span.start);
  return written !== undefined && !written.conditional && !written.step.if;
}

function check(usage: Pushing, context: RuleContext): void {
  const { legs } = usage.job;
  if (!legs || legs.length < 2 || usage.job.maxParallel?.value.trim() === '1' || differsByLeg(usage, context)) return;
  const forms = tagWrites(context.path, usage);
  for (const { item, reference } of forms) {
    const chosen = choices(reference);
    // A choice that the matrix does not make may be made by anything, the matrix included.
    const decided = chosen.size > 0 || forms.filter(other => other.item === item).length === 1;
    if (
      !decided ||
      isInThrowawayRegistry(reference) ||
      !reference.every(part => part.kind === 'text' || (part.kind === 'hole' && isSameForAll(part, usage.job)))
    )
      continue;
    const same = legs.filter(leg => [...chosen].every(([axis, spans]) => isChosen(leg, legs, axis, spans)));
    if (same.length < 2 || isSaidAlready(context, usage.at)) continue;
    context.report({
      at: usage.within ? usage.at : item.span,
      message: message(reference, same, usage),
      ...(usage.within ? { related: [{ ...usage.within, message: 'It is pushed here.' }] } : { via: reference[0]?.via ?? [] }),
    });
    return;
  }
}

const prefix = 'matrix ';

/** The values of the matrix that went into a reference, by axis: where they are written. */
function choices(reference: Template): ReadonlyMap<string, readonly Span[]> {
  const found = new Map<string, Span[]>();
  for (const { via } of reference) {
    for (const { what, span } of via) {
      if (!what.startsWith(prefix)) continue;
      const axis = what.slice(prefix.length).toLowerCase();
      found.set(axis, [...(found.get(axis) ?? []), span]);
    }
  }
  return found;
}

/** Whether a job of the matrix has the values that were chosen; equal values are one choice, wherever they are written. */
function isChosen(leg: Leg, legs: readonly Leg[], axis: string, spans: readonly Span[]): boolean {
  const own = valueIn(leg, axis);
  return (
    own !== undefined &&
    spans.every(({ start, end }) =>
      legs.some(other => {
        const value = valueIn(other, axis);
        return value !== undefined && value.value === own.value && start >= value.span.start && end <= value.span.end;
      }),
    )
  );
}

function valueIn(leg: Leg, axis: string): Scalar | undefined {
  for (const [name, value] of leg) if (name.toLowerCase() === axis) return value;
  return undefined;
}

/** What metadata-action's rows make of the run's reference. */
const rows = /^(?:the |a part of the git tag)/;
/** A command whose result is the repository's alone, not the runner's or a variable's. */
const commands =
  /^(?:\$\(|`)\s*(?:git|jq|cat|node|grep|awk|sed|cut|head|yq|date)\b(?!.*(?:\$(?!\()|%[sNSTHMRcr+]|\buname\b|\barch\b|\bmatrix\b|\brunner\b))/s;
const contexts = /^(?:github|inputs|vars|secrets|needs)\./i;

/** Whether an unknown value is one and the same in all jobs of the matrix. */
function isSameForAll({ source }: HolePart, job: Job): boolean {
  if (/matrix|runner\b|strategy/i.test(source)) return false;
  // Variables and secrets are the environment's.
  if (/^(?:vars|secrets)\./i.test(source) && /matrix/i.test(job.environment?.value ?? '')) return false;
  return contexts.test(source) || rows.test(source) || (commands.test(source) && !worksElsewhere(job));
}

/** The jobs stand in different folders or commits, so that a command gives each something else. */
function worksElsewhere({ steps, workingDirectory }: Job): boolean {
  const varies = /\bmatrix\b/;
  return (
    varies.test(workingDirectory?.value ?? '') ||
    steps.some(
      step =>
        varies.test(step.workingDirectory?.value ?? '') ||
        /\bcd\s[^\n]*\bmatrix\b/.test(step.run?.value ?? '') ||
        (/checkout@/.test(step.uses?.value ?? '') &&
          [...(step.with?.entries ?? [])].some(([name, { value }]) => /^(?:ref|repository)$/.test(name) && varies.test(value.value))),
    )
  );
}

/** Values that may be others in each job of the matrix. */
const perLeg = /\b(?:matrix|runner|strategy|steps|env|job)\s*[.[]/i;

/** Something that the matrix may decide lets only some of the jobs push. */
function differsByLeg(usage: Usage, { text }: RuleContext): boolean {
  const { step, conditional, at } = usage;
  if (perLeg.test(step.if?.value ?? '')) return true;
  if (usage.kind === 'build' && usage.pushes === undefined) {
    const decides = ['push', 'outputs'].map(name => step.with?.entries.get(name)?.value.value ?? '').join('\n');
    if (perLeg.test(decides)) return true;
  }
  // `imagetools create --append` adds to what the others pushed.
  if (/\s--append\b/.test(text.slice(at.start, at.end))) return true;
  return conditional && /\b(?:matrix|runner|strategy|steps|RUNNER_\w+)\b|\buname\b/i.test(text.slice(step.span.start, step.span.end));
}

function message(reference: Template, legs: readonly Leg[], usage: Usage): string {
  const names = legs.slice(0, 3).map(leg => `“${[...leg.values()].map(({ value }) => value).join(', ')}”`);
  const who = `${names.join(', ')}${legs.length > names.length ? ` and ${legs.length - names.length} more` : ''}`;
  const platforms = usage.kind === 'build' && /matrix/.test(usage.step.with?.entries.get('platforms')?.value.value ?? '');
  const harm = platforms
    ? 'the last one to end takes the tag, and the image has one platform only. Push by digest and merge the digests in a job behind the matrix.'
    : 'the last one to end takes the tag from the others. Put what tells the jobs apart into the tag, or push from one of them.';
  return `\`${display(reference)}\` is pushed by ${legs.length} jobs of the matrix (${who}): ${harm}`;
}
