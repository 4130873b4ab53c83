import { alternatives, display, literal, type Template } from '../image/template.ts';
import { isRequestNumber } from '../usage/mobility.ts';
import { besides } from '../usage/order.ts';
import { privilegeOf } from '../usage/privilege.ts';
import type { Start } from '../usage/starts.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext, type Severity } from './rule.ts';
import { readerOf } from './shared/protectedTag.ts';
import {
  guardsOf,
  isForOpenRequest,
  isJudgedElsewhere,
  mayBeForRequest,
  openRequestStarts,
  unmergedStarts,
} from './shared/pullRequests.ts';
import { type Pushed, pushedBy } from './shared/pushed.ts';
import { asksForConsent, mayKeepRequestsOut } from './shared/requestGuards.ts';
import { axesIn } from './shared/sameBuild.ts';
import { writtenAt } from './shared/writtenAt.ts';

/** What everybody runs is replaced by what nobody has reviewed yet. */
export const prWritesProtectedTag: Rule = {
  id: 'pr-writes-protected-tag',
  title: 'A pull request pushes a tag that belongs to a branch, a release or production',
  severity: 'error',
  fixable: true,
  visit: {
    file(context) {
      const { usage: file } = context;
      if (file.workflow.kind === 'action' || !mayBeForRequest(file)) return;
      const all = pushedBy(file);
      const ofRequests = all.flatMap(pushed => {
        const starts = openRequestStarts(pushed.usage, file, pushed.starts);
        if (starts.length > 0) return [{ pushed, starts }];
        const ended = buildsRequest(pushed.usage, file) ? unmergedStarts(pushed.usage, file, pushed.starts) : [];
        return ended.length > 0 ? [{ pushed, starts: ended, isEnded: true as const }] : [];
      });
      const found = ofRequests.flatMap(one => {
        const victim = isSure(one.pushed, context) ? victimOf(one.pushed, one.starts, all, context) : undefined;
        return victim ? [{ ...one, victim }] : [];
      });
      // Of several tags of one push a name that is written out says most.
      const isWritten = ({ victim }: { readonly victim: Victim }) => literal(victim.form.parts.tag?.value ?? []) !== undefined;
      const said = new Set<Pushed['usage']>();
      for (const one of [...found.filter(isWritten), ...found.filter(other => !isWritten(other))]) {
        const { usage } = one.pushed;
        if (said.size === said.add(usage).size) continue;
        const others = found.filter(other => other !== one && other.pushed.usage === usage);
        const isAll = ofRequests.every(({ pushed }) => pushed.usage !== usage || found.some(other => other.pushed === pushed));
        tell(one, others, isAll, context);
      }
    },
  },
};

/** Whether the job builds what the run is for, and has not checked out anything else. */
function buildsRequest(usage: Pushed['usage'], file: RuleContext['usage']): boolean {
  return !besides(file, usage).some(other => other.kind === 'checkout' && (other.ref !== undefined || other.repository !== undefined));
}

/** Whether nothing that nobody understands may keep it from being pushed. */
function isSure(pushed: Pushed, context: RuleContext): boolean {
  const { usage, perhaps } = pushed;
  if (perhaps || isJudgedElsewhere(usage, context) || usage.failure === 'ignored' || isChosen(pushed, context)) return false;
  // An expression that nobody can tell decides about the push, the event apart.
  if (usage.kind === 'build' && usage.pushes === undefined && !isTold(pushed)) return false;
  return !pushed.forms.every(({ parts }) => isOfPreviews(display(parts.name))) && !mayKeepRequestsOut(usage, context);
}

/** Whether a script or an expression chooses among several names, perhaps by the event; the jobs of a matrix have them all. */
function isChosen({ usage, item, forms }: Pushed, { usage: file }: RuleContext): boolean {
  if (usage.kind === 'push' && usage.allTags) {
    const names = new Set(forms.map(({ reference }) => display(reference)));
    const made = besides(file, usage).flatMap(other => (other.kind === 'build' ? other.tags : other.kind === 'retag' ? [other.to] : []));
    const makers = made.filter(({ template }) => alternatives(template).some(form => names.has(display(form))));
    return makers.length > 0 && makers.every(({ template }) => isChoice(template));
  }
  return (
    isChoice(item.template) || (axesIn(item.template).length > 0 && guardsOf(usage, file).some(condition => /\bmatrix\b/.test(condition)))
  );
}

function isChoice(template: Template): boolean {
  return alternatives(template).length > 1 && axesIn(template).length === 0;
}

/** `push:` asks for what the run's start tells alone. */
function isTold({ usage }: Pushed): boolean {
  if (usage.kind !== 'build') return true;
  const written = usage.step.with?.entries.get('push')?.value.value ?? '';
  return usage.pushStarts !== undefined && !/\b(?:steps|needs|env|vars|inputs|secrets|matrix)\s*[.[]/.test(written);
}

/** A repository for the images of pull requests and tests alone: nobody runs its `latest` in earnest. */
function isOfPreviews(repository: string): boolean {
  const slash = repository.indexOf('/');
  const path = /[.:]/.test(repository.slice(0, Math.max(slash, 0))) ? repository.slice(slash) : repository;
  return /(?:^|[/_.-])(?:pr|prs|previews?|pulls?|pull-?requests?|ci|tests?|testing|tmp|temp|scratch|sandbox|snapshots?|dev|cache)(?:$|[/_.-])/i.test(
    path,
  );
}

/** Something that is pushed for pull requests, and whose tag it is. */
interface Overwrite {
  readonly pushed: Pushed;
  readonly starts: readonly Start[];
  readonly victim: Victim;
  /** The pull request has been closed, and perhaps not been merged. */
  readonly isEnded?: true;
}

interface Victim {
  readonly form: TagWrite;
  /** Whose tag it is, as the end of a sentence. */
  readonly owner: string;
  readonly related: NonNullable<Problem['related']>;
  /** Each image has a name of its own, so nothing is replaced. */
  readonly isNew?: true;
  /** Nothing says that somebody runs it: a name that runs of branches push as well. */
  readonly isMild?: true;
}

const production =
  /^(?:latest|main|master|trunk|stable|prod|production|prd|live|release|edge|nightly)$|^(?:latest|stable|main|master)[-_.]|[-_.](?:latest|stable)$/i;
const preview = /(?:^|[-_.])(?:pr|preview|pull|tests?|testing|ci|cache|buildcache|tmp)(?:$|[-_.\d])/i;

function victimOf(pushed: Pushed, starts: readonly Start[], all: readonly Pushed[], context: RuleContext): Victim | undefined {
  for (const form of pushed.forms) {
    const { name, tag, open, digest } = form.parts;
    if (open || digest || name.length === 0) continue;
    const value = tag?.value ?? [];
    const known = tag ? literal(value) : 'latest';
    if (
      known === '' ||
      context.workspace.policy.isPreviewTag(name, known ?? value) ||
      context.workspace.policy.isCacheTag(name, known ?? value)
    )
      continue;
    const victim = known === undefined ? namedAfterBranch(value, starts) : ownerOf(known, form, pushed, all, context);
    if (victim) return { form, ...victim };
  }
  return undefined;
}

type Owner = Omit<Victim, 'form'>;

function ownerOf(tag: string, form: TagWrite, pushed: Pushed, all: readonly Pushed[], context: RuleContext): Owner | undefined {
  const { policy } = context.workspace;
  const environment = policy.environmentOf(form.parts.name, tag);
  if (environment) return { owner: `which is what runs in \`${environment.name}\``, related: [] };
  if (policy.isProtected(form.parts.name, tag) === true) return { owner: 'which the policy protects', related: [] };
  const read = readerOf(pushed, context);
  if (read && !read.usage.starts.every(isForOpenRequest)) {
    const what = read.usage.kind === 'deploy' ? 'deployed' : 'promoted';
    const place = { path: read.path, span: read.item.span, message: `It is ${what} here.` };
    return { owner: `which is ${what} from here`, related: [place] };
  }
  if (preview.test(tag)) return undefined;
  if (production.test(tag)) return { owner: 'a tag that stands for what has been merged or released', related: [] };
  if (/^v?\d{1,4}(?:\.\d{1,5}){1,2}$/.test(tag)) return { owner: 'the name of a release', related: [] };
  const trusted = all.find(
    other =>
      other.forms.some(({ reference }) => display(reference) === display(form.reference)) &&
      other.starts.some(({ event, on }) => on === 'branch' && event === 'push'),
  );
  return trusted && { owner: 'which a push to the branch writes too', related: [], isMild: true };
}

const baseBranch = /^(?:github|gitea|forgejo)\.(?:base_ref|event\.pull_request\.base\.ref)$/i;
const runsBranch = /^(?:github|gitea|forgejo)\.ref_name$/i;

/** `${{ github.base_ref }}`, which is `main`; `main-<commit>`, which says that it was built from there. */
function namedAfterBranch(tag: Template, starts: readonly Start[]): Owner | undefined {
  const [first, ...rest] = tag;
  if (!first || tag.some(part => isRequestNumber(part) || (part.kind === 'text' && preview.test(part.text)))) return undefined;
  if (first.kind === 'text' && /^(?:main|master)[-_.]$/i.test(first.text) && rest.every(({ kind }) => kind === 'hole'))
    return { owner: 'a name that says it was built from that branch', related: [], isNew: true };
  const [hole] = tag.filter(part => part.kind === 'hole');
  if (!hole || tag.some(part => part !== hole && part.kind !== 'text')) return undefined;
  const isBase = baseBranch.test(hole.source) || (runsBranch.test(hole.source) && starts.every(({ on }) => on === 'branch'));
  if (isBase) return { owner: 'the tag of the branch that it is to be merged into', related: [] };
  return tag.length === 1 && (hole.shape === 'semver' || hole.shape === 'partialVersion')
    ? { owner: 'the name of a release', related: [] }
    : undefined;
}

function tell({ pushed, starts, victim, isEnded }: Overwrite, others: readonly Overwrite[], isAll: boolean, context: RuleContext): void {
  const { usage, item } = pushed;
  const written = writtenAt(pushed, victim.form, context);
  // `--all-tags` is the push that sends them all: there it can be held back.
  const at = usage.within ? usage.at : usage.kind === 'push' && usage.allTags ? item.span : written;
  if (isSaidAlready(context, at)) return;
  const place = usage.within ?? { span: at === item.span ? written : item.span };
  const isElsewhere = usage.within !== undefined || place.span !== at;
  const beside = [...new Set(others.map(other => referenceOf(other.victim)))].filter(reference => reference !== referenceOf(victim));
  const fromForks = starts.some(({ event }) => event === 'pull_request_target');
  const who = fromForks ? 'Whoever opens one, from a fork too,' : 'Whoever opens one from a branch of this repository';
  const harm = victim.isNew ? 'puts an image there that nobody has merged' : 'replaces that image before anybody has merged the change';
  const fix = isAll && !isEnded ? leaveOut(usage, starts) : undefined;
  const ended = `A pull request that is closed without being merged pushes ${referenceOf(victim)} too, ${victim.owner}.`;
  context.report({
    at,
    severity: isEnded ? 'warning' : severityOf(pushed, starts, victim, context),
    message:
      (isEnded ? ended : `A run for a pull request pushes ${referenceOf(victim)}, ${victim.owner}. ${who} ${harm}.`) +
      `${beside.length > 0 ? ` So it is with ${beside.slice(0, 3).join(', ')}${beside.length > 3 ? ' and others' : ''}.` : ''} ` +
      (isEnded
        ? 'Ask whether it was: `if: github.event.pull_request.merged == true`.'
        : 'Push it in other runs only, and give pull requests tags of their own, `pr-${{ github.event.number }}`.'),
    related: [
      ...(isElsewhere ? [{ ...place, message: at === item.span ? 'It gets this tag here.' : 'It is pushed here.' }] : []),
      ...victim.related,
    ],
    ...(fix && { fix }),
  });
}

function referenceOf({ form: { parts } }: Victim): string {
  return `\`${display(parts.name)}:${parts.tag ? display(parts.tag.value) : 'latest'}\``;
}

function severityOf({ usage }: Pushed, starts: readonly Start[], { isMild }: Victim, context: RuleContext): Severity {
  const events = starts.map(({ event }) => event);
  const little = privilegeOf(usage.job, context.usage, events, context.text) === 'little';
  return isMild || little || asksForConsent(usage, context) || usage.job.environment ? 'warning' : 'error';
}

/** Suggests that pull requests build and do not push, where the workflow has other runs that do. */
function leaveOut(usage: Pushed['usage'], starts: readonly Start[]): Problem['fix'] | undefined {
  const push = usage.kind === 'build' && !usage.within ? usage.step.with?.entries.get('push')?.value : undefined;
  const [event] = new Set(starts.map(start => start.event));
  if (push?.style !== 'PLAIN' || push.value !== 'true' || event === undefined || starts.some(start => start.event !== event))
    return undefined;
  if (usage.starts.every(isForOpenRequest)) return undefined;
  const edits = [{ span: push.span, text: `\${{ github.event_name != '${event}' }}` }];
  return { title: 'Push in other runs than those of pull requests', safe: false, edits };
}
