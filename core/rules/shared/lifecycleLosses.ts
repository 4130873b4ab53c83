import { isAbout, isAboutAll, isKeeping, type LifecycleRule, threats } from '../../ecrPolicy/lifecycle.ts';
import { patternCertainty } from '../../ecrPolicy/wildcard.ts';
import { display, literal, type Template } from '../../image/template.ts';
import type { Problem, RuleContext, Severity } from '../rule.ts';
import type { GivenPolicy } from './lifecycleText.ts';
import { type BuiltImage, builtAt, isLasting, type StandingImage, standingAt, standingName } from './standingImages.ts';

type Where = Pick<RuleContext, 'workspace' | 'path'>;

/** What a policy does to the images of the repository `name` that have to stay: at most one problem for each of its rules. */
export function lossesBy(given: GivenPolicy, name: Template, where: Where): readonly Problem[] {
  if (!given.policy) return [];
  const built = builtAt(name, where);
  const standing = standingAt(name, where);
  const lost = standing.flatMap(image => losses(image, given, built));
  if (lost.length === 0 && standing.length === 0) return unnamed(given, name, built);
  return given.policy.rules.flatMap(rule => {
    const own = lost.filter(loss => loss.rule === rule);
    const worst = own.find(({ severity }) => severity === 'error') ?? own[0];
    return worst ? [problem(worst, name, given)] : [];
  });
}

/** Nobody in the workspace says what runs: a rule for all images takes that too, unless an earlier one keeps some. */
function unnamed(given: GivenPolicy, name: Template, built: readonly BuiltImage[]): readonly Problem[] {
  const { rules } = given.policy ?? { rules: [] };
  const all = rules.find(rule => rule.storage === 'standard' && isAboutAll(rule) && !isKeeping(rule));
  if (!all || !built.some(({ starts }) => starts.some(isLasting))) return [];
  if (rules.slice(0, rules.indexOf(all)).some(({ selection }) => selection?.status !== 'untagged')) return [];
  const when =
    all.countType === 'imageCountMoreThan' ? `once ${all.count ?? 'enough'} newer ones are there` : `after ${all.count ?? 'some'} days`;
  const stands = given.inFile(all);
  return [
    {
      at: given.at(all),
      severity: 'info',
      message: `${named(all)} takes every image of \`${display(name)}\` ${when}, the one that runs too: no earlier rule keeps any by its tag. Give what runs a tag that moves with it, and put a rule before this one that asks for that tag alone.`,
      related: stands ? [{ ...stands, message: 'The rule.' }] : [],
    },
  ];
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

function problem(loss: Loss, name: Template, given: GivenPolicy): Problem {
  const { image, rule, severity, newer } = loss;
  const trap = splitShield(image, rule, given);
  const stands = given.inFile(loss.rule);
  const related = [
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
    at: given.at(rule),
    severity,
    message: `${harm(loss, name)} ${instead(image)}`,
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

function harm({ image, rule, newer }: Loss, name: Template): string {
  const which = named(rule);
  const verb = rule.action === 'archive' ? 'archives' : 'expires';
  const where = `\`${display(name)}\``;
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
