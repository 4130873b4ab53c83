import type { Edit } from '../../text/span.ts';
import type { Job, Permissions } from '../../workflow/model.ts';
import type { Problem, RuleContext } from '../rule.ts';

const grant = 'packages: write';

/** The fix that adds `packages: write` for one job; `undefined` where the permissions are written in a form that one edit does not mend. */
export function grantPackages(job: Job, permissions: Permissions, { text, usage }: RuleContext): Problem['fix'] | undefined {
  if (permissions.all !== undefined) return undefined;
  const ofJob = job.permissions === permissions;
  const { start, end } = permissions.span;
  // Through an alias they stand elsewhere, where an edit would reach other jobs too.
  if (ofJob && (start < job.span.start || end > job.span.end)) return undefined;
  const alone = usage.workflow.jobs.length === 1;
  const edit = ofJob || alone ? widened(permissions, text) : ownPermissions(job, permissions, text);
  return edit && { title: `Grant \`${grant}\``, safe: true, edits: [edit] };
}

function widened({ span, scopes }: Permissions, text: string): Edit | undefined {
  const { start, end } = span;
  const written = text.slice(start, end);
  const present = /(?:^|[\s{,])packages:[ \t]{1,20}(\w+)/.exec(written);
  if (present?.[1] !== undefined) {
    const at = start + present.index + present[0].length - present[1].length;
    return { span: { start: at, end: at + present[1].length }, text: 'write' };
  }
  if (scopes.has('packages')) return undefined;
  if (written.startsWith('{')) {
    const inner = scopes.size === 0 ? ` ${grant} ` : ` ${grant},`;
    return { span: { start: start + 1, end: scopes.size === 0 ? end - 1 : start + 1 }, text: inner };
  }
  return lineBefore(start, grant, text);
}

/** The job gets what the workflow grants, and this. */
function ownPermissions(job: Job, { scopes }: Permissions, text: string): Edit | undefined {
  if (text[job.span.start] === '{') return undefined;
  const all = [...[...scopes].filter(([scope]) => scope !== 'packages').map(([scope, value]) => `${scope}: ${value}`), grant];
  const indent = indentOf(job.span.start, text);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return indent === undefined
    ? undefined
    : lineBefore(job.span.start, ['permissions:', ...all.map(line => `  ${line}`)].join(`${eol}${indent}`), text);
}

/** A line of its own above what stands at `at`, as far in. */
function lineBefore(at: number, line: string, text: string): Edit | undefined {
  const indent = indentOf(at, text);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return indent === undefined ? undefined : { span: { start: at, end: at }, text: `${line}${eol}${indent}` };
}

/** The white space before what stands at `at`, `undefined` where there is something else. */
function indentOf(at: number, text: string): string | undefined {
  const start = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
  const before = text.slice(start, at);
  return before.trim() === '' ? before : undefined;
}
