import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Build, Push, Retag, Usage } from '../usage/usage.ts';
import type { Entries, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** A condition that no run can meet: what it guards is never pushed, and nothing fails over it. */
export const pushNeverHappens: Rule = {
  id: 'push-never-happens',
  title: 'A push waits for a condition that never holds',
  severity: 'warning',
  fixable: true,
  visit: {
    file(context) {
      const { workflow, usages } = context.usage;
      // Only what is declared as a boolean is compared wrongly.
      if (![...workflow.inputs.values()].some(({ type }) => type === 'boolean')) return;
      const conditions = conditionsOf(workflow, usages.filter(handlesImages));
      for (const condition of conditions) reportComparisons(condition, context);
    },
    build: checkStarts,
    push: checkStarts,
    retag: checkStarts,
  },
};

function handlesImages({ kind }: Usage): boolean {
  return /^(?:build|push|retag|deploy|metadata|login|cacheExport)$/.test(kind);
}

/** What decides whether something is done with images: conditions, inputs of the steps that do it, variables that these may ask. */
function conditionsOf(workflow: Workflow, usages: readonly Usage[]): readonly Scalar[] {
  if (usages.length === 0) return [];
  const values = (entries: Entries | undefined) => [...(entries?.entries.values() ?? [])].map(({ value }) => value);
  const found = new Set<Scalar>(values(workflow.env));
  for (const { job, step } of usages) {
    for (const condition of [job.if, step.if]) if (condition) found.add(condition);
    for (const value of [...values(job.env), ...values(step.env), ...values(step.with)]) found.add(value);
  }
  return [...found];
}

interface Comparison {
  /** The whole comparison, and the word that is compared with. */
  readonly span: Span;
  readonly word: Span;
  readonly name: string;
  readonly operator: string;
  readonly quoted: boolean;
}

// The name on either side of the operator; `true` as text or as the boolean.
const comparisons =
  /(?<![\w.\]-])((?:github\.event\.)?inputs\.[\w-]+)\s*([=!]=)\s*('(?:true|false)'|true\b|false\b)|('(?:true|false)'|\btrue|\bfalse)\s*([=!]=)\s*((?:github\.event\.)?inputs\.[\w-]+)(?![\w.[-])/gi;

function comparisonsIn(text: Scalar): readonly Comparison[] {
  if (!/\binputs\./i.test(text.value) || !/true|false/i.test(text.value)) return [];
  return [...text.value.matchAll(comparisons)].map(match => {
    const [all, left, after, second, first, before, right] = match;
    const word = second ?? first ?? '';
    const at = match.index + (second ? all.length - word.length : 0);
    return {
      span: text.spanOf(match.index, match.index + all.length),
      word: text.spanOf(at, at + word.length),
      name: left ?? right ?? '',
      operator: after ?? before ?? '',
      quoted: word.startsWith("'"),
    };
  });
}

/** A boolean beside a text: GitHub compares them as numbers, and no word is one. */
function reportComparisons(condition: Scalar, context: RuleContext): void {
  const { workflow } = context.usage;
  for (const { span, word, name, operator, quoted } of comparisonsIn(condition)) {
    const isEvent = name.startsWith('github.');
    const input = workflow.inputs.get(name.replace(/^.*\./s, ''));
    // A composite action's inputs are text, and those of the event are too.
    const isText = isEvent || workflow.kind === 'action';
    const wrong = isText ? !quoted && operator === '==' && /^true$/i.test(context.text.slice(word.start, word.end)) : quoted;
    if (input?.type !== 'boolean' || !wrong || isSaidAlready(context, span)) continue;
    const replaced = context.text.slice(word.start, word.end);
    const text = isText ? `'${replaced}'` : replaced.replaceAll("'", '');
    const isWritable = !isText || condition.style !== 'QUOTE_SINGLE';
    context.report({
      at: span,
      message:
        `\`${name}\` is ${isText ? 'text here, and text never equals the boolean' : 'a boolean, and a boolean never equals the text'} \`${replaced}\`: ` +
        (operator === '=='
          ? 'this is false whatever is chosen, and what it lets through never happens.'
          : 'this is true whatever is chosen, and it keeps nothing out.'),
      ...(input.span && { related: [{ span: input.span, message: 'The input is declared here as a boolean.' }] }),
      ...(isWritable && { fix: { title: `Compare with \`${text}\``, safe: true, edits: [{ span: word, text }] } }),
    });
  }
}

/** No trigger passes the conditions, and what would be pushed is waited for elsewhere in the workspace. */
function checkStarts(usage: Build | Push | Retag, context: RuleContext): void {
  const { job, step } = usage;
  const input = step.with?.entries.get('push')?.value;
  const byInput = usage.kind === 'build' && usage.starts.length > 0 && input?.value.includes('${{') === true;
  const never = byInput ? usage.pushes === false || usage.pushStarts?.length === 0 : usage.starts.length === 0;
  const condition = byInput ? input : (step.if ?? job.if);
  // What is switched off by hand is meant.
  if (!never || !condition || /^(?:\$\{\{ ?)?(?:false|0)(?: ?\}\})?$/.test(condition.value.trim())) return;
  if (context.usage.workflow.kind === 'action' || context.usage.workflow.triggers.length === 0) return;
  const item = usage.kind === 'build' ? usage.tags[0] : usage.kind === 'push' ? usage.reference : usage.to;
  const [form] = item ? alternatives(item.template) : [];
  const reader = form && waiting(referenceParts(form).name, context);
  if (!form || !reader || comparisonsIn(condition).length > 0 || isSaidAlready(context, condition.span)) return;
  context.report({
    at: condition.span,
    message: `No trigger of this workflow meets this condition, so \`${display(referenceParts(form).name)}\` is never pushed, and nothing else here pushes it.`,
    related: [{ path: reader.path, span: reader.span, message: 'The image is used here.' }],
  });
}

/** Where a repository is deployed, pulled or copied that no run pushes. */
function waiting(name: Template, { workspace, path }: RuleContext): { readonly path: string; readonly span: Span } | undefined {
  const { flow } = workspace;
  const others = flow
    .writesTo(name, 'maybe', path)
    .some(({ usage }) => usage.starts.length > 0 && !(usage.kind === 'build' && usage.pushStarts?.length === 0));
  if (others || flow.opaque.length > 0) return undefined;
  const [read] = flow.readsOf(name, 'same', path).filter(({ usage }) => usage.starts.length > 0);
  return read && { path: read.path, span: read.item.span };
}
