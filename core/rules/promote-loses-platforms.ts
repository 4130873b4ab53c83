import { match } from '../image/match.ts';
import { display } from '../image/template.ts';
import { besides } from '../usage/order.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { type Copy, copiesOf } from './shared/copies.ts';
import { isMirror } from './shared/promotedCopies.ts';
import { callsItselfPromotion } from './shared/promotion.ts';
import { formMobility } from './shared/pushed.ts';
import { type SourcePlatforms, sourcePlatforms } from './shared/sourcePlatforms.ts';

/** Many ways to copy an image take one platform of an index along, that of the machine they run on. */
export const promoteLosesPlatforms: Rule = {
  id: 'promote-loses-platforms',
  title: 'A copy of an image leaves platforms behind',
  severity: 'warning',
  fixable: true,
  visit: {
    file(context) {
      for (const copy of copiesOf(context.usage)) if (losesPlatforms(copy)) check(copy, context);
    },
  },
};

function losesPlatforms({ pull, retag, usage }: Copy): boolean {
  return pull !== undefined || (usage === retag && retag.allPlatforms === false);
}

function check(copy: Copy, context: RuleContext): void {
  // What a called workflow of this workspace does is said of its own file.
  if (copy.usage.calledJob || namesPlatform(copy) || isMerged(copy, context) || isSaidAlready(context, copy.at)) return;
  const source = sourcePlatforms(copy, context);
  if (source ? !source.several : !isPromotion(copy, context)) return;
  const fix = takeAll(copy, context);
  context.report({
    at: copy.at,
    severity: source ? 'error' : 'warning',
    message: `${how(copy)}, so \`${display(copy.write.reference)}\` holds nothing for the others${known(source)}: machines of another kind fail there with “no matching manifest” or “exec format error”, and the digest is not the one that was tested. ${instead(copy)}`,
    related: source ? [{ ...source.write.place, message: 'It is pushed for several platforms here.' }] : [],
    ...(fix && { fix }),
  });
}

function how({ pull, retag }: Copy): string {
  if (pull) return `\`${retag.tool.split(' ')[0]} pull\` brings the image for this machine’s platform alone`;
  return retag.tool.startsWith('skopeo') ? `\`${retag.tool}\` without \`--all\` copies one platform` : '`--platform` copies one platform';
}

function known(source: SourcePlatforms | undefined): string {
  return source ? '' : ', where the image has several';
}

function instead({ retag }: Copy): string {
  if (retag.tool.startsWith('skopeo')) return 'Copy with `--all`.';
  return retag.remote
    ? 'Copy without `--platform`.'
    : 'Copy in the registry: `crane copy`, `skopeo copy --all`, `docker buildx imagetools create`.';
}

/** The name says that it is for one platform. */
function namesPlatform({ write, from }: Copy): boolean {
  return [write.reference, from.template].some(reference =>
    /(?:^|[^a-z0-9])(?:amd64|arm64|x86[_-]64|aarch64|armv?[67]\w*|s390x|ppc64le|riscv64|i?386)(?![a-z0-9])/i.test(display(reference)),
  );
}

/** It is put together with others into one index afterwards. */
function isMerged({ usage, write }: Copy, { usage: file }: RuleContext): boolean {
  const all = besides(file, usage);
  return all
    .slice(all.indexOf(usage) + 1)
    .some(
      other =>
        other.kind === 'retag' &&
        other.others !== undefined &&
        other.others.length > 0 &&
        [other.from, ...other.others].some(({ template }) => match(template, write.reference, 'job') === 'same'),
    );
}

/** A job that says so, or an image that gets a name which moves. A mirror keeps what its owner asked for. */
function isPromotion({ usage, write, retag }: Copy, { usage: file }: RuleContext): boolean {
  if (callsItselfPromotion(file, usage.job)) return true;
  return !isMirror(retag, file) && !isMirror(usage, file) && usage.starts.some(start => formMobility(write, start) === 'moving');
}

/** `--all` behind `skopeo copy`, which leaves a single image as it is. */
function takeAll({ retag, usage, at }: Copy, { text }: RuleContext): Problem['fix'] | undefined {
  const verb = /^skopeo(?:\s+-\S+)*\s+(?:copy|sync)(?=\s)/.exec(text.slice(at.start, at.end))?.[0];
  if (!verb || usage !== retag || retag.within || /--multi-arch/.test(text.slice(at.start, at.end))) return undefined;
  const end = at.start + verb.length;
  return { title: 'Copy all platforms', safe: true, edits: [{ span: { start: end, end }, text: ' --all' }] };
}
