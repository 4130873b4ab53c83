import { literal } from '../image/template.ts';
import { argumentName, isConfigurationByName, isPublicByName, type Secret, secretIn } from '../usage/secrets.ts';
import type { Build, CacheExport, Item } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext, type Severity } from './rule.ts';
import { attributeOf, cachesOf } from './shared/cacheEntry.ts';
import { leavesTheMachine } from './shared/published.ts';
import { mountSecret } from './shared/secretMount.ts';

/** A build argument is part of what is built: whoever has the image has its value. */
export const secretInBuildArg: Rule = {
  id: 'secret-in-build-arg',
  title: 'A secret is passed to a build as an argument',
  severity: 'error',
  fixable: true,
  visit: { build: check },
};

function check(build: Build, context: RuleContext): void {
  let leaves: boolean | undefined;
  for (const item of [...build.buildArgs, ...build.buildContexts]) {
    const name = argumentName(item.template);
    const secret = secretIn(item.template, build.job) ?? inherited(item, build, context);
    if (!secret) continue;
    leaves ??= leavesTheMachine(build, context);
    if (!leaves || isSaidAlready(context, item.span)) continue;
    const kind = kindOf(secret, name);
    const mountable = kind === 'secret' || kind === 'token';
    const fix = mountable ? mountSecret(item, name, build, context) : undefined;
    context.report({
      at: item.span,
      severity: severities[kind],
      message: message(secret, subject(item, build, name), kind, cachesOf(build, context.usage)),
      via: item.template.find(part => part.kind === 'hole')?.via ?? [],
      ...(fix && { fix }),
    });
  }
}

type Kind = 'secret' | 'token' | 'public' | 'configuration';

const severities: Readonly<Record<Kind, Severity>> = { secret: 'error', token: 'warning', public: 'info', configuration: 'info' };

function kindOf({ source, shortLived }: Secret, name: string | undefined): Kind {
  if ([name, source.slice(source.indexOf('.') + 1)].some(each => each !== undefined && isPublicByName(each))) return 'public';
  if (isConfigurationByName(source)) return 'configuration';
  return shortLived ? 'token' : 'secret';
}

/** `--build-arg NAME` alone takes the value from the environment. */
function inherited({ template }: Item, { job, step }: Build, { usage }: RuleContext): Secret | undefined {
  const name = literal(template);
  if (name === undefined || !/^\w+$/.test(name)) return undefined;
  if (/^AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)$/.test(name)) return { source: `$${name}`, shortLived: false };
  const entry = [step.env, job.env, usage.workflow.env].map(env => env?.entries.get(name)).find(found => found !== undefined);
  const source = /^\s*\$\{\{\s*((?:secrets|github)\.[\w-]+)\s*\}\}\s*$/.exec(entry?.value.value ?? '')?.[1];
  if (source === undefined || (/^github\./.test(source) && source !== 'github.token')) return undefined;
  return { source, shortLived: /^(?:github\.token|secrets\.GITHUB_TOKEN)$/i.test(source) };
}

function subject(item: Item, { buildContexts }: Build, name: string | undefined): string {
  if (buildContexts.includes(item))
    return name === undefined ? 'An address of these build contexts' : `The address of the build context \`${name}\``;
  return name === undefined ? 'The list of build arguments' : `The build argument \`${name}\``;
}

function message({ source }: Secret, what: string, kind: Kind, caches: readonly CacheExport[]): string {
  if (kind === 'public')
    return `${what} holds \`${source}\`. By its name it ends in what every visitor downloads: what is public needs no secret, and what is secret must not stand here.`;
  if (kind === 'configuration')
    return `${what} holds \`${source}\`, which anybody who has the image can read. By its name that is configuration: keep it in \`vars\`, where it can be seen.`;
  const everyStage = caches.some(cache => literal(attributeOf(cache, 'mode')?.value ?? []) === 'max');
  const where = `in \`docker history\`, in the provenance and wherever the Dockerfile writes it${everyStage ? '; with `mode=max` the cache keeps the layers of every stage too' : ''}`;
  const end = kind === 'token' ? 'until it expires' : 'until it is revoked';
  return `${what} holds \`${source}\`. Whoever can pull the image or its cache can read it ${end}: ${where}. Pass it as a secret and mount it (\`RUN --mount=type=secret\`).`;
}
