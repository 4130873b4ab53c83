import { literal } from '../image/template.ts';
import { jobUsages } from '../usage/order.ts';
import type { Start } from '../usage/starts.ts';
import type { Metadata } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { isGuarded } from './shared/guards.ts';
import { isMeant, type Pushed, pushedBy } from './shared/pushed.ts';
import { writtenAt } from './shared/writtenAt.ts';

/** `latest` says “the newest release”; what any tag or branch may push says nothing. */
export const latestFromAnyTag: Rule = {
  id: 'latest-from-any-tag',
  title: '`latest` is moved by every git tag, branch or chosen ref',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      for (const pushed of pushedBy(context.usage)) {
        if (pushed.usage.within || !isLatest(pushed) || pushed.perhaps) continue;
        const reasons = pushed.starts.filter(isMeant).flatMap(start => {
          const reason = anyRef(start, pushed, context);
          return reason ? [{ reason, isRelease: start.event === 'release' }] : [];
        });
        const found = reasons.find(({ isRelease }) => !isRelease) ?? reasons[0];
        if (!found || isGuarded(pushed.usage) || isWeighed(pushed, context)) continue;
        const [form] = pushed.forms;
        const at = form ? writtenAt(pushed, form, context) : pushed.item.span;
        if (isSaidAlready(context, at)) continue;
        context.report({
          at,
          // A release is published on purpose, one at a time.
          ...(found.isRelease && { severity: 'info' as const }),
          message: `${found.reason} \`latest\` then goes back to an older image, or on to one that is not released. Move it only where the version is the newest release.`,
          ...(at !== pushed.item.span && { related: [{ span: pushed.item.span, message: 'It is pushed here.' }] }),
        });
      }
    },
  },
};

function isLatest({ forms }: Pushed): boolean {
  return forms.every(
    ({ parts }) => !parts.open && !parts.digest && /^(?:latest|stable)$/.test(parts.tag ? (literal(parts.tag.value) ?? '') : 'latest'),
  );
}

/** The metadata action adds it by its own knowledge of versions, or the job asks whether this release is the newest, or a pre-release. */
function isWeighed({ usage, item }: Pushed, { usage: file, text }: RuleContext): boolean {
  const stations = item.template.flatMap(({ via }) => via.flatMap(({ what }) => (what.startsWith('output tags of step ') ? [what] : [])));
  const made =
    stations.length > 0 &&
    jobUsages(file, usage.job).find(
      (other): other is Metadata => other.kind === 'metadata' && stations.includes(`output tags of step ${other.step.id?.value}`),
    );
  // Made by rows that are not in this file.
  if (!made && item.template.some(({ given }) => given)) return true;
  if (made && made.latest !== 'true' && !made.rows.some(row => isPlainLatest(row.tag) && row.type === 'raw')) return true;
  return asksForNewest(usage.job, text);
}

const newest =
  /make_latest|prerelease|pre_release|is_?latest|latest_release|releases\/latest|sort\s+(?:-\w+\s+)*-?-?V|version:refname|isLatest|semver\.(?:gt|compare)/i;
const asking = new WeakMap<Job, boolean>();

function asksForNewest(job: Job, text: string): boolean {
  const before = asking.get(job);
  if (before !== undefined) return before;
  const asks = newest.test(text.slice(job.span.start, job.span.end));
  asking.set(job, asks);
  return asks;
}

function isPlainLatest(tag: Parameters<typeof literal>[0]): boolean {
  return /^(?:latest|stable)$/.test(literal(tag) ?? '');
}

/** Why this start may be of any version; `undefined` where its names admit only the newest. */
function anyRef(start: Start, { usage }: Pushed, { usage: file }: RuleContext): string | undefined {
  const { event, on, names, types } = start;
  if (event === 'workflow_dispatch') {
    const chosen = file.usages.some(
      other =>
        other.kind === 'checkout' &&
        other.job === usage.job &&
        !other.repository &&
        other.ref?.template.some(
          part => part.kind !== 'text' && sources(part).some(source => /^inputs\.|^github\.event\.inputs\./.test(source)),
        ),
    );
    return chosen ? 'Whoever starts this by hand chooses the ref that is built, an old one too.' : undefined;
  }
  if (on === 'tag') {
    if (event === 'release' && types && !types.some(type => /^(?:published|created|edited|prereleased)$/.test(type))) return undefined;
    if (event !== 'push' && event !== 'release') return undefined;
    const loose = event === 'release' || !names || names.some(name => !name.startsWith('!') && admitsPreReleases(name));
    const isExcluded = names?.some(name => /^!.*-/.test(name)) === true;
    return loose && !isExcluded
      ? `Every ${event === 'release' ? 'release' : 'git tag'} that starts this moves it: a release candidate, or a fix for an old version.`
      : undefined;
  }
  if (event !== 'push' || on !== 'branch') return undefined;
  const others = names?.filter(name => !/^(?:main|master)$/.test(name));
  return !names || (others && others.length > 0 && names.length > 1) || names.some(name => /\*/.test(name))
    ? 'A push to any of several branches moves it.'
    : undefined;
}

function sources(part: Pushed['item']['template'][number]): readonly string[] {
  return part.kind === 'hole' ? [part.source] : part.kind === 'choice' ? part.options.flatMap(option => option.flatMap(sources)) : [];
}

/** `v*`, `*`, `v*.*.*`: the end may hold `-rc.1`. GitHub's `*` matches anything but `/`. */
function admitsPreReleases(pattern: string): boolean {
  return /\*$/.test(pattern) || /-(?:rc|beta|alpha)/.test(pattern);
}
