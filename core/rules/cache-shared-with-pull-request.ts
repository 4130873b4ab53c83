import { match, matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, holes, literal, type Template } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { callerEvent } from '../usage/events.ts';
import { besides } from '../usage/order.ts';
import { privilegeOf } from '../usage/privilege.ts';
import type { Start } from '../usage/starts.ts';
import type { CacheExport, CacheImport } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { attributeOf, buildOf, cacheReference, isBuildKit, mayHoldMore, placeOf } from './shared/cacheEntry.ts';
import { isRequestCode } from './shared/requestCode.ts';
import { axesIn } from './shared/sameBuild.ts';

/** Whoever can write a cache decides what is built from it. */
export const cacheSharedWithPullRequest: Rule = {
  id: 'cache-shared-with-pull-request',
  title: 'A pull request writes the cache that a release is built from',
  severity: 'warning',
  fixable: true,
  visit: {
    cacheExport(cache, context) {
      if ((cache.type !== 'registry' && cache.type !== 's3') || !isBuildKit(cache, context.usage) || mayHoldMore(cache)) return;
      const danger = strangersReach(cache, context);
      if (!danger || isChosenElsewhere(cache, context)) return;
      const reader = trustedReader(cache, context);
      const { at, related } = placeOf(cache.entry, context.path);
      if (!reader || isSaidAlready(context, at)) return;
      const fix = danger === 'pull_request' ? guard(cache, context) : undefined;
      context.report({
        at,
        severity: danger === 'pull_request' ? 'warning' : 'error',
        message: message(cache, reader, danger),
        related: [
          ...related,
          { path: reader.path, span: reader.use.entry.span, message: 'A build whose image is published reads it here.' },
        ],
        ...(fix && { fix }),
      });
    },
  },
};

const pullRequest = /^pull_request(?:_review(?:_comment)?)?$/;
const privileged = /^(?:pull_request_target|workflow_run|issue_comment)$/;

function isOutside({ event }: Start): boolean {
  return pullRequest.test(event) || privileged.test(event);
}

/** The event with which the text of a pull request is built and its cache written; `undefined` where none does both. */
function strangersReach(cache: CacheExport, { usage, text }: RuleContext): string | undefined {
  const starts = cache.exportStarts ?? cache.starts;
  const target = starts.find(({ event }) => privileged.test(event));
  if (target && checksOutPullRequest(cache, usage)) return target.event;
  // A fork's run may not write, and has no secrets to log in with; one from the repository's own branches may.
  const own = starts.some(({ event, on }) => pullRequest.test(event) && on === 'pullRequest');
  return own && privilegeOf(cache.job, usage, ['pull_request'], text) !== 'little' ? 'pull_request' : undefined;
}

function checksOutPullRequest(cache: CacheExport, usage: WorkflowUsage): boolean {
  return besides(usage, cache).some(use => use.kind === 'checkout' && isRequestCode(use.ref?.template ?? []));
}

/** A script or an earlier step chose the entry, by what may be the event. */
function isChosenElsewhere({ entry, conditional, step }: CacheExport, { usage }: RuleContext): boolean {
  if (conditional) return true;
  const passed = entry.template.some(({ via }) => via.some(({ what }) => /^(?:output|shell variable)/.test(what)));
  const forms = usage.usages.filter(use => use.kind === 'cacheExport' && use.step === step && use.entry.span === entry.span);
  return passed || (forms.length > 1 && forms.every(use => use.kind === 'cacheExport' && !use.exportStarts));
}

interface Reader {
  readonly path: string;
  readonly use: CacheImport;
}

/** A build that is published from a trusted run and reads the same cache. */
function trustedReader(cache: CacheExport, context: RuleContext): Reader | undefined {
  const { workspace } = context;
  if (cache.type === 's3') {
    for (const path of workspace.paths()) {
      for (const use of workspace.usages(path).flatMap(({ usages }) => usages)) {
        if (use.kind === 'cacheImport' && isSameBucket(cache, use) && isTrusted({ path, use }, context)) return { path, use };
      }
    }
    return undefined;
  }
  const written = cacheReference(cache);
  // What an expression chooses may be chosen by the event.
  if (!isSameInAllRuns(written) || written.some(part => part.kind === 'choice' && axesIn([part]).length === 0)) return undefined;
  for (const reference of alternatives(written)) {
    const parts = referenceParts(reference);
    for (const { path, usage, parts: other } of workspace.flow.cachesAt(parts.name, 'same', context.path)) {
      const isSame = usage.kind === 'cacheImport' && match(parts.tag?.value ?? [], other.tag?.value ?? []) === 'same';
      if (isSame && matchNames(parts.name, other.name, 'run') === 'same' && isTrusted({ path, use: usage }, context))
        return { path, use: usage };
    }
  }
  return undefined;
}

function isSameBucket(a: CacheExport, b: CacheImport): boolean {
  const value = (of: CacheExport | CacheImport, key: string) => literal(attributeOf(of, key)?.value ?? []);
  return (
    b.type === 's3' &&
    value(a, 'bucket') !== '' &&
    ['bucket', 'prefix', 'name'].every(key => value(a, key) !== undefined && value(a, key) === value(b, key))
  );
}

/** What a branch, a commit or an event decides is another name in a pull request's run. */
function isSameInAllRuns(reference: Template): boolean {
  return holes(reference).every(({ source }) =>
    /^(?:secrets|vars|env)\.|^github\.repository(?:_owner|_id)?$|^steps\.[\w-]+\.outputs\.registry$/i.test(source),
  );
}

function isTrusted({ path, use }: Reader, { workspace }: RuleContext): boolean {
  const [build] = workspace.usages(path).flatMap(file => buildOf(use, file) ?? []);
  if (!build || (build.pushes === false && !build.byDigest)) return false;
  const starts = (build.pushStarts ?? use.starts).filter(start => use.starts.includes(start));
  return starts.some(start => !isOutside(start) && start.event !== callerEvent);
}

function message(cache: CacheExport, { use }: Reader, danger: string): string {
  const name = cache.type === 's3' ? 'this cache' : `\`${display(cacheReference(cache))}\``;
  const who =
    danger === 'pull_request'
      ? 'Who can open a pull request from a branch of this repository'
      : `With \`${danger}\` this job has the repository’s rights: whoever opens a pull request, from a fork too,`;
  return `The build of a pull request writes ${name}, and the published image of “${use.job.name?.value ?? use.job.id.value}” is built from it. ${who} can put layers into a release that nobody reviewed. Write this cache in trusted runs only, or under another name for pull requests.`;
}

/** Suggests that pull requests do not write it. */
function guard({ entry, step }: CacheExport, { text }: RuleContext): Problem['fix'] | undefined {
  const written = literal(entry.template);
  const style = step.with?.entries.get('cache-to')?.value.style;
  const plain = written !== undefined && text.slice(entry.span.start, entry.span.end) === written && !/'/.test(written);
  if (!plain || (style !== 'PLAIN' && style !== 'BLOCK_LITERAL')) return undefined;
  const guarded = `\${{ github.event_name != 'pull_request' && '${written}' || '' }}`;
  return { title: 'Write the cache in other runs than those of pull requests', safe: false, edits: [{ span: entry.span, text: guarded }] };
}
