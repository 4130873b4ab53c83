import * as z from 'zod';
import { globProblem } from '../text/glob.ts';
import { auditProblem } from './audit.ts';
import { referencePatternProblem, repositoryPatternProblem, tagPatternProblem, tagProblem } from './names.ts';
import { policySeverities } from './policy.ts';
import { identityProblem, issuerProblem, keyProblem } from './signers.ts';

/** A text that `problem` finds nothing wrong with; it answers in words that follow the text. */
function text(description: string, problem: (value: string) => string | undefined) {
  return z
    .string()
    .check(context => {
      const wrong = problem(context.value);
      if (wrong !== undefined) context.issues.push({ code: 'custom', input: context.value, message: `\`${context.value}\` ${wrong}.` });
    })
    .describe(description);
}

/** One, or a list of them. */
function oneOrMany<T extends z.ZodType>(item: T, description: string) {
  return z.union([item, z.array(item)]).describe(description);
}

const tagPattern = text('A tag, or a pattern of tags: `release-*`. With a repository, `ghcr.io/acme/shop:release-*`.', tagPatternProblem);
const repositoryPattern = text(
  'A repository, or a pattern of repositories: `ghcr.io/acme/*`. `**` also stands for `/`.',
  repositoryPatternProblem,
);
const referencePattern = text(
  'A repository, or a repository and a tag, both as patterns: `ghcr.io/acme/cache:*`.',
  referencePatternProblem,
);
const tag = text('A tag.', tagProblem);
const name = (what: string) =>
  text(what, value => (value.trim() === '' ? 'is empty' : /\s/.test(value.trim()) ? 'has a space' : undefined));

const signature = z
  .strictObject({
    issuer: text(
      'The OIDC issuer of the certificate: `https://token.actions.githubusercontent.com` for GitHub Actions.',
      issuerProblem,
    ).optional(),
    identity: text(
      'The identity in the certificate, as a whole: `https://github.com/acme/shop/.github/workflows/build.yml@refs/heads/main`. `*` stops at `/`, `**` does not.',
      identityProblem,
    ).optional(),
    key: text('A public key instead: a file of the repository, or a KMS URI such as `awskms:///alias/cosign`.', keyProblem).optional(),
  })
  .check(context => {
    const { issuer, identity, key } = context.value;
    const say = (message: string) => context.issues.push({ code: 'custom', input: context.value, message });
    if (key !== undefined && (issuer ?? identity) !== undefined)
      say('A signature is checked by `key`, or by `issuer` and `identity`, not by both.');
    else if (key === undefined && (issuer === undefined || identity === undefined))
      say('A signature needs `issuer` and `identity`: either alone lets strangers sign. Or name a `key`.');
  })
  .describe('Who must have signed what is promoted here: a keyless identity, or a key.');

const environment = z
  .strictObject({
    repositories: oneOrMany(repositoryPattern, 'The repositories that have this environment’s tag; all, where absent.').optional(),
    tag: text('The tag that says what runs here; the environment’s name, where absent.', tagProblem).optional(),
    aliases: oneOrMany(tag, 'Tags that always name the same image.').optional(),
    from: oneOrMany(
      name('An environment, or a pattern of tags: `staging`, `sha-*`.'),
      'What may be promoted to it: environments by name, or patterns of tags. Anything, where absent.',
    ).optional(),
    branch: name('The git branch whose head it stands for.').optional(),
    audit: text(
      'The form of the tag that each move leaves behind: `prod-{date}-{sha}`. Known are `{tag}`, `{date}` (YYYYMMDD, UTC), `{time}` (HHMMSS), `{sha}` (7 of the commit), `{digest}` (12 of the digest).',
      auditProblem,
    ).optional(),
    promoters: oneOrMany(
      name('A login, a team (`acme/release`), an e-mail address or an ARN.'),
      'Who may promote to it. Whoever can write to the registry, where absent.',
    ).optional(),
    signature: oneOrMany(signature, 'Who must have signed what is promoted here; of several, one is enough.').optional(),
  })
  // `prod:` alone has its name for a tag.
  .nullable()
  .describe('A place that is deployed to.');

/** The form of `.github/tallyman.yml`. `rules` are the rules that exist, with their titles; without them any name passes. */
export function policySchema(rules?: ReadonlyMap<string, string>) {
  const severity = z.enum(policySeverities);
  const settings: z.ZodType<Readonly<Record<string, (typeof policySeverities)[number] | undefined>>> = rules
    ? z.strictObject(Object.fromEntries([...rules].map(([id, title]) => [id, severity.optional().describe(title)])))
    : z.record(z.string(), severity);
  const path = text('A path or pattern of paths from the repository’s root: `.github/workflows/*-test.yml`.', globProblem);
  return z
    .strictObject({
      environments: z
        .record(text('The environment’s name.', nameProblem), environment)
        .check(context => void context.issues.push(...clashes(context.value)))
        .describe('The places that are deployed to, by name.')
        .optional(),
      'protected-tags': z
        .array(tagPattern)
        .describe('Further tags that only a promotion or a release may move. Environments and their aliases are protected anyway.')
        .optional(),
      'cache-tags': z.array(tagPattern).describe('Tags that hold build caches, no images.').optional(),
      'preview-tags': z.array(tagPattern).describe('Tags of previews, which come and go with pull requests.').optional(),
      'external-tags': z.array(tagPattern).describe('Tags that something outside this repository writes.').optional(),
      'external-caches': z.array(referencePattern).describe('Caches that something outside this repository writes or reads.').optional(),
      'public-repositories': z.array(repositoryPattern).describe('Repositories that anybody may pull from.').optional(),
      'base-images': z.array(repositoryPattern).describe('Base and test images: nothing has to name each build of them.').optional(),
      rules: settings.describe('The severity of a rule’s findings in all files; `off` switches the rule off.').optional(),
      paths: z
        .array(
          z.strictObject({
            paths: oneOrMany(path, 'The files that this is for.'),
            rules: settings.describe('As `rules` above, for these files.'),
          }),
        )
        .describe('Severities for some files; of several that match a file, the last that names the rule counts.')
        .optional(),
      checkouts: z
        .record(
          text('A repository on GitHub: `acme/ci`.', value => (/^[\w.-]+\/[\w.-]+$/.test(value) ? undefined : 'is no `owner/name`')),
          text('The folder, relative to this repository’s root: `../ci`.', checkoutProblem),
        )
        .describe('Where checkouts of other repositories lie whose workflows and actions are called here.')
        .optional(),
      strict: z
        .boolean()
        .describe('Whether values that cannot do harm by their shape (numbers, commits) are to be checked too.')
        .optional(),
    })
    .describe('What Tallyman cannot know of a repository by reading its workflows.');
}

export type PolicyFile = z.output<ReturnType<typeof policySchema>>;

/** The keys that the mapping at `path` of a policy file may have; none where any may. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: z.core.JSONSchema.BaseSchema | undefined = policyJsonSchema(schema);
  const forms = (one: typeof at): readonly z.core.JSONSchema.BaseSchema[] =>
    typeof one === 'object' ? [one, ...(one.anyOf ?? []).flatMap(form => forms(form as typeof at))] : [];
  const inner = (one: z.core.JSONSchema.BaseSchema, step: PropertyKey) =>
    typeof step === 'number' ? one.items : (one.properties?.[String(step)] ?? one.additionalProperties);
  for (const step of path) {
    at = forms(at)
      .map(form => inner(form, step))
      .find(found => typeof found === 'object') as typeof at;
  }
  return forms(at).flatMap(({ properties }) => Object.keys(properties ?? {}));
}

/** The schema for editors. The YAML extension reads JSON Schema up to draft 7. */
export function policyJsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
}

/** Two environments with one tag in the same repositories cannot be told apart, and none is promoted from itself. */
function clashes(environments: Readonly<Record<string, z.output<typeof environment>>>): readonly z.core.$ZodRawIssue[] {
  const seen = new Map<string, string>();
  const custom = (path: PropertyKey[], message: string): z.core.$ZodRawIssue => ({ code: 'custom', input: environments, path, message });
  return Object.entries(environments).flatMap(([name, given]) => {
    const { tag = name, aliases = [], repositories = [], from = [] } = given ?? {};
    const place = [repositories].flat().sort().join(' ');
    const twice = [tag, ...[aliases].flat()].flatMap((one, index) => {
      const other = seen.get(`${place} ${one}`);
      seen.set(`${place} ${one}`, name);
      return other === undefined ? [] : [custom([name, index === 0 ? 'tag' : 'aliases'], `\`${one}\` is the tag of \`${other}\` already.`)];
    });
    return [from].flat().includes(name) ? [...twice, custom([name, 'from'], `\`${name}\` cannot be promoted from itself.`)] : twice;
  });
}

function nameProblem(value: string): string | undefined {
  return /^[A-Za-z0-9][\w.-]*$/.test(value) ? undefined : 'is no name of an environment: letters, digits, `.`, `_` and `-`';
}

function checkoutProblem(value: string): string | undefined {
  if (value.trim() === '') return 'is empty';
  return /^(?:[/\\~]|[A-Za-z]:)/.test(value) ? 'is not relative to the repository' : undefined;
}
