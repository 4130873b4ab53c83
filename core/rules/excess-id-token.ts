import type { Edit, Span } from '../text/span.ts';
import { jobUsages } from '../usage/order.ts';
import type { Usage } from '../usage/usage.ts';
import type { Job, Permissions } from '../workflow/model.ts';
import { isOnGitea } from '../workspace/paths.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { needsNoIdToken } from './shared/idTokens.ts';

/** With such a token whatever runs in the job can sign as this workflow and take the roles that trust it. */
export const excessIdToken: Rule = {
  id: 'excess-id-token',
  title: 'A job may ask for an OpenID Connect token and does nothing that needs one',
  severity: 'info',
  fixable: true,
  visit: {
    file(context) {
      const { workflow } = context.usage;
      if (workflow.kind === 'action' || isOnGitea(context.path)) return;
      for (const { permissions, jobs } of grants(workflow.jobs, workflow.permissions)) {
        const entry = entryOf(permissions, context.text);
        const [first] = jobs.filter(job => handlesImages(job, context));
        if (!first || !entry || isSaidAlready(context, entry)) continue;
        if (jobs.every(job => needsNoIdToken(job, context.usage, context.text))) tell(entry, permissions, first, context);
      }
    },
  },
};

interface Grant {
  readonly permissions: Permissions;
  /** The jobs that have them. */
  readonly jobs: readonly Job[];
}

/** The `permissions:` that grant `id-token: write`, each with the jobs that it is for. */
function grants(jobs: readonly Job[], ofWorkflow: Permissions | undefined): readonly Grant[] {
  const own = jobs.flatMap(job => (job.permissions ? [{ permissions: job.permissions, jobs: [job] }] : []));
  const shared = ofWorkflow ? [{ permissions: ofWorkflow, jobs: jobs.filter(job => !job.permissions) }] : [];
  return [...own, ...shared].filter(({ permissions }) => permissions.scopes.get('id-token') === 'write');
}

const images: ReadonlySet<Usage['kind']> = new Set(['build', 'push', 'retag', 'pull', 'verify', 'inspect', 'login', 'deploy']);

function handlesImages(job: Job, { usage }: RuleContext): boolean {
  return jobUsages(usage, job).some(({ kind }) => images.has(kind));
}

/** `id-token: write`, where it is written. */
function entryOf({ span }: Permissions, text: string): Span | undefined {
  const found = /(["']?)id-token\1[ \t]{0,20}:[ \t]{0,20}(["']?)write\2/.exec(text.slice(span.start, span.end));
  return found ? { start: span.start + found.index, end: span.start + found.index + found[0].length } : undefined;
}

function tell(entry: Span, permissions: Permissions, job: Job, context: RuleContext): void {
  const verifies = jobUsages(context.usage, job).some(({ kind }) => kind === 'verify');
  const fix = withdraw(entry, permissions, context);
  context.report({
    at: entry,
    message:
      `Nothing ${permissions === context.usage.workflow.permissions ? 'in these jobs' : 'in this job'} signs, attests or takes a role in a cloud` +
      `${verifies ? ', and checking a signature needs no token' : ''}. With \`id-token: write\` any step, and whatever it downloads, can sign in the name of this workflow and take the roles that trust it.`,
    ...(fix && { fix }),
  });
}

/** Takes the entry away: with its line, or from between the braces; where it is the only one, nothing is left to be granted. */
function withdraw(entry: Span, { span, scopes }: Permissions, { text, usage: { workflow } }: RuleContext): Problem['fix'] | undefined {
  const edit = scopes.size === 1 ? emptied(span, text) : withoutLine(entry, text);
  // Through an alias other jobs have it too.
  const isShared = /&[\w-]+\s*$/.test(text.slice(Math.max(0, span.start - 60), span.start)) || !isBelowKey(span, text);
  if (!edit || isShared || workflow.problems.length > 0) return undefined;
  return { title: 'Take `id-token: write` away', safe: true, edits: [edit] };
}

/** Where `permissions:` stands right before the mapping. */
function keyEnd({ start }: Span, text: string): number {
  const before = text.slice(Math.max(0, start - 200), start);
  const key = /permissions[ \t]{0,20}:\s{0,100}$/.exec(before);
  return key ? start - before.length + key.index + before.slice(key.index).indexOf(':') + 1 : -1;
}

function isBelowKey(span: Span, text: string): boolean {
  return keyEnd(span, text) >= 0;
}

function emptied(span: Span, text: string): Edit | undefined {
  const start = keyEnd(span, text);
  const written = text.slice(span.start, span.end);
  if (start < 0 || written.includes('#')) return undefined;
  return { span: { start, end: span.start + written.trimEnd().length }, text: ' {}' };
}

function withoutLine({ start, end }: Span, text: string): Edit | undefined {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const after = text.slice(end, lineEnd < 0 ? text.length : lineEnd);
  if (text.slice(lineStart, start).trim() === '')
    return after.trim() === '' ? { span: { start: lineStart, end: lineEnd < 0 ? text.length : lineEnd + 1 }, text: '' } : undefined;
  const comma = /^[ \t]{0,20},[ \t]{0,20}/.exec(after)?.[0].length;
  if (comma !== undefined) return { span: { start, end: end + comma }, text: '' };
  const before = /,[ \t]{0,20}$/.exec(text.slice(Math.max(lineStart, start - 30), start))?.[0].length;
  return before === undefined ? undefined : { span: { start: start - before, end }, text: '' };
}
