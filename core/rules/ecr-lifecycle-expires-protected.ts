import { isAbout, isAboutAll, isKeeping, type LifecycleRule, threats } from '../ecrPolicy/lifecycle.ts';
import { patternCertainty } from '../ecrPolicy/wildcard.ts';
import { display, literal, type Template } from '../image/template.ts';
import type { RepositorySettings } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext, type Severity } from './rule.ts';
import { type GivenPolicy, lifecycleOf } from './shared/lifecycleText.ts';
import { type BuiltImage, builtAt, isLasting, type StandingImage, standingAt, standingName } from './shared/standingImages.ts';
import { insideOf, upkeepOf } from './shared/upkeepCalls.ts';

/** A lifecycle policy knows ages, numbers and names; it does not know what runs. */
export const ecrLifecycleExpiresProtected: Rule = {
  id: 'ecr-lifecycle-expires-protected',
  title: 'A lifecycle policy expires images that are deployed or have a name that has to stay',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      for (const settings of upkeepOf('repositorySettings', context)) check(settings, context);
    },
  },
};

function check(settings: RepositorySettings, context: RuleContext): void {
  const given = lifecycleOf(settings);
  if (!given?.policy) return;
  const name = settings.repository.template;
  const built = builtAt(name, context);
  const standing = standingAt(name, context);
  const lost = standing.flatMap(image => losses(image, given, built));
  for (const rule of given.policy.rules) {
    const own = lost.filter(loss => loss.rule === rule);
    const worst = own.find(({ severity }) => severity === 'error') ?? own[0];
    const at = given.at(rule);
    if (worst && !isSaidAlready(context, at)) context.report({ at, ...problem(worst, settings, given) });
  }
  if (lost.length === 0 && standing.length === 0) checkUnnamed(settings, given, built, context);
}

/** Nobody in the workspace says what runs: a rule for all images takes that too, unless an earlier one keeps some. */
function checkUnnamed(settings: RepositorySettings, given: GivenPolicy, built: readonly BuiltImage[], context: RuleContext): void {
  const { rules } = given.policy ?? { rules: [] };
  const all = rules.find(rule => rule.storage === 'standard' && isAboutAll(rule) && !isKeeping(rule));
  if (!all || !built.some(({ starts }) => starts.some(isLasting))) return;
  if (rules.slice(0, rules.indexOf(all)).some(({ selection }) => selection?.status !== 'untagged')) return;
  const at = given.at(all);
  if (isSaidAlready(context, at)) return;
  const when =
    all.countType === 'imageCountMoreThan' ? `once ${all.count ?? 'enough'} newer ones are there` : `after ${all.count ?? 'some'} days`;
  const stands = given.inFile(all);
  context.report({
    at,
    severity: 'info',
    message: `${named(all)} takes every image of \`${display(settings.repository.template)}\` ${when}, the one that runs too: no earlier rule keeps any by its tag. Give what runs a tag that moves with it, and put a rule before this one that asks for that tag alone.`,
    related: [...insideOf(settings), ...(stands ? [{ ...stands, message: 'The rule.' }] : [])],
  });
}

function named({ priority }: LifecycleRule): string {
  return priority === undefined ? 'This rule' : `Rule ${priority}`;
}

interface Loss {
  readonly image: StandingImage;
  readonly rule: LifecycleRule;
  readonly severity: Severity;
  /** What pushes the newer images that a rule counts. */
  readonly newer?: BuiltImage;
}

/** The rules that surely take an image at last, wherever it comes from. */
function losses(image: StandingImage, { policy }: GivenPolicy, built: readonly BuiltImage[]): readonly Loss[] {
  if (!policy || image.origins.length === 0) return [];
  const each = image.origins.map(tags =>
    threats(policy, { tags }).filter(threat => threat.certainty === 'surely' && !isKeeping(threat.rule)),
  );
  const [first = [], ...others] = each;
  const certain = first.filter(({ rule }) => others.every(threatsThere => threatsThere.some(threat => threat.rule === rule)));
  return certain.flatMap(({ rule }): readonly Loss[] => {
    if (rule.countType !== 'imageCountMoreThan') return [{ image, rule, severity: byAge(rule, image) }];
    const newer = built.find(other => countsAgainst(other, rule, image));
    return newer ? [{ image, rule, severity: 'warning', newer }] : [];
  });
}

/** A rule that asks for a tag that is named takes it for sure; one for all images, or for those of builds, may do so unmeant. */
function byAge(rule: LifecycleRule, { tag, how }: StandingImage): Severity {
  const asksForIt = !isAboutAll(rule) && literal(tag) !== undefined && isAbout(rule, { tags: [tag] }) === 'surely';
  return asksForIt && how !== 'built' ? 'error' : 'warning';
}

/** Whether a build pushes images that the rule counts and that the standing image does not move to. */
function countsAgainst({ tags, starts, path }: BuiltImage, rule: LifecycleRule, image: StandingImage): boolean {
  if (isAbout(rule, { tags }) !== 'surely') return false;
  // What each of its runs also deploys or names is always the newest.
  return !starts.every(start => path === image.path && image.starts.includes(start));
}

function problem(loss: Loss, settings: RepositorySettings, given: GivenPolicy): Omit<Problem, 'at'> {
  const { image, rule, severity, newer } = loss;
  const trap = splitShield(image, rule, given);
  const stands = given.inFile(loss.rule);
  const related = [
    ...insideOf(settings),
    ...(stands ? [{ ...stands, message: 'The rule.' }] : []),
    ...(image.place ? [{ ...image.place, message: places[image.how] }] : []),
    ...(newer ? [{ ...newer.place, message: 'Images that the rule counts are pushed here.' }] : []),
    ...(trap
      ? [
          {
            ...(given.inFile(trap) ?? { span: given.at(trap) }),
            message: 'This rule does not keep it: of several patterns an image must have a tag for each.',
          },
        ]
      : []),
  ];
  return {
    severity,
    message: `${harm(loss, settings)} ${instead(image)}`,
    related: related.map(({ message, ...place }) => ({ ...place, message })),
  };
}

const places: Readonly<Record<StandingImage['how'], string>> = {
  policy: 'The tag is written here.',
  promoted: 'An existing image is given the tag here.',
  built: 'The tag is pushed here.',
  deployed: 'It is deployed here.',
};

function instead({ tag }: StandingImage): string {
  const known = literal(tag);
  const rule = (name: string) =>
    `a rule before it that asks for the tag alone (\`"tagPatternList": ["${name}"]\`, \`imageCountMoreThan\` 1)`;
  const why = 'an image belongs to the first rule that is about it';
  if (known !== undefined) return `Put ${rule(known)}: ${why}.`;
  return `Give what runs a tag of its own that moves with it, \`prod\`, and put ${rule('prod')}: ${why}.`;
}

function harm({ image, rule, newer }: Loss, { repository }: RepositorySettings): string {
  const which = named(rule);
  const verb = rule.action === 'archive' ? 'archives' : 'expires';
  const where = `\`${display(repository.template)}\``;
  const what = `what ${image.how === 'deployed' ? 'runs as' : 'is'} ${standingName(image)}`;
  if (newer) {
    const all = isAboutAll(rule) ? '' : ' that it is about';
    const pushes = newer.starts.some(isLasting) ? 'each build' : 'each build of a pull request';
    return `${which} keeps the ${rule.count ?? 'last'} newest images of ${where}${all}. ${capital(pushes)} pushes one and does not move ${standingName(image)}: ${rule.count ?? 'so many'} builds later ${what} is ${gone(rule)}, and what starts anew cannot pull it.`;
  }
  const days = `${rule.count ?? 'some'} days`;
  const since = rule.countType === 'sinceImagePulled' ? `${days} after the last pull` : `${days} after the push`;
  const first = image.how === 'promoted' || image.how === 'policy' ? ', and another name makes no image younger' : '';
  return `${which} ${verb} images of ${where} ${since}${first}. Where nothing newer comes in that time, ${what} is ${gone(rule)}, and what starts anew cannot pull it.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function gone({ action }: LifecycleRule): string {
  return action === 'archive' ? 'in the archive' : 'deleted';
}

/** An earlier rule that was meant to keep the tag: it asks for several patterns at once. */
function splitShield({ tag }: StandingImage, rule: LifecycleRule, { policy }: GivenPolicy): LifecycleRule | undefined {
  const before = policy?.rules.slice(0, policy.rules.indexOf(rule)) ?? [];
  return before.find(
    ({ selection }) =>
      selection?.status === 'tagged' && selection.patterns.length > 1 && selection.patterns.some(({ value }) => asks(value, tag)),
  );
}

function asks(pattern: string, tag: Template): boolean {
  return patternCertainty(pattern, tag) === 'surely';
}
