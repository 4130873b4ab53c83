import { alternatives, display, type HolePart, holes, literal, type Template } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import type { Edit, Span } from '../text/span.ts';
import { headMovers, reaches } from '../usage/commits.ts';
import { besides } from '../usage/order.ts';
import { privilegeOf } from '../usage/privilege.ts';
import { runsAny } from '../usage/programs.ts';
import type { Build, Checkout, Usage } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { guardsOf, isJudgedElsewhere } from './shared/pullRequests.ts';

/** A branch is what its author makes of it until the moment of the checkout; a commit stays what was looked at. */
export const prMutableCheckout: Rule = {
  id: 'pr-mutable-checkout',
  title: 'An image is built from a pull request’s branch, not from the commit that the run is for',
  severity: 'warning',
  fixable: true,
  visit: {
    file(context) {
      const { usage: file } = context;
      // What an action builds it is given by the job that runs it, and is judged there.
      if (file.workflow.kind === 'action' || !file.sequence.some(({ events }) => events.some(event => bringsRequest.test(event)))) return;
      for (const use of file.sequence) {
        if (use.kind === 'build') checkBuild(use, context);
        // `make docker-build`: what exactly it does is not known, that it builds an image is said.
        else if (use.kind === 'opaque' && (use.what === 'command' || use.what === 'script') && buildsByName.test(use.name)) {
          const events = eventsOf(use, context);
          if (events.length > 0) checkFolder(use, '.', events, context);
        }
      }
    },
  },
};

function checkBuild(build: Build, context: RuleContext): void {
  const events = eventsOf(build, context);
  if (events.length === 0) return;
  const folder = build.context && literal(build.context.template);
  // docker/build-push-action and bake-action fetch the run's commit by themselves where no folder is given.
  if (build.tool.includes('/') && (!build.context || folder?.startsWith('{{defaultContext}}'))) return;
  const source = build.context && movingRef(build.context.template, events, build.job);
  if (build.context && source && isRemote(build.context.template))
    tell(build.within ? build.at : build.context.span, source, build, events, context);
  else checkFolder(build, folder ?? '.', events, context);
}

const buildsByName =
  /(?:docker|image|container)[-_:. ]?(?:build|push|release|publish)|(?:build|push|release|publish)[-_:. ]?(?:docker|image|container)/i;

/** The events of a build that may be for a pull request; none where another file speaks for it. */
function eventsOf(use: Usage, context: RuleContext): readonly string[] {
  if (isJudgedElsewhere(use, context)) return [];
  return use.events.filter(event => bringsRequest.test(event) && (event !== 'workflow_run' || mayFollowRequest(use, context)));
}

const bringsRequest = /^(?:pull_request(?:_\w+)?|issue_comment|workflow_run|repository_dispatch)$/;

/** Whether the workflow that has ended may have run for a pull request: not where a filter or a condition wants pushes or certain branches. */
function mayFollowRequest(build: Usage, { usage: file }: RuleContext): boolean {
  const isLimited = file.workflow.triggers.some(({ event, branches }) => event === 'workflow_run' && branches.length > 0);
  return !isLimited && !guardsOf(build, file).some(condition => /workflow_run\.event\s*==\s*'(?!pull_request)/.test(condition));
}

/** The checkouts, and what scripts fetch, that the folder of a build may come from, the last first. */
function checkFolder(build: Usage, folder: string, events: readonly string[], context: RuleContext): void {
  const { usage: file, text } = context;
  const all = besides(file, build);
  const before = all.slice(0, all.indexOf(build)).toReversed();
  const script = fetchedByScript(build, events, context);
  for (const other of before) {
    if (other.kind !== 'checkout' || !reaches(other, folder) || !other.events.some(event => events.includes(event))) continue;
    if (script && script.index > other.step.index) break;
    const source =
      other.ref &&
      movingRef(
        other.ref.template,
        events.filter(event => other.events.includes(event)),
        other.job,
      );
    if (source && other.ref && !comparesCommits(other, text)) {
      tell(other.within ? other.at : other.ref.span, source, other, events, context);
    }
    // What always runs replaces whatever was there.
    if (!other.step.if) return;
  }
  if (script && !comparesCommits(build, text)) tell(script.at, script.name, build, events, context);
}

const branches =
  /(?:^|\.)head_ref$|\bhead\.(?:ref|label)\b|\.head_branch$|\bheadRefName\b|\boutputs\.(?:head_ref|command-arguments)$|^steps\.[\w-]+\.outputs\.ref$/i;

/** What a reference is called that may name another commit later: a branch, `refs/pull/N/head`. `undefined` where no form is one with these events. */
function movingRef(ref: Template, events: readonly string[], job: Job): HolePart | string | undefined {
  for (const form of alternatives(ref)) {
    const [first] = form;
    if (/\brefs\/pull\/|^pull\//.test(first?.kind === 'text' ? first.text : '') && form.length > 1) return display(form);
    const found = holes(form).find(
      part =>
        isBranch(part, job) &&
        (part.events === undefined || events.some(event => part.events?.has(event) || event === 'repository_dispatch')),
    );
    if (found) return found;
  }
  return undefined;
}

function isBranch({ source, shape, author }: HolePart, job: Job): boolean {
  if (/\bheadRefName\b/.test(source) && !/\bheadRefOid\b/.test(source)) return true;
  const [, id, output] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(source) ?? [];
  if (id !== undefined && output !== undefined && (shape === 'unknown' || shape === 'gitRef') && isBranchByScript(id, output, job))
    return true;
  return branches.test(source) && author !== 'trusted' && (shape === 'gitRef' || shape === 'line' || shape === 'anything');
}

/** `core.setOutput('ref', pull.data.head.ref)` of an actions/github-script. */
function isBranchByScript(id: string, output: string, { steps }: Job): boolean {
  const script = steps.find(step => step.id?.value === id)?.with?.entries.get('script')?.value.value;
  const calls = script?.split('setOutput(').slice(1) ?? [];
  return calls.some(call => {
    const [line = ''] = call.trimStart().split('\n', 1);
    return line.slice(1, output.length + 1) === output && !/^[\w-]/.test(line.slice(output.length + 1)) && /\bhead\.ref\b/.test(line);
  });
}

/** `https://github.com/acme/web.git#branch`. */
function isRemote([first]: Template): boolean {
  return first?.kind === 'text' && /^(?:https?:\/\/|git@|git:\/\/)/.test(first.text);
}

interface Fetched {
  readonly at: Span;
  readonly name: string;
  readonly index: number;
}

/** `gh pr checkout 12`, `git fetch origin pull/12/head`, `git checkout "$HEAD_REF"` before a build, and no commit checked out after it. */
function fetchedByScript(build: Usage, events: readonly string[], { usage: file }: RuleContext): Fetched | undefined {
  let last: Fetched | undefined;
  for (const script of file.scripts) {
    if (script.job !== build.job || script.step.index > build.step.index || !runsAny(script, headMovers)) continue;
    for (const command of script.commands) {
      if (command.within) continue;
      if (namesCommit(command)) last = undefined;
      const name = fetches(command, events, script.job);
      if (name !== undefined) last = { at: command.span, name, index: script.step.index };
    }
  }
  return last;
}

function fetches({ words }: ShellCommand, events: readonly string[], job: Job): string | undefined {
  const [program, verb, third] = words.slice(0, 3).map(({ template }) => literal(template));
  if (program === 'gh') return verb === 'pr' && third === 'checkout' ? 'gh pr checkout' : undefined;
  if (program !== 'git' || !/^(?:fetch|pull|checkout|switch|clone)$/.test(verb ?? '')) return undefined;
  for (const { template } of words.slice(2)) {
    const source = movingRef(template, events, job);
    if (source !== undefined) return typeof source === 'string' ? source : display(template);
  }
  return undefined;
}

/** `git checkout "$SHA"`, `git reset --hard "$SHA"`. */
function namesCommit({ words }: ShellCommand): boolean {
  const [program, verb] = words.slice(0, 2).map(({ template }) => literal(template));
  if (program !== 'git' || !/^(?:checkout|reset|switch)$/.test(verb ?? '')) return false;
  return words.slice(2).some(({ template }) => template.some(part => part.kind === 'hole' && part.shape === 'sha40'));
}

/** The job asks whether it got the commit that it is for. */
function comparesCommits({ job }: Usage, text: string): boolean {
  const source = text.slice(job.span.start, job.span.end);
  const isTested = (line: string) => /\$\(git rev-parse (?:--verify )?HEAD\)/.test(line) && /(?:^|\s)\[\[? /.test(line);
  if (source.split('\n').some(isTested)) return true;
  return (
    /rev-parse\s+(?:--verify\s+)?["']?HEAD/.test(source) &&
    /head\.sha|head_sha|HEAD_SHA|headRefOid/.test(source) &&
    /!=|==?|-ne\b/.test(source)
  );
}

function tell(at: Span, source: HolePart | string, use: Usage, events: readonly string[], context: RuleContext): void {
  if (isSaidAlready(context, at)) return;
  const isPrivileged = privilegeOf(use.job, context.usage, events, context.text) === 'full';
  const name = typeof source === 'string' ? source : source.source.startsWith('$') ? nameIn(source.source) : source.source;
  const fix = use.kind === 'checkout' && typeof source !== 'string' ? takeCommit(use, source, context) : undefined;
  const isComment = events.every(event => event === 'issue_comment' || event === 'repository_dispatch');
  const meanwhile = /command-arguments$/.test(name)
    ? 'whoever writes the comment names any branch, and its author can push again before this checkout'
    : 'its author can push again before this checkout';
  const what =
    typeof source !== 'string' ? 'is a branch, not a commit' : `${/^gh /.test(name) ? 'takes' : 'is'} the pull request as it is by then`;
  const harm = isPrivileged
    ? 'Then commits that nobody has looked at are built with the repository’s token and secrets.'
    : 'Then the image is of another commit than the one that this run, its checks and its tags are for.';
  const advice = isComment
    ? 'Find the commit once (`gh pr view --json headRefOid`), let it be looked at, and check out that.'
    : events.includes('workflow_run')
      ? 'Check out `github.event.workflow_run.head_sha`.'
      : 'Check out `github.event.pull_request.head.sha`.';
  context.report({
    at,
    severity: isPrivileged ? 'error' : 'warning',
    message: `\`${name}\` ${what}: ${meanwhile}. ${harm} ${advice}`,
    ...(typeof source === 'string' ? {} : { via: source.via }),
    ...(use.kind === 'checkout' && use.within && { related: [{ ...use.within, message: 'It is checked out here.' }] }),
    ...(fix && { fix }),
  });
}

/** What a command asks for is called as gh calls it, or the API. */
function nameIn(command: string): string {
  return /\.head\.ref\b/.test(command) && !command.includes('headRefName') ? 'head.ref' : 'headRefName';
}

/** Names that have a commit beside them in the same event. */
const commits: readonly (readonly [RegExp, string])[] = [
  [/\bgithub\.(?:head_ref|event\.pull_request\.head\.ref)\b/g, 'github.event.pull_request.head.sha'],
  [/\bgithub\.event\.workflow_run\.head_branch\b/g, 'github.event.workflow_run.head_sha'],
];

/** Suggests the commit in the branch's place, where the input names the branch itself, once. */
function takeCommit({ ref, within }: Checkout, { via }: HolePart, { text }: RuleContext): Problem['fix'] | undefined {
  if (!ref || within || via.length > 0) return undefined;
  const written = text.slice(ref.span.start, ref.span.end);
  const edits = commits.flatMap(([name, commit]): readonly Edit[] =>
    [...written.matchAll(name)].map(({ index, 0: found }) => {
      const start = ref.span.start + index;
      return { span: { start, end: start + found.length }, text: commit };
    }),
  );
  return edits.length === 1 ? { title: 'Check out the commit', safe: false, edits } : undefined;
}
