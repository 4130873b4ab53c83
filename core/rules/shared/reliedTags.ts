import { type Certainty, patternCertainty, surest } from '../../ecrPolicy/wildcard.ts';
import { match } from '../../image/match.ts';
import { tagMobility, tagOf } from '../../image/mobility.ts';
import { alternatives, literal, type Template } from '../../image/template.ts';
import type { Place } from '../../text/span.ts';
import { makesThrowawayCluster } from '../../usage/throwaway.ts';
import type { TagPattern } from '../../usage/upkeep.ts';
import type { TagRead, TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';
import { pushStartsOf } from './pushed.ts';
import { isLasting } from './standingImages.ts';

/** A tag that somebody relies on, and why, as the end of a sentence. */
export interface ReliedTag {
  readonly tag: Template;
  readonly why: string;
  readonly place: Place;
  /** Something runs it or is promoted under it: not merely a name that is published. */
  readonly isStanding: boolean;
}

/** The tags of a repository that people or machines rely on, the most needed first; none for one of previews, or of which nothing is known. */
export function reliedAt(name: Template, { workspace, path }: RuleContext): readonly ReliedTag[] {
  const { flow, policy } = workspace;
  const reads = flow
    .readsOf(name, 'maybe', path)
    .filter(({ usage, parts }) => usage.kind === 'deploy' && !parts.digest && !makesThrowawayCluster(usage.calledJob ?? usage.job));
  const writes = flow.writesTo(name, 'maybe', path).filter(({ usage }) => pushStartsOf(usage).some(isLasting));
  const named = writes.filter(({ parts, item }) => policy.isProtected(parts.name, tagOf(parts, item.span)) === true);
  const promoted = writes.filter(({ usage }) => usage.kind === 'retag' && !usage.others?.length);
  return [
    ...reads.map(read => relied(read, 'which is deployed', true)),
    ...named.map(write => relied(write, 'which the policy protects', true)),
    ...promoted
      .filter(write => tagMobility(tagOf(write.parts, write.item.span)) !== 'immutable')
      .map(write => relied(write, 'which existing images are given', true)),
    ...writes.filter(isRelease).map(write => relied(write, 'a release', false)),
  ];
}

function relied({ place, ...use }: TagRead | TagWrite, why: string, isStanding: boolean): ReliedTag {
  return { tag: tagOf(use.parts, use.item.span), why, place, isStanding };
}

function isRelease(write: TagWrite): boolean {
  const tag = tagOf(write.parts, write.item.span);
  return tag.some(part => part.kind === 'hole' && part.shape === 'semver') || /^v?\d+\.\d+\.\d+/.test(literal(tag) ?? '');
}

/** Whether a clean-up's pattern matches a tag; of several forms of the pattern the surest counts. */
export function certaintyOf({ item, syntax }: TagPattern, tag: Template): Certainty {
  return surest(
    alternatives(item.template).map(form => {
      const pattern = literal(form);
      if (pattern === undefined) return match(form, tag) === 'never' && syntax === 'exact' ? 'never' : 'perhaps';
      if (syntax === 'exact') return patternCertainty(pattern, tag);
      const wildcards = syntax === 'regex' ? ofExpression(pattern) : /[?[\]{}]/.test(pattern) ? undefined : [pattern];
      return wildcards ? surest(wildcards.map(one => patternCertainty(one, tag))) : 'perhaps';
    }),
  );
}

/** A regular expression of plain words, `^(latest|v.*)$`, as patterns with `*`; `undefined` for one that is more than that. */
function ofExpression(expression: string): readonly string[] | undefined {
  const inner = /^\^?\(?(?:\?:)?([\w.|*-]{1,500})\)?\$?$/.exec(expression)?.[1]?.replaceAll('.*', '\u0000');
  if (inner === undefined || /[.*]/.test(inner)) return undefined;
  const [before, after] = [expression.startsWith('^') ? '' : '*', expression.endsWith('$') ? '' : '*'];
  return inner.split('|').map(one => `${before}${one.replaceAll('\u0000', '*')}${after}`);
}
