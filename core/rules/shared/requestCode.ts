import { holes, type Template } from '../../image/template.ts';

const head =
  /\bpull_request\.(?:head\.|merge_commit_sha)|\bhead_ref$|\bworkflow_run\.head_|\bheadRef(?:Name|Oid)\b|\boutputs\.head_(?:ref|sha)$|\brefs\/pull/i;

/** Whether a reference that is checked out is of a pull request: its branch, one of its commits, GitHub's merge of it. */
export function isRequestCode(ref: Template): boolean {
  return ref.some(part => part.kind === 'text' && part.text.includes('refs/pull/')) || holes(ref).some(({ source }) => head.test(source));
}
