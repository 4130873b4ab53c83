import { matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, literal } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { callerEvent } from '../usage/events.ts';
import { isRequestNumber } from '../usage/mobility.ts';
import { besides, ofKind } from '../usage/order.ts';
import type { Start } from '../usage/starts.ts';
import type { TagWrite } from '../workspace/tagUses.ts';
import type { Rule, RuleContext } from './rule.ts';
import { addCommitTag } from './shared/commitTag.ts';
import { isDigestRecorded } from './shared/digestRecord.ts';
import { isNamedAt } from './shared/namesThatStay.ts';
import { byDigestMerge } from './shared/promotedCopies.ts';
import { formMobility, isMeant, type Pushed, pushedBy, pushedMobility } from './shared/pushed.ts';
import { writtenAt } from './shared/writtenAt.ts';

/** An image whose every tag is pushed again cannot be named once the next one is there. */
export const pushWithoutImmutableTag: Rule = {
  id: 'push-without-immutable-tag',
  title: 'An image is pushed by tags that move, and by none that stays',
  severity: 'warning',
  fixable: true,
  visit: {
    file(context) {
      const own = plainFirst(pushedBy(context.usage).filter(({ usage }) => !usage.within && !usage.calledJob));
      const said = new Map<string, Set<Start>>();
      for (const pushed of own) {
        const { job, step } = pushed.usage;
        const starts = pushed.starts.filter(start => isMeant(start) && pushedMobility(pushed, start) === 'moving');
        if (starts.length === 0) continue;
        const names = pushed.forms.map(({ parts }) => display(parts.name)).join(' ');
        // One name beside them helps all names of a step, of a repository in its job, and of a row that makes them.
        const groups = [`step ${job.id.value} ${step.index}`, `${job.id.value} ${names}`];
        const isSaid = (group: string, of: readonly Start[]) =>
          of.every(start => said.get(group)?.has(start) || (said.has(group) && isPreview(pushed, of)));
        if (groups.some(group => isSaid(group, starts))) continue;
        const nameless = namelessStarts(pushed, starts, context);
        if (nameless.length === 0) continue;
        const form = movingForm(pushed, own, context);
        const at = writtenAt(pushed, form, context);
        groups.push(`${at.start}:${at.end}`);
        if (groups.some(group => isSaid(group, nameless))) continue;
        for (const group of groups) said.set(group, new Set([...(said.get(group) ?? []), ...nameless]));
        report({ pushed, form, at: at === pushed.item.span ? wholeList(pushed, own, context) : at, starts: nameless }, context);
      }
    },
  },
};

/** Of a step's names those that are written out: they read best in a message. */
function plainFirst(all: readonly Pushed[]): readonly Pushed[] {
  const rank = ({ forms }: Pushed) => (forms.every(({ parts }) => literal(parts.tag?.value ?? []) !== undefined) ? 0 : 1);
  return all
    .map((pushed, index) => ({ pushed, index }))
    .sort((a, b) => {
      if (a.pushed.usage.step !== b.pushed.usage.step) return a.index - b.index;
      return rank(a.pushed) - rank(b.pushed) || a.index - b.index;
    })
    .map(({ pushed }) => pushed);
}

/** Of starts at which only moving tags are pushed here those at which nothing else names the image. */
function namelessStarts(pushed: Pushed, starts: readonly Start[], context: RuleContext): readonly Start[] {
  const { usage, forms } = pushed;
  if (isCopy(pushed, context) || forms.some(({ parts }) => isLeftAlone(display(parts.name), context))) return [];
  const nameless = starts.filter(start => !forms.some(({ parts }) => isNamedAt(parts.name, usage.step, start, context.usage)));
  return nameless.length === 0 || isNamedElsewhere(pushed, context) || isDigestRecorded(usage, context) ? [] : nameless;
}

/** Base and test images, after the policy. */
function isLeftAlone(repository: string, { workspace }: RuleContext): boolean {
  return workspace.policy.isBaseImage(repository);
}

/** The image had a name before: it is copied from a registry, or pulled in this job. What merges the digests that other jobs pushed is a build. */
function isCopy({ usage }: Pushed, { usage: file }: RuleContext): boolean {
  if (usage.kind === 'retag') {
    if ((usage.others?.length ?? 0) > 0) return false;
    return !byDigestMerge(usage, file);
  }
  if (usage.kind === 'build') return false;
  return ofKind(besides(file, usage), 'pull').some(
    ({ purpose, failure }) => purpose === 'use' && failure !== 'ignored' && !isRebuilt(usage, file),
  );
}

/** A build in the job makes what a push sends. */
function isRebuilt(push: Pushed['usage'], file: RuleContext['usage']): boolean {
  const names = pushedBy(file)
    .filter(({ usage }) => usage === push)
    .flatMap(({ forms }) => forms.map(({ parts }) => parts.name));
  const built = ofKind(besides(file, push), 'build').flatMap(({ tags }) => tags.flatMap(({ template }) => alternatives(template)));
  return built.some(tag => names.some(name => matchNames(referenceParts(tag).name, name, 'job') === 'same'));
}

/** What callers do beside it is not in this file: a name that stays anywhere in the workspace is enough. */
function isNamedElsewhere({ usage, forms }: Pushed, { workspace, path, usage: file }: RuleContext): boolean {
  if (file.workflow.kind !== 'action' && !usage.starts.every(({ event }) => event === callerEvent)) return false;
  return forms.some(form =>
    workspace.flow
      .writesTo(form.parts.name, 'maybe', path)
      .some(other => other.path !== path && other.usage.starts.some(start => formMobility(other, start) !== 'moving')),
  );
}

/** Of a push with several forms one that is written where none of them stays: in that branch of the script the image gets no name. */
function movingForm(pushed: Pushed, own: readonly Pushed[], context: RuleContext): TagWrite {
  // A pushed reference has a form at least.
  const [first] = pushed.forms as [TagWrite];
  if (pushed.forms.length === 1) return first;
  const lineOf = (of: Pushed, form: TagWrite) => context.text.lastIndexOf('\n', writtenAt(of, form, context).start);
  const stays = (form: TagWrite) => pushed.starts.some(start => formMobility(form, start) !== 'moving');
  const named = own
    .filter(({ usage }) => usage.step === pushed.usage.step)
    .flatMap(of => of.forms.filter(stays).map(form => lineOf(of, form)));
  return pushed.forms.find(form => !stays(form) && !named.includes(lineOf(pushed, form))) ?? first;
}

/** The names that move in one list: none of them helps the others. */
function wholeList({ usage, item }: Pushed, own: readonly Pushed[], { text }: RuleContext): Span {
  let { start, end } = item.span;
  const others = own.filter(other => other.usage === usage).map(other => other.item.span);
  for (const span of [...others].sort((a, b) => a.start - b.start)) {
    if (span.end <= start && /^["'\s,]*$/.test(text.slice(span.end, start))) start = span.start;
    else if (span.start >= end && /^["'\s,]*$/.test(text.slice(end, span.start))) end = span.end;
  }
  return { start, end };
}

interface Nameless {
  readonly pushed: Pushed;
  readonly form: TagWrite;
  readonly at: Span;
  readonly starts: readonly Start[];
}

function report({ pushed, form, at, starts }: Nameless, context: RuleContext): void {
  const { item } = pushed;
  const tag = form.parts.tag ? display(form.parts.tag.value) : 'latest';
  const fix = addCommitTag(pushed, context);
  const isHere = at.start <= item.span.start && item.span.end <= at.end;
  context.report({
    at,
    severity: isPreview(pushed, starts) ? 'info' : 'warning',
    message:
      `Nothing names this image once the next one is pushed${when(starts, pushed)}: \`${tag}\` moves on, and nothing is left to deploy, compare or roll back to. ` +
      'Push a tag with the commit beside it, or record the digest.',
    ...(isHere ? { via: form.parts.tag?.value[0]?.via ?? [] } : { related: [{ span: item.span, message: 'It is pushed here.' }] }),
    ...(fix && { fix }),
  });
}

/** One name for a pull request's images: it is meant to follow the request. */
function isPreview({ forms }: Pushed, starts: readonly Start[]): boolean {
  return starts.every(({ on }) => on === 'pullRequest') || forms.every(({ parts }) => parts.tag?.value.some(isRequestNumber));
}

const kinds = { branch: 'branch', tag: 'git tag', pullRequest: 'pull request' } as const;

/** For which runs, where not for all. */
function when(starts: readonly Start[], { usage }: Pushed): string {
  const all = ((usage.kind === 'build' ? usage.pushStarts : undefined) ?? usage.starts).filter(isMeant);
  if (starts.length === all.length) return '';
  const names = [
    ...new Set(starts.map(({ event, on }) => (event === 'push' || event === callerEvent ? `a ${kinds[on]}` : `\`${event}\``))),
  ];
  return ` (on ${names.join(', ')})`;
}
