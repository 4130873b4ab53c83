import type { Edit } from '../../text/span.ts';
import type { Build, Item } from '../../usage/usage.ts';
import type { Problem, RuleContext } from '../rule.ts';

type Fix = NonNullable<Problem['fix']>;

/**
 * Passes a build argument as a secret instead: in `secrets:` of the action, or by `--secret` on the command line. A suggestion, since the
 * Dockerfile must mount it; `undefined` where the argument is written in another form.
 */
export function mountSecret(item: Item, name: string | undefined, build: Build, context: RuleContext): Fix | undefined {
  if (name === undefined) return undefined;
  const edits = build.step.uses ? moveToInput(item, build, context.text) : asFlag(item, name, build, context);
  return edits && { title: `Pass \`${name}\` as a secret (the Dockerfile must mount it)`, safe: false, edits };
}

/** The item's line goes from `build-args:` to `secrets:`, whose lines have the same form. */
function moveToInput(item: Item, { step, buildArgs }: Build, text: string): readonly Edit[] | undefined {
  const from = step.with?.entries.get('build-args');
  const to = step.with?.entries.get('secrets');
  if (!from || step.with?.flow || item.span.start < from.value.span.start || item.span.end > from.value.span.end) return undefined;
  const line = text.slice(item.span.start, item.span.end);
  const keyStart = lineStart(text, from.key.span.start);
  const indent = text.slice(keyStart, from.key.span.start);
  // Only in a block with one item a line can one go alone.
  const block = from.value.style === 'BLOCK_LITERAL';
  if (/\S/.test(indent) || /[\r\n]/.test(line) || (!block && buildArgs.length > 1)) return undefined;
  const alone = buildArgs.length === 1;
  if (alone && !to) return [{ span: from.key.span, text: 'secrets' }];
  const removed = alone
    ? { start: keyStart, end: lineEnd(text, Math.max(item.span.end, from.value.span.end - 1)) }
    : { start: lineStart(text, item.span.start), end: lineEnd(text, item.span.end) };
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  if (!to) return [insert(keyStart, `${indent}secrets: |${eol}${indent}  ${line}${eol}`), { span: removed, text: '' }];
  const first = to.value.style === 'BLOCK_LITERAL' ? to.value.segments[0]?.source : undefined;
  if (first === undefined) return undefined;
  const at = lineStart(text, first);
  return [insert(at, `${text.slice(at, first)}${line}${eol}`), { span: removed, text: '' }];
}

/** `--build-arg NPM_TOKEN=$TOKEN` becomes `--secret id=NPM_TOKEN,env=TOKEN`, for a variable of the environment. */
function asFlag(item: Item, name: string, { step, job }: Build, { text, usage }: RuleContext): readonly Edit[] | undefined {
  const before = /--build-arg(?:=|[ \t]+)(["']?)$/.exec(text.slice(Math.max(0, item.span.start - 40), item.span.start));
  const written = text.slice(item.span.start, item.span.end);
  const variable = written === name ? name : /^["']?[\w.-]+=["']?\$\{?(\w+)\}?["']{0,2}$/.exec(written)?.[1];
  const isExported = variable !== undefined && [step.env, job.env, usage.workflow.env].some(env => env?.entries.has(variable));
  if (!before || !isExported) return undefined;
  const quote = before[1] ?? '';
  if (quote !== '' && text[item.span.end] !== quote) return undefined;
  const span = { start: item.span.start - before[0].length, end: item.span.end + quote.length };
  return [{ span, text: `--secret id=${name},env=${variable}` }];
}

function insert(at: number, text: string): Edit {
  return { span: { start: at, end: at }, text };
}

function lineStart(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
}

/** Behind the line's break. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
