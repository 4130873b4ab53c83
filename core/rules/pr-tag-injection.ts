import { alternatives, type HolePart, holes, literal, type Template } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import type { Argument } from '../shell/words.ts';
import { givenWith } from '../usage/given.ts';
import { besides } from '../usage/order.ts';
import { conditionsOf } from '../usage/privilege.ts';
import { runsAny } from '../usage/programs.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import type { Start } from '../usage/starts.ts';
import type { Build, CacheExport, Item, Metadata, Push, Retag, Usage } from '../usage/usage.ts';
import type { Job, Step } from '../workflow/model.ts';
import { isSaidAlready, type Rule, type RuleContext, type Severity } from './rule.ts';
import { type Injection, injectionInto, type Splitting } from './shared/listInjection.ts';
import { severityByPrivilege, whoChooses } from './shared/outsiders.ts';
import { pushStartsOf } from './shared/pushed.ts';

const helms: ReadonlySet<string> = new Set(['helm', 'helmfile']);

/** A name that is put into a list brings its own commas along. */
export const prTagInjection: Rule = {
  id: 'pr-tag-injection',
  title: 'A value from outside can add items to a list of tags, attributes or settings',
  severity: 'error',
  fixable: false,
  visit: {
    build: checkBuild,
    metadata: checkMetadata,
    push: checkPush,
    retag: checkRetag,
    cacheExport: checkCache,
    script(script, context) {
      if (runsAny(script, helms)) for (const command of script.commands) checkHelm(command, script, context);
    },
  },
};

/** A value that a tool takes apart, where it stands and with which starts it counts. */
interface List {
  readonly item: Item;
  readonly splitting: Splitting;
  /** What it is, as the subject of a sentence: `tags`. */
  readonly what: string;
  readonly starts: readonly Pick<Start, 'event'>[];
  readonly job: Job;
  readonly step: Step;
}

const buildKit = /^(?:docker|depot|useblacksmith)\/build-push-action$/i;
// Whose inputs are “comma-separated” tags, without the image's name: after each action's action.yml.
const commaTags =
  /^(?:elgohr\/publish-docker-github-action|mr-smithers-excellent\/docker-build-push|whoan\/docker-build-with-cache-action|devcontainers\/ci|macbre\/push-to-ghcr|ko (?:build|publish|apply|resolve|create))$/i;
const wordTags = /^redhat-actions\/(?:buildah-build|push-to-registry)$/i;

function checkBuild(build: Build, context: RuleContext): void {
  if (build.pushes === false && !build.byDigest) return;
  const { job, step, tool } = build;
  const lists = (items: readonly Item[] | undefined, splitting: Splitting, what: string) => {
    for (const item of (items ?? []).filter(holdsOutside))
      check({ item, splitting, what, job, step, starts: givenWith(item.template, pushStartsOf(build)).starts }, context);
  };
  // Before the names that they give, which are among the tags.
  lists(build.outputs, 'output', tool.includes('/') ? 'An entry of `outputs`' : 'The value of `--output`');
  if (buildKit.test(tool)) {
    lists(build.tags, 'references', 'The input `tags`');
    lists(build.buildArgs, 'lines', 'The input `build-args`');
    lists(build.labels, 'lines', 'The input `labels`');
  } else if (commaTags.test(tool)) lists(build.tags, 'tags', 'This list of tags');
  else if (wordTags.test(tool)) lists(build.tags, 'words', 'This list of tags');
}

/** Rows count where what they make is pushed: later in the job, or in another one that is given it. */
function checkMetadata(metadata: Metadata, context: RuleContext): void {
  if (metadata.defaultRows || !metadata.rows.some(row => holdsOutside(row.item))) return;
  const all = besides(context.usage, metadata);
  const later = all.slice(all.indexOf(metadata) + 1);
  const id = metadata.step.id?.value;
  const handedOn = [...(metadata.job.outputs?.entries.values() ?? [])].some(({ value }) => id && value.value.includes(`steps.${id}.`));
  const pushes = later.filter(use => use.kind === 'opaque' || isPush(use));
  if (pushes.length === 0 && !handedOn) return;
  const { job, step } = metadata;
  for (const { item, starts } of metadata.rows) {
    const pushed = handedOn
      ? starts
      : starts.filter(start => pushes.some(use => (isPush(use) ? pushStartsOf(use) : use.starts).includes(start)));
    check({ item, splitting: 'row', what: 'A row of `tags`', starts: pushed, job, step }, context);
  }
}

function isPush(use: Usage): use is Build | Push | Retag {
  return (use.kind === 'build' && use.pushes !== false) || use.kind === 'push' || (use.kind === 'retag' && use.remote);
}

function checkPush(push: Push, context: RuleContext): void {
  const splitting = push.tool.startsWith('oras ') ? 'tags' : wordTags.test(push.tool) ? 'words' : undefined;
  if (splitting) check({ ...push, item: push.reference, splitting, what: listName(push.tool) }, context);
}

function checkRetag(retag: Retag, context: RuleContext): void {
  if (/^oras (?:cp|copy|manifest index create)$/.test(retag.tool))
    check({ ...retag, item: retag.to, splitting: 'tags', what: listName(retag.tool) }, context);
}

function listName(tool: string): string {
  return tool.startsWith('oras ') ? `The tag of \`${tool}\`` : 'This list of tags';
}

function checkCache(cache: CacheExport, context: RuleContext): void {
  if (cache.bare || !holdsOutside(cache.entry)) return;
  const { job, step, entry: item } = cache;
  // Where it does not go to a registry anyway, it can only be sent to one that the job has logged in to.
  if (cache.type !== 'registry' && !besides(context.usage, cache).some(({ kind }) => kind === 'login')) return;
  check({ item, splitting: 'cache', what: 'This cache', starts: cache.exportStarts ?? cache.starts, job, step }, context);
}

const settingFlags = /^--(?:set|set-string|set-file|state-values-set)$/;

/** `helm upgrade … --set a=1,b=2`; `--set-literal` and `--set-json` take a comma as it is. */
function checkHelm({ words, within }: ShellCommand, { job, step, events }: StepScript, context: RuleContext): void {
  if (!words.some(holdsOutside)) return;
  const program = literal(words[0]?.template ?? []) ?? '';
  if (within || !/(?:^|\/)helm(?:file)?$/.test(program)) return;
  const starts = events.map(event => ({ event }));
  for (const [index, word] of words.entries()) {
    const isValue = index > 0 && settingFlags.test(literal(words[index - 1]?.template ?? []) ?? '');
    const item = isValue ? word : joined(word);
    if (item) check({ item, splitting: 'settings', what: '`--set`', starts, job, step }, context);
  }
}

/** The value of `--set=a=1`. */
function joined({ template: [first, ...rest], span }: Argument): Item | undefined {
  const flag = first?.kind === 'text' ? /^(--[\w-]+)=/.exec(first.text) : null;
  if (first?.kind !== 'text' || !flag?.[1] || !settingFlags.test(flag[1])) return undefined;
  return { template: [{ ...first, text: first.text.slice(flag[0].length), derived: true }, ...rest], span };
}

/** Whether any part of a value is somebody else's: most are not, and need no closer look. */
function holdsOutside({ template }: { readonly template: Template }): boolean {
  return template.some(part =>
    part.kind === 'choice'
      ? part.options.some(option => holdsOutside({ template: option }))
      : part.kind === 'hole' && (part.author === 'stranger' || part.author === 'dispatcher'),
  );
}

function check(list: List, context: RuleContext): void {
  if (list.starts.length === 0) return;
  const events = list.starts.map(({ event }) => event);
  if (cannotBeTag(list, context)) return;
  for (const form of alternatives(list.item.template)) {
    for (const part of holes(form)) {
      if (!isFromOutside(part, form, events, list.splitting)) continue;
      const injection = injectionInto(form, part, list.splitting);
      if (injection) report(part, injection, list, events, context);
    }
  }
}

/** `startsWith(github.head_ref, 'release/')`: with such a start the first item is no valid reference, and nothing is pushed at all. */
function cannotBeTag({ splitting, job, step }: List, { usage }: RuleContext): boolean {
  if (splitting !== 'references' && splitting !== 'tags') return false;
  return conditionsOf(job, step, usage).some(condition => /startsWith\(\s?github\.head_ref\s?,\s?'[^']{0,100}\/'\s?\)/.test(condition));
}

/** Text of a stranger, or of whoever starts the run where it is one item of the list: a whole list may be asked for. */
function isFromOutside(
  { author, changes, events: carried, shape }: HolePart,
  form: Template,
  events: readonly string[],
  splitting: Splitting,
): boolean {
  if (shape === 'unknown' || (author !== 'stranger' && author !== 'dispatcher')) return false;
  // A comma that is escaped or replaced is no longer one.
  if (changes?.some(change => change.includes(','))) return false;
  // Nobody who may start the run gains by another build argument.
  if (author === 'dispatcher' && (form.length === 1 || splitting === 'lines' || !events.some(event => /_dispatch$/.test(event))))
    return false;
  return carried === undefined || events.some(event => carried.has(event));
}

function report(part: HolePart, injection: Injection, list: List, events: readonly string[], context: RuleContext): void {
  if (isSaidAlready(context, part.at)) return;
  const { value, becomes, failsOnly } = injection;
  const { what, splitting, job, step } = list;
  const severity = severityByPrivilege(part, { job, step, events }, context, 'info');
  context.report({
    at: part.at,
    severity: failsOnly ? 'info' : severity,
    message:
      `${what} ${how[splitting]}, and ${who(part, events, severity)} chooses \`${part.source}\`: ` +
      `\`${value.replaceAll('\n', '\\n')}\` makes it ${becomes}. ${advice(splitting, part)}`,
    via: part.via,
  });
}

const how: Readonly<Record<Splitting, string>> = {
  references: 'is split at commas and line breaks',
  tags: 'is split at commas',
  words: 'is split at spaces',
  lines: 'is split at line breaks',
  row: 'is split at commas into attributes',
  cache: 'is split at commas into attributes',
  output: 'is split at commas into attributes',
  settings: 'is split at commas into settings',
};

/** Plain `pull_request` runs have rights for the repository's own branches alone. */
function who(part: HolePart, events: readonly string[], severity: Severity): string {
  const isPlain = events.every(event => event === 'pull_request' || !part.events?.has(event));
  if (part.author === 'stranger' && severity === 'error' && isPlain) return 'whoever opens a pull request from a branch of this repository';
  const everybody = whoChooses(part);
  return everybody.slice(0, 1).toLowerCase() + everybody.slice(1);
}

function advice(splitting: Splitting, { author }: HolePart): string {
  const narrow = 'let only letters, digits, `.`, `_` and `-` through first';
  if (splitting === 'settings') return `Set it with \`--set-literal\`, or ${narrow}.`;
  if (splitting === 'lines') return 'Let only one line through, or take a value that has none.';
  if (author === 'dispatcher') return `${narrow.slice(0, 1).toUpperCase()}${narrow.slice(1)}.`;
  if (splitting === 'row') return `Take \`type=ref,event=pr\`, or ${narrow}.`;
  return `Take the number or the commit, or ${narrow}: \`\${NAME//[^A-Za-z0-9_.-]/-}\`.`;
}
