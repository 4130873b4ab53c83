import { display, literal } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import { runsAny } from '../usage/programs.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import type { Checkout } from '../usage/usage.ts';
import { setStepInput } from '../workflow/inputEdit.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';

const git: ReadonlySet<string> = new Set(['git']);

/** `git merge-base` needs both histories; actions/checkout fetches one commit of one. */
export const mergeBaseUnfetched: Rule = {
  id: 'merge-base-unfetched',
  title: '`git merge-base` has no history to look through',
  severity: 'error',
  fixable: true,
  visit: {
    script(script, context) {
      if (!runsAny(script, git)) return;
      const bases = script.commands.flatMap(command => mergeBase(command) ?? []);
      if (bases.length === 0) return;
      const checkout = shallowCheckout(script, context);
      const fetched = checkout && fetches(script, context);
      if (!checkout || fetched === 'enough') return;
      for (const base of bases) {
        if (isSameCommit(base, script, context)) continue;
        if (fetched === 'others' && !base.needsHead) continue;
        // One checkout is one mistake, however often it is felt.
        if (isSaidAlready(context, checkout.at)) return;
        report(base, checkout, fetched === 'others', context);
      }
    },
  },
};

interface MergeBase {
  readonly command: ShellCommand;
  readonly commits: readonly string[];
  /** One of the two is the commit that was checked out. */
  readonly needsHead: boolean;
  /** `--is-ancestor`: it answers by its exit status. */
  readonly asks: boolean;
}

function mergeBase(command: ShellCommand): MergeBase | undefined {
  const words = gitWords(command);
  if (words?.[0] !== 'merge-base') return undefined;
  const commits = words.slice(1).filter(word => !word.startsWith('-'));
  const needsHead = commits.length < 2 || commits.some(commit => /^HEAD\b|^@$|github\.sha\b/.test(commit));
  return { command, commits, needsHead, asks: words.includes('--is-ancestor') };
}

/** The words of a git command from its verb on, as written; `undefined` for another program. */
function gitWords({ words: [name, ...others] }: ShellCommand): readonly string[] | undefined {
  if (!name || display(name.template) !== 'git') return undefined;
  const rest = others.map(({ template }) => display(template));
  let index = 0;
  // Global options; `-C` and `-c` take a value.
  while (rest[index]?.startsWith('-')) index += rest[index] === '-C' || rest[index] === '-c' ? 2 : 1;
  return rest.slice(index);
}

/** The checkout that the script works in, where every one that it may be is known to have left history out. */
function shallowCheckout({ job, step }: StepScript, { usage }: RuleContext): Checkout | undefined {
  const checkouts = usage.usages.filter(
    (other): other is Checkout => other.kind === 'checkout' && other.job === job && other.step.index < step.index,
  );
  const folder = (step.workingDirectory ?? job.workingDirectory ?? usage.workflow.workingDirectory)?.value.replace(/^\.\/|\/$/g, '');
  const inFolder = checkouts.filter(
    ({ path }) => path && folder !== undefined && literal(path.template)?.replace(/^\.\/|\/$/g, '') === folder,
  );
  const candidates = inFolder.length > 0 ? inFolder : checkouts.filter(({ path }) => !path);
  // With checkouts elsewhere only, a `cd` decides where git looks.
  if (candidates.length === 0 || candidates.some(({ depth }) => depth === undefined || depth === 0)) return undefined;
  return candidates.at(-1);
}

/** `origin/main` and `HEAD` are one commit, where the workflow runs on pushes to `main` alone. */
function isSameCommit({ commits }: MergeBase, { events }: StepScript, { usage }: RuleContext): boolean {
  if (events.length !== 1 || events[0] !== 'push') return false;
  const trigger = usage.workflow.triggers.find(({ event }) => event === 'push');
  const [only, ...others] = trigger?.branches ?? [];
  if (only === undefined || others.length > 0 || trigger?.tags.length) return false;
  return commits.every(commit => commit === `origin/${only}` || commit === 'HEAD' || /github\.sha\b/.test(commit));
}

// What makes a shallow clone deeper, or fetches in a way of its own.
const deepens = /^--(?:unshallow|deepen|shallow-since|shallow-exclude|update-shallow)\b|^--depth=(?!1$)|^\$/;

/** What git is told to fetch up to the end of the step (a loop deepens until it is enough): enough, only other branches, or nothing. */
function fetches({ job, step }: StepScript, { usage }: RuleContext): 'enough' | 'others' | 'nothing' {
  const commands = usage.scripts.filter(other => other.job === job && other.step.index <= step.index).flatMap(other => other.commands);
  let found: 'others' | 'nothing' = 'nothing';
  for (const command of commands) {
    const words = gitWords(command);
    if (words?.[0] === 'clone' || isCloneByGh(command)) return 'enough';
    if (words?.[0] !== 'fetch' && words?.[0] !== 'pull') continue;
    if (words.some((word, index) => deepens.test(word) || (word === '--depth' && words[index + 1] !== '1'))) return 'enough';
    found = 'others';
  }
  return found;
}

function isCloneByGh({ words }: ShellCommand): boolean {
  const [name, noun, verb] = words.map(({ template }) => display(template));
  return name === 'gh' && ((noun === 'repo' && verb === 'clone') || (noun === 'pr' && verb === 'checkout'));
}

function report({ command, asks }: MergeBase, checkout: Checkout, fetched: boolean, context: RuleContext): void {
  const { depth = 1 } = checkout;
  // A clone of some depth and a fetch may happen to meet.
  if (depth > 1 && fetched) return;
  const fix = deepen(checkout, context.text);
  const why = fetched
    ? '`git fetch` brings other branches, but the checked out commit stays without its parents'
    : `the checkout fetched ${depth === 1 ? 'one commit' : `${depth} commits`} of one branch`;
  context.report({
    at: command.span,
    severity: command.failure === 'fatal' && depth === 1 ? 'error' : 'warning',
    message: `${outcome(command, asks, depth)}: ${why}. Give the checkout \`fetch-depth: 0\`.`,
    related: [{ span: checkout.at, message: 'this checkout has no more history' }],
    ...(fix && { fix }),
  });
}

function outcome({ failure }: ShellCommand, asks: boolean, depth: number): string {
  if (asks) return '`git merge-base --is-ancestor` cannot see the ancestors and answers no, or fails';
  if (depth > 1) return '`git merge-base` finds nothing as soon as the branches have parted further back than was fetched';
  return failure === 'fatal'
    ? '`git merge-base` fails here'
    : '`git merge-base` fails here each time, and what stands in for its answer is used';
}

function deepen({ step }: Checkout, text: string): Problem['fix'] | undefined {
  const edit = setStepInput(text, step, 'fetch-depth', '0');
  return edit && { title: 'Fetch the whole history: `fetch-depth: 0`', safe: true, edits: [edit] };
}
