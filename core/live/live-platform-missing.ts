import { match } from '../image/match.ts';
import { referenceParts, tagMobility } from '../image/mobility.ts';
import { derived, literal } from '../image/template.ts';
import type { Build } from '../usage/usage.ts';
import { isFirst } from './first.ts';
import type { LiveContext, LiveRule } from './rule.ts';
import type { ImageUse } from './uses.ts';
import { asOf, nameOf } from './words.ts';

/** What the workflows build for should be what the registry has. */
export const livePlatformMissing: LiveRule = {
  id: 'live-platform-missing',
  title: 'An image lacks a platform that it is built for',
  severity: 'info',
  fixable: false,
  check(use, context) {
    const answer = use.image && context.answers.image(use.image);
    if (answer?.status !== 'found' || !answer.platforms?.length || use.role === 'cache' || !isFirst(use, context)) return;
    const expected = platformsBuilt(use, context);
    const { platforms } = answer;
    const lacking = expected?.platforms.filter(one => !platforms.some(has => samePlatform(one, has))) ?? [];
    if (!expected || lacking.length === 0) return;
    context.report({
      at: use.at,
      message: `\`${nameOf(use)}\` has no ${lacking.join(', ')} (${asOf(answer.readAt, context.now)}): it has ${platforms.join(', ')} alone, though it is built for ${expected.platforms.join(', ')}. A machine of another kind cannot run it; a copy that took one platform out, or a build that was cut short, leaves this.`,
      related: [{ ...expected.place, message: 'It is built for these platforms here.' }],
    });
  },
};

/** The platforms that every build of the tag names; `undefined` where none does, where they differ or where one is not known. */
function platformsBuilt({ form, image }: ImageUse, { workspace }: LiveContext) {
  // What names one build has what that one was told to; the workflow may have learned another platform since.
  if (!image || image.digest || tagMobility(derived(image.tag ?? 'latest', { start: 0, end: 0 })) === 'immutable') return undefined;
  const { name, tag } = referenceParts(form);
  const all = workspace.flow.writesTo(name, 'maybe');
  const writers = all.filter(({ parts }) => match(parts.tag?.value ?? [], tag?.value ?? []) !== 'never');
  // A tag that is only ever copied has the platforms of what the repository's builds push.
  const builds = (writers.some(({ usage }) => usage.kind === 'build') ? writers : all).filter(({ usage }) => usage.kind === 'build');
  const sets = builds.map(({ usage }) => literals(usage as Build));
  const [first] = sets;
  if (!first?.length || sets.some(one => one?.join() !== first.join())) return undefined;
  const [build] = builds;
  return build && { platforms: first, place: { path: build.place.path, span: build.usage.within ? build.place.span : build.usage.at } };
}

function literals({ platforms }: Build): readonly string[] | undefined {
  const named = platforms?.map(literal);
  return named?.every(one => one !== undefined) ? [...new Set(named)].sort() : undefined;
}

/** `linux/arm64` and `linux/arm64/v8` are one. */
function samePlatform(a: string, b: string): boolean {
  const plain = (one: string) =>
    one
      .trim()
      .toLowerCase()
      .replace(/^linux\/arm64\/v8$/, 'linux/arm64');
  return plain(a) === plain(b);
}
