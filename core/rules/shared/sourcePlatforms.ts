import { match } from '../../image/match.ts';
import { referenceParts } from '../../image/mobility.ts';
import { alternatives, literal, type Template } from '../../image/template.ts';
import { maxCompared, nearnessOf, type TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';
import type { Copy } from './copies.ts';
import { byDigestMerge } from './promotedCopies.ts';
import { platformCount } from './pushedForm.ts';

/** For how many platforms an image is that is copied, and where that is told; `undefined` where nobody can tell. */
export interface SourcePlatforms {
  readonly several: boolean;
  readonly write: TagWrite;
}

/** Asks the builds of the workspace that push what is copied. */
export function sourcePlatforms({ from, write }: Copy, context: RuleContext): SourcePlatforms | undefined {
  const found = alternatives(from.template).map(form => ofForm(form, write, context));
  const several = found.find(one => one?.several);
  return several ?? (found.every(one => one !== undefined) ? found[0] : undefined);
}

function ofForm(form: Template, here: TagWrite, { workspace, path }: RuleContext): SourcePlatforms | undefined {
  const { name, tag } = referenceParts(form);
  const all = workspace.flow.writesTo(name, 'same', path);
  if (all.length > maxCompared) return undefined;
  const matches = all.map(other => {
    const own = other.parts.tag?.value;
    return [other, tag && own ? match(own, tag.value, nearnessOf(other, here)) : 'maybe'] as const;
  });
  const best = matches.some(([, found]) => found === 'same') ? 'same' : 'maybe';
  const named = matches.flatMap(([other, found]) => (found === best ? [other] : []));
  // What another registry holds under the name is built alike.
  const alike =
    named.length > 0
      ? named
      : workspace.flow.writes.filter(other => last(other.parts.name) !== '' && last(other.parts.name) === last(name));
  const answers = alike.flatMap(other => answerOf(other, { workspace }) ?? []);
  const [first] = answers;
  if (!first || answers.some(({ several }) => several !== first.several)) return undefined;
  return named.length > 0 || !first.several ? first : undefined;
}

/** What a write leaves under its tag; nothing for copies, which are asked for their own sources by nobody. */
function answerOf(write: TagWrite, { workspace }: Pick<RuleContext, 'workspace'>): SourcePlatforms | undefined {
  const { usage, path } = write;
  if (usage.kind === 'retag') {
    const file = workspace.usage(path);
    const merges = (usage.others?.length ?? 0) > 0 || (file !== undefined && byDigestMerge(usage, file));
    return merges ? { several: true, write } : undefined;
  }
  const build = usage.kind === 'build' ? usage : workspace.flow.origin(write).at(-1);
  const count = build?.kind === 'build' ? platformCount(build) : undefined;
  return count === undefined ? undefined : { several: count > 1, write };
}

/** `shop` of `ghcr.io/acme/shop`. */
function last(name: Template): string {
  const end = name.at(-1);
  const text = end?.kind === 'text' ? end.text : (literal(name) ?? '');
  return text.includes('/') ? text.slice(text.lastIndexOf('/') + 1) : '';
}
