import { pullRequestEvents } from '../expression/contexts.ts';
import { alternatives, display, type HolePart, holes, literal, type Part, type Template } from '../image/template.ts';
import type { Job } from '../workflow/model.ts';
import type { WorkflowUsage } from './analyze.ts';
import { callerEvent } from './events.ts';
import { besides } from './order.ts';
import { runsAny } from './programs.ts';
import type { Build, Checkout, Usage } from './usage.ts';

/**
 * Which commit an expression names, as far as it can be told: the run's own (`github.sha`), a pull request's head, the one that the
 * finished workflow ran on, one that somebody names in an input, a pull request's in a run that is for none, or whatever is checked out.
 */
export type Commit = 'run' | 'head' | 'finished' | 'named' | 'pull' | 'checkedOut';

const sources: readonly [RegExp, Commit][] = [
  [/^(?:github|gitea|forgejo)\.(?:sha|ref|ref_name|event\.after|event\.head_commit\.id)$/i, 'run'],
  [/^(?:github|gitea|forgejo)\.(?:head_ref|event\.pull_request\.head\.(?:sha|ref))$/i, 'head'],
  [/^(?:github|gitea|forgejo)\.event\.workflow_run\.(?:head_sha|head_branch|head_commit\.id)$/i, 'finished'],
  [/^(?:inputs|github\.event\.inputs|github\.event\.client_payload)\./i, 'named'],
];

/** The commit that a hole names; `undefined` where it is not understood. An input's default is what the input stands for. */
export function commitOf(part: HolePart): Commit | undefined {
  const { source } = part;
  if (isPreset(part)) return 'named';
  const known = sources.find(([pattern]) => pattern.test(source))?.[1];
  if (known) return known;
  if (!/^(?:\$\(|`)\s*git\s/.test(source)) return undefined;
  if (/\bGITHUB_SHA\b|\bgithub\.sha\b/.test(source)) return 'run';
  return /\bHEAD\b|\s(?:log|show|describe)\s/.test(source) && !/\borigin\/|\bHEAD[~^]/.test(source) ? 'checkedOut' : undefined;
}

/**
 * The commits that a reference or hash may be with one event: of `head.sha || github.sha` it is the first alone in a pull request's run.
 * `undefined` where one of the forms is not understood.
 */
export function commitsOf(template: Template, event: string): ReadonlySet<Commit> | undefined {
  const forms = alternatives(template).filter(form => !holes(form).some(({ events }) => events && !events.has(event)));
  const named = forms.map(form => {
    const [part] = holes(form);
    if (form[0]?.kind === 'text' && /^refs\/pull\/\d*$/.test(form[0].text)) return pullReference(form, event);
    return part ? commitOf(part) : literal(form) === '' ? 'run' : form[0] && isPreset(form[0]) ? 'named' : undefined;
  });
  const special = isPullRequest(event) ? 'head' : event === 'workflow_run' ? 'finished' : undefined;
  if (special && named.includes(special)) return new Set([special]);
  const there = named.filter(commit => commit !== 'head' && commit !== 'finished' && (commit !== 'named' || takesInputs(event)));
  const commits = there.filter(commit => commit !== undefined);
  return commits.length > 0 && commits.length === there.length ? new Set(commits) : undefined;
}

/** `refs/pull/N/head`, `refs/pull/N/merge`. */
function pullReference(form: Template, event: string): Commit {
  if (!isPullRequest(event)) return 'pull';
  const last = form.at(-1);
  return last?.kind === 'text' && last.text.endsWith('/merge') ? 'run' : 'head';
}

function takesInputs(event: string): boolean {
  return event === callerEvent || event.endsWith('_dispatch');
}

function isPreset({ via }: Part): boolean {
  return via.some(({ what }) => what.startsWith('default of input'));
}

/** Where a build's files come from with one event. */
export interface BuildSource {
  readonly commits: ReadonlySet<Commit>;
  /** Absent where the builder fetches the repository by itself. */
  readonly checkout?: Checkout;
}

const movesHead =
  /^git (?:-C \S+ )?(?:checkout|switch|reset|pull|merge|cherry-pick|am|apply|rebase|commit|restore|clone|worktree)\b|^gh (?:pr checkout|repo clone)\b/;

/** `undefined` where it cannot be told. */
export function buildSource(build: Build, event: string, usage: WorkflowUsage): BuildSource | undefined {
  const context = build.context && literal(build.context.template);
  // docker/build-push-action and its drop-ins send the repository's address where no folder is given.
  if (build.tool.includes('/') && (!build.context || context?.startsWith('{{defaultContext}}'))) return { commits: new Set(['run']) };
  if (build.within || context === undefined || /^(?:\w+:\/\/|git@|-$|\/)/.test(context)) return undefined;
  const before = besides(usage, build);
  const earlier = before.slice(0, before.indexOf(build)).filter(other => other.events.includes(event));
  const checkouts = earlier.filter((other): other is Checkout => other.kind === 'checkout' && reaches(other, context));
  const last = checkouts.at(-1);
  if (!last || last.repository || last.within || (last.step.if && last.step.if.value !== build.step.if?.value)) return undefined;
  if (changesFiles(build, usage)) return undefined;
  const commits = last.ref ? commitsOf(last.ref.template, event) : new Set<Commit>(['run']);
  return commits && { commits, checkout: last };
}

/** Whether the folder that a build sends, as written, lies in the checkout. */
export function reaches({ path }: Checkout, context: string): boolean {
  if (!path) return true;
  const folder = literal(path.template)?.replace(/^\.\/|\/$/g, '');
  const sent = context.replace(/^\.\//, '');
  return folder === undefined || sent === folder || sent.startsWith(`${folder}/`);
}

/** The programs of `movesHead`. */
export const headMovers: ReadonlySet<string> = new Set(['git', 'gh']);

const movers = new WeakMap<WorkflowUsage, ReadonlyMap<Job, number>>();

/** A script before the build gives the folder another commit. */
function changesFiles({ job, step }: Usage, usage: WorkflowUsage): boolean {
  let first = movers.get(usage);
  if (!first) {
    first = firstMoves(usage);
    movers.set(usage, first);
  }
  const at = first.get(job);
  return at !== undefined && at <= step.index;
}

/** The first step of each job in which a script goes to another commit. */
function firstMoves({ scripts }: WorkflowUsage): ReadonlyMap<Job, number> {
  const first = new Map<Job, number>();
  for (const script of scripts) {
    const { job, step, commands } = script;
    const known = first.get(job);
    if ((known !== undefined && known <= step.index) || !runsAny(script, headMovers)) continue;
    if (commands.some(({ words }) => movesHead.test(startOf(words)))) first.set(job, step.index);
  }
  return first;
}

function startOf(words: readonly { readonly template: Template }[]): string {
  return words
    .slice(0, 5)
    .map(({ template }) => display(template))
    .join(' ');
}

export function isPullRequest(event: string): boolean {
  return pullRequestEvents.has(event);
}
