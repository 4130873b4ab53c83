import { isLinear } from '../../image/split.ts';
import type { Edit } from '../../text/span.ts';
import { ofKind } from '../../usage/order.ts';
import type { Build, Metadata } from '../../usage/usage.ts';
import { setStepInput } from '../../workflow/inputEdit.ts';
import type { Problem, RuleContext } from '../rule.ts';
import type { Pushed } from './pushed.ts';

/** The rows that metadata-action makes tags of where it is given none. */
const defaults = ['type=schedule', 'type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'];

/**
 * Gives a pushed image a tag with the commit in it: a row of metadata-action, one more reference in the list, or one more `-t`. `undefined` where
 * `github.sha` may not be the commit that is built (pull requests, another checkout), or where one more name would not stand right.
 */
export function addCommitTag(pushed: Pushed, context: RuleContext): Problem['fix'] | undefined {
  const { usage, starts } = pushed;
  if (usage.kind !== 'build' || starts.some(({ event }) => /^(?:pull_request|workflow_run|issue_comment)/.test(event))) return undefined;
  if (ofKind(context.usage.usages, 'checkout').some(other => other.job === usage.job && (other.ref || other.repository))) return undefined;
  const metadata = sourceOf(pushed, context);
  const edit = metadata
    ? addRow(metadata, context.text)
    : usage.step.uses
      ? addToList(pushed, usage, context.text)
      : addFlag(pushed, usage, context.text);
  return edit && { title: 'Add a tag with the commit', safe: true, edits: [edit] };
}

/** The metadata-action step whose tags these are, as they are: what is written beside the list belongs to one of its tags alone. */
function sourceOf({ item, usage }: Pushed, { usage: file }: RuleContext): Metadata | undefined {
  const isFrom = ({ step }: Metadata) =>
    item.template.every(({ via }) => via.some(({ what }) => what === `output tags of step ${step.id?.value}`));
  return ofKind(file.usages, 'metadata').find(other => other.job === usage.job && isFrom(other));
}

function addRow({ step, rows, job }: Metadata, text: string): Edit | undefined {
  const inputs = step.with;
  if (!inputs || inputs.flow || job.matrix.size > 0) return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const block = (indent: string, lines: readonly string[]) => ['|', ...lines.map(line => `${indent}  ${line}`)].join(eol);
  const given = inputs.entries.get('tags');
  if (!given) {
    const [first] = inputs.entries.values();
    const indent = first && indentAt(text, first.key.span.start);
    return indent === undefined ? undefined : setStepInput(text, step, 'tags', block(indent, [...defaults, 'type=sha']));
  }
  const { value, key } = given;
  const last = rows.at(-1);
  if (!last || last.item.span.start < value.span.start || last.item.span.end > value.span.end) return undefined;
  if (value.style === 'BLOCK_LITERAL') return lineAfter(text, last.item.span.end, 'type=sha');
  const indent = indentAt(text, key.span.start);
  if (indent === undefined || value.style === 'BLOCK_FOLDED' || value.value.includes('\n') || rows.length !== 1) return undefined;
  return { span: value.span, text: block(indent, [value.value, 'type=sha']) };
}

/** One more line under the line of `at`, as far in. */
function lineAfter(text: string, at: number, line: string): Edit | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const indent = /^ */.exec(text.slice(start))?.[0] ?? '';
  const end = at + (/[^\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { span: { start: end, end }, text: `${eol}${indent}${line}` };
}

function indentAt(text: string, at: number): string | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ -]*$/.test(text.slice(start, at)) ? ' '.repeat(at - start) : undefined;
}

function addToList(pushed: Pushed, { step }: Build, text: string): Edit | undefined {
  const list = step.with?.entries.get('tags')?.value;
  const reference = withCommit(pushed, text);
  const { span } = pushed.item;
  if (!list || !reference || step.with?.flow || span.start < list.span.start || span.end > list.span.end) return undefined;
  const isLine = list.style === 'BLOCK_LITERAL' && /^\s*$/.test(text.slice(text.lastIndexOf('\n', span.start) + 1, span.start));
  if (isLine && /^[ \t]*$/m.test(/[^\r\n]*/.exec(text.slice(span.end))?.[0] ?? '')) return lineAfter(text, span.end, reference);
  return { span: { start: span.end, end: span.end }, text: `,${reference}` };
}

function addFlag(pushed: Pushed, { tool }: Build, text: string): Edit | undefined {
  const { span } = pushed.item;
  const reference = withCommit(pushed, text);
  if (!/^docker (?:buildx )?build/.test(tool) || !reference || pushed.usage.at.start > span.start || pushed.usage.at.end < span.end)
    return undefined;
  return { span: { start: span.end, end: span.end }, text: ` -t ${reference}` };
}

/** The reference as it is written, but for its tag; jobs of a matrix keep what tells them apart. */
function withCommit({ item, forms, usage }: Pushed, text: string): string | undefined {
  const [form] = forms;
  const colon = form?.parts.tag?.colon[0];
  const { start, end } = item.span;
  if (!form || forms.length !== 1) return undefined;
  const written = text.slice(start, end);
  const quote = /^["']/.exec(written)?.[0];
  if (quote && !written.endsWith(quote)) return undefined;
  const inner = { start: start + (quote ? 1 : 0), end: end - (quote ? 1 : 0) };
  // One word alone may be meant for the tag: `…:1.2, latest`.
  if (!form.parts.tag && !text.slice(inner.start, inner.end).includes('/')) return undefined;
  if (!form.parts.tag) return `${quote ?? ''}${text.slice(inner.start, inner.end)}:sha-\${{ github.sha }}${quote ?? ''}`;
  if (colon?.kind !== 'text' || !isLinear(colon) || colon.at.start < inner.start || colon.at.end > inner.end) return undefined;
  const tag = usage.job.matrix.size > 0 ? `${text.slice(colon.at.end, inner.end)}-` : 'sha-';
  return `${quote ?? ''}${text.slice(inner.start, colon.at.end)}${tag}\${{ github.sha }}${quote ?? ''}`;
}
