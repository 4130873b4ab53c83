import { matchNames } from '../image/match.ts';
import { type ReferenceParts, referenceParts, tagMobility } from '../image/mobility.ts';
import { splitOnce } from '../image/split.ts';
import { alternatives, display, extent, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { besides } from '../usage/order.ts';
import type { Build, Inspect, Item, Pull, Retag, Usage } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { placeOfTag } from './shared/origin.ts';

/** Where the image that was asked for is not there, another one is used, and the log alone knows. */
export const silentFallbackTag: Rule = {
  id: 'silent-fallback-tag',
  title: 'A moving tag stands in for a missing image, and nothing says so',
  severity: 'warning',
  fixable: true,
  visit: {
    pull(pull, context) {
      if (pull.purpose === 'use' && pull.failure !== 'ignored') check(pull, [pull.reference], context);
    },
    retag(retag, context) {
      if (retag.remote) check(retag, [retag.from], context);
    },
    build: (build, context) => check(build, build.buildArgs.flatMap(argumentValue), context),
  },
};

function check(use: Pull | Retag | Build, items: readonly Item[], context: RuleContext): void {
  const here = besides(context.usage, use);
  for (const item of items) {
    const forms = alternatives(item.template).map(reference => ({ reference, parts: referenceParts(reference) }));
    const moving = forms.find(({ parts }) => mobility(parts) === 'moving');
    const wanted =
      moving &&
      missed(
        use,
        moving.parts,
        forms.map(({ parts }) => parts),
        here,
      );
    if (!wanted || feedsBuild(use, moving.parts.name, here) || isAnnounced(wanted.use, use, context)) continue;
    const { at, related } = placeOfTag(item, moving.parts.tag?.value ?? moving.reference, 'It is used here.', context);
    if (isSaidAlready(context, at)) continue;
    const fix = use.kind === 'pull' && related.length === 0 ? announce(use, context) : undefined;
    context.report({
      at,
      message: `Where \`${wanted.name}\` is not there, \`${display(moving.reference)}\` is used in its place and nothing says so: the run goes on, green, with another commit's image. Write a \`::warning::\` or into the job summary, or let the job fail.`,
      related: [...related, ...(wanted.use === use ? [] : [{ span: wanted.at, message: 'This is the image that was asked for.' }])],
      ...(fix && { fix }),
    });
  }
}

function mobility({ name, tag, digest, open }: ReferenceParts): 'immutable' | 'moving' | 'unknown' {
  if (digest) return 'immutable';
  return open || name.length === 0 || !tag ? 'unknown' : tagMobility(tag.value);
}

/** `BASE_IMAGE=app:latest`: the value of a build argument. */
function argumentValue({ template }: Item): readonly Item[] {
  const value = splitOnce(template, '=')?.[1] ?? [];
  const span = extent(value);
  return span ? [{ template: value, span }] : [];
}

interface Wanted {
  readonly use: Usage;
  readonly at: Span;
  readonly name: string;
}

/** The image that stays what it is and that was asked for first, where its absence leads here. */
function missed(
  use: Pull | Retag | Build,
  moving: ReferenceParts,
  forms: readonly ReferenceParts[],
  here: readonly Usage[],
): Wanted | undefined {
  const either = forms.some(form => mobility(form) === 'immutable');
  // `for tag in "$SHA" latest; do docker pull … && break; done`
  if (either && use.kind === 'pull' && use.failure === 'tested' && use.conditional) return pinned(use, moving);
  for (const other of here.slice(0, here.indexOf(use)).reverse()) {
    if ((other.kind !== 'pull' && other.kind !== 'inspect') || other.failure === 'fatal') continue;
    const found = pinned(other, moving);
    if (found && (either || (use.kind === 'pull' && leadsTo(other, use)))) return found;
  }
  return undefined;
}

function pinned(other: Pull | Inspect, moving: ReferenceParts): Wanted | undefined {
  for (const form of alternatives(other.reference.template)) {
    const parts = referenceParts(form);
    if (mobility(parts) !== 'immutable' || matchNames(parts.name, moving.name, 'job') !== 'same') continue;
    return { use: other, at: other.reference.span, name: display(form) };
  }
  return undefined;
}

/** It happens only where the other failed: in a branch of its script, or in a step that asks for its outcome. */
function leadsTo(other: Usage, use: Usage): boolean {
  if (other.step === use.step) return use.conditional;
  const id = other.step.id?.value;
  return id !== undefined && use.step.if?.value.includes(`steps.${id}.`) === true;
}

/** Its layers spare work in a build of the same image: which one they come from does not matter. */
function feedsBuild(use: Usage, name: Template, here: readonly Usage[]): boolean {
  if (use.kind !== 'pull') return false;
  const isOf = (template: Template) => alternatives(template).some(form => display(form).includes(display(name)));
  return here
    .slice(here.indexOf(use))
    .some(
      other =>
        (other.kind === 'build' && other.tags.some(({ template }) => isOf(template))) ||
        (other.kind === 'cacheImport' && isOf(other.entry.template)),
    );
}

const says = /::(?:warning|error)\b|GITHUB_STEP_SUMMARY|\bcore\.(?:warning|error|setFailed|summary)\b/;

function isAnnounced(first: Usage, use: Usage, { text }: RuleContext): boolean {
  const steps = use.job.steps.filter(({ index }) => index >= first.step.index);
  return steps.some(({ span }) => says.test(text.slice(span.start, span.end)));
}

/** Suggests a warning before the command that pulls. */
function announce(use: Pull, { usage, text }: RuleContext): Problem['fix'] | undefined {
  const { run } = use.step;
  const script = usage.scripts.find(({ step }) => step === use.step);
  const command = script?.commands.find(({ span }) => span.start <= use.at.start && use.at.end <= span.end);
  if (!command || use.within || !run || run.style.startsWith('QUOTE') || run.style === 'BLOCK_FOLDED') return undefined;
  const { start, end } = command.span;
  const warning = 'echo "::warning::The image that was asked for is missing, so a tag that moves is used."';
  const behindOr = /\|\|\s*$/.test(text.slice(Math.max(0, start - 20), start));
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(Math.max(0, start - 200), start))?.[1];
  if (!behindOr && (indent === undefined || run.style === 'PLAIN')) return undefined;
  const edits = behindOr
    ? [
        { span: { start, end: start }, text: `{ ${warning}; ` },
        { span: { start: end, end }, text: '; }' },
      ]
    : [{ span: { start, end: start }, text: `${warning}\n${indent}` }];
  return { title: 'Say so with a warning', safe: false, edits };
}
