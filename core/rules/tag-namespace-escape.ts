import { referenceParts, tagMobility } from '../image/mobility.ts';
import { alternatives, display, literal, type Template } from '../image/template.ts';
import { givenWith } from '../usage/given.ts';
import { passesFilter } from '../usage/refNames.ts';
import type { Start } from '../usage/starts.ts';
import type { Item, Usage } from '../usage/usage.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { type Made, nameFor, nameInTag } from './shared/gitNameInTag.ts';
import { placeOf } from './shared/origin.ts';

/** Who may name a branch or a git tag may then write any tag that such a name becomes. */
export const tagNamespaceEscape: Rule = {
  id: 'tag-namespace-escape',
  title: 'A git name can become a tag that belongs to something else',
  severity: 'warning',
  fixable: true,
  visit: {
    build(build, context) {
      if (build.pushes === false || build.byDigest) return;
      for (const item of build.tags) check(item, build, build.pushStarts ?? build.starts, context);
    },
    push: (push, context) => check(push.reference, push, push.starts, context),
    retag(retag, context) {
      if (retag.remote) check(retag.to, retag, retag.starts, context);
    },
  },
};

function check(item: Item, usage: Usage, starts: readonly Start[], context: RuleContext): void {
  for (const form of alternatives(item.template)) {
    const { name, tag, open } = referenceParts(form);
    const made = tag && nameInTag(tag.value);
    if (!made || open || isChecked(usage, context)) continue;
    const { at, related } = placeOf({ template: [made.part], span: made.part.at }, context.path);
    for (const start of givenWith(form, starts).starts) {
      const filter = filterOf(made, start);
      const victim = filter && reachable(name, made, { ...filter, start }, usage, context);
      if (!victim || isSaidAlready(context, at)) continue;
      const fix = start.on === 'tag' ? narrowed(start, context) : undefined;
      context.report({
        at,
        severity: victim.isProtected ? 'error' : 'warning',
        message: message(victim, start, made, display(name)),
        related: [...related, ...(victim.write ? [{ ...victim.write.place, message: `\`:${victim.tag}\` is written here.` }] : [])],
        ...(fix && { fix }),
      });
    }
  }
}

interface Filter {
  readonly names: readonly string[] | undefined;
  readonly kind: 'tag' | 'branch';
}

/** The trigger's patterns that the git name has to pass; `undefined` where nobody from outside the plan chooses it. */
function filterOf({ foreign, cut }: Made, start: Start): Filter | undefined {
  if (foreign) return /^pull_request/.test(start.event) ? { names: undefined, kind: 'branch' } : undefined;
  if (start.event !== 'push' || start.on === 'pullRequest') return undefined;
  if (cut.startsWith('refs/') && !cut.startsWith(start.on === 'tag' ? 'refs/tags/' : 'refs/heads/')) return undefined;
  return { names: start.names, kind: start.on };
}

interface Victim {
  readonly tag: string;
  readonly gitName: string;
  readonly isProtected: boolean;
  /** Whose tag it is, as the end of a sentence. */
  readonly owner: string;
  /** Who writes it, where that is in the workspace. */
  readonly write?: TagWrite;
}

/** A moving tag of the repository that another job writes for its own purpose and that a git name becomes. */
function reachable(
  name: Template,
  made: Made,
  { start, ...filter }: Filter & { readonly start: Start },
  usage: Usage,
  context: RuleContext,
): Victim | undefined {
  const { workspace, path } = context;
  // A branch that the filter names is there to become that tag.
  const nameOf = (tag: string) => {
    const gitName = nameFor(tag, made);
    return gitName !== undefined && !filter.names?.includes(gitName) && passesFilter(filter.names, gitName) ? gitName : undefined;
  };
  for (const write of workspace.flow.writesTo(name, 'same', path)) {
    const tag = write.parts.tag && literal(write.parts.tag.value);
    if (tag === undefined || !write.parts.tag || tagMobility(write.parts.tag.value) !== 'moving' || /^v?\d/.test(tag)) continue;
    // What the same run writes anyway is nobody else's.
    if (write.path === path && (write.usage.job === usage.job || write.usage.starts.includes(start))) continue;
    const gitName = nameOf(tag);
    if (gitName === undefined) continue;
    const isProtected = workspace.policy.isProtected(name, tag) ?? isDeployedOrPromoted(name, tag, write, context);
    // A branch is named as a tag every day; what it must not be is the name of what runs.
    if (filter.kind === 'branch' && !made.foreign && !isProtected) continue;
    const owner = `which the job \`${write.usage.job.name?.value ?? write.usage.job.id.value}\` of ${write.path} writes`;
    return { tag, gitName, isProtected, owner: isProtected ? `${owner} and which is deployed or promoted` : owner, write };
  }
  for (const { name: environment, tag: own, aliases, branch } of workspace.policy.environments) {
    for (const tag of [own, ...aliases]) {
      const gitName = nameOf(tag);
      if (gitName === undefined || gitName === branch || workspace.policy.isProtected(name, tag) !== true) continue;
      return { tag, gitName, isProtected: true, owner: `which is what runs in \`${environment}\`` };
    }
  }
  return undefined;
}

function isDeployedOrPromoted(name: Template, tag: string, write: TagWrite, { workspace, path }: RuleContext): boolean {
  if (write.usage.kind === 'retag') return true;
  return workspace.flow
    .readsOf(name, 'same', path)
    .some(
      ({ usage, parts }) =>
        (usage.kind === 'deploy' || usage.kind === 'retag') && parts.tag !== undefined && literal(parts.tag.value) === tag,
    );
}

/** A script or condition asks what the name looks like. */
function isChecked({ job, step, conditional }: Usage, { usage: { scripts } }: RuleContext): boolean {
  if (conditional) return true;
  const conditions = [job.if, step.if].map(
    condition => condition?.value.replace(/startsWith\(\s*github\.ref\s*,\s*'refs\/(?:tags|heads)\/'\s*\)|github\.ref_type/g, '') ?? '',
  );
  if (conditions.some(condition => /\bgithub\.(?:ref|ref_name|head_ref)\b/.test(condition))) return true;
  return scripts.some(
    script =>
      script.step.index <= step.index &&
      (script.job === job || job.needs.some(({ value }) => value === script.job.id.value)) &&
      /=~|\bgrep\b|\bsemver\b|\bcase\b/.test(script.script.source.value),
  );
}

function message({ tag, gitName, owner }: Victim, start: Start, { foreign }: Made, name: string): string {
  const what = foreign ? `A pull request from a branch \`${gitName}\`` : `A git ${start.on} \`${gitName}\``;
  const passes = start.names && !foreign ? ` passes \`${start.names.join(', ')}\` and` : '';
  const harm = foreign ? 'Anyone can make one and replaces that image.' : 'Whoever can make one replaces that image.';
  return `${what}${passes} becomes \`${name}:${tag}\`, ${owner}. ${harm} Let only names through that are meant, or keep a prefix in the tag.`;
}

/** Suggests versions alone where the pattern takes anything behind a `v`. */
function narrowed({ names = [] }: Start, { text, usage }: RuleContext): Problem['fix'] | undefined {
  const trigger = usage.workflow.triggers.find(({ event }) => event === 'push');
  const pattern = names.find(one => one === 'v*' || one === 'v**' || one === 'v*.*' || one === 'v*.*.*');
  if (!trigger || pattern === undefined) return undefined;
  const end = usage.workflow.jobs[0]?.span.start ?? trigger.span.end;
  const source = text.slice(trigger.span.start, end);
  const written = [`'${pattern}'`, `"${pattern}"`].find(one => source.includes(one)) ?? pattern;
  const start = trigger.span.start + source.indexOf(written);
  if (!source.includes(written) || source.indexOf(written) !== source.lastIndexOf(written)) return undefined;
  const edit = { span: { start, end: start + written.length }, text: "'v[0-9]+.[0-9]+.[0-9]+'" };
  return { title: 'Let only versions through', safe: false, edits: [edit] };
}
