import { referenceParts } from '../image/mobility.ts';
import { literal, type Template } from '../image/template.ts';
import { jobUsages } from '../usage/order.ts';
import { callersPermissions, permissionsOf } from '../usage/privilege.ts';
import type { Login } from '../usage/usage.ts';
import type { Job, Permissions } from '../workflow/model.ts';
import { isOnGitea } from '../workspace/paths.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { grantPackages } from './shared/grantPackages.ts';
import { mayServe, type RegistryPush, registryPushes } from './shared/registryPushes.ts';

/** GitHub's own registry takes the run's token where the token may write packages, and packages of its own owner. */
export const packagesPermission: Rule = {
  id: 'packages-permission',
  title: 'The run’s token may not push to ghcr.io',
  severity: 'error',
  fixable: true,
  visit: {
    file(context) {
      const { workflow } = context.usage;
      // A composite action has its caller's token; Gitea and Forgejo have other ones.
      if (workflow.kind === 'action' || isOnGitea(context.path)) return;
      for (const job of workflow.jobs) checkJob(job, context);
    },
  },
};

function checkJob(job: Job, context: RuleContext): void {
  const pushes = tokenPushes(job, context);
  if (pushes.length === 0) return;
  // A called workflow cannot have more than its caller.
  const limits = [permissionsOf(job, context.usage), callersPermissions(context.usage.call)];
  const permissions = limits.find(one => one && lacksPackages(one));
  if (permissions) refuse(pushes, permissions, job, context);
  else for (const [push, why] of foreign(pushes, job)) tellOwner(push, why, context);
}

/** The pushes to ghcr.io for which the job has logged in with its own token and nothing else. */
function tokenPushes(job: Job, { usage }: RuleContext): readonly RegistryPush[] {
  const found: RegistryPush[] = [];
  const logins: Login[] = [];
  for (const use of jobUsages(usage, job)) {
    // A called workflow's jobs are judged in its own file.
    if (use.calledJob) continue;
    if (use.kind === 'login' && mayServe(use, 'ghcr.io')) logins.push(use);
    if (logins.length > 0 && logins.every(usesToken)) found.push(...registryPushes(use).filter(({ registry }) => registry === 'ghcr.io'));
  }
  return found;
}

function usesToken({ password, tool }: Login): boolean {
  if (!password) return /(?:^|\/)setup-(?:crane|ko)$/.test(tool);
  const [only, ...others] = password.template;
  return others.length === 0 && only?.kind === 'hole' && /^(?:secrets\.GITHUB_TOKEN|github\.token)$/i.test(only.source);
}

function lacksPackages({ all, scopes }: Permissions): boolean {
  return all === undefined ? scopes.get('packages') !== 'write' : all !== 'write';
}

function refuse(pushes: readonly RegistryPush[], permissions: Permissions, job: Job, context: RuleContext): void {
  const [push] = pushes;
  if (!push || isSaidAlready(context, push.item.span)) return;
  const { path } = context;
  const own = job.permissions === permissions || context.usage.workflow.permissions === permissions;
  const fix = own ? grantPackages(job, permissions, context) : undefined;
  const caller = context.usage.call?.caller.path ?? path;
  const others = pushes.length > 1 ? ' So it does with the job’s other pushes there.' : '';
  context.report({
    at: push.item.span,
    message: `The token of this run may not write packages, so ghcr.io refuses the push with \`denied: permission_denied: write_package\`. ${granted(permissions)}${others}`,
    related: [{ ...(own ? {} : { path: caller }), span: permissions.span, message: 'This is all that the token may do.' }],
    ...(fix && { fix }),
  });
}

function granted({ all, scopes }: Permissions): string {
  if (all === 'read') return '`read-all` lets it read only.';
  const named = [...scopes].map(([scope, value]) => `\`${scope}: ${value}\``);
  if (named.length === 0) return 'Its `permissions` are empty.';
  return `\`permissions\` grants ${named.length > 4 ? 'other things' : named.join(', ')}, and what is not named there is not granted.`;
}

/** Pushes under an owner that cannot be the repository's, each with a sentence that says why. */
function foreign(pushes: readonly RegistryPush[], job: Job): readonly (readonly [RegistryPush, string])[] {
  const [own] = pushes.flatMap(({ usage: { step } }) => ownerByCondition(`${job.if?.value ?? ''} && ${step.if?.value ?? ''}`) ?? []);
  const first = pushes.map(({ reference }) => ownerOf(reference)).find(owner => owner !== undefined);
  return pushes.flatMap(push => {
    const owner = ownerOf(push.reference);
    if (owner === undefined || owner === (own ?? first)) return [];
    const why =
      own === undefined
        ? `The run’s token is for one owner’s packages, and \`${first}\` and \`${owner}\` are two`
        : `This runs in a repository of \`${own}\` only`;
    return [[push, why] as const];
  });
}

/** `acme` of `ghcr.io/acme/web`, where it is written. */
function ownerOf(reference: Template): string | undefined {
  const [first] = referenceParts(reference).name;
  const written = first?.kind === 'text' ? /^[^/]+\/([^/]+)\//.exec(first.text)?.[1] : undefined;
  const whole = literal(referenceParts(reference).name);
  return (written ?? (whole === undefined ? undefined : whole.split('/')[1]))?.toLowerCase();
}

/** The repository's owner where a condition lets only that one run. */
function ownerByCondition(condition: string): string | undefined {
  if (/\|\||!=|!\s*\(/.test(condition)) return undefined;
  return /\bgithub\.repository(?:_owner)?\s?==\s?'([\w-]+)(?:\/[\w.-]+)?'/i.exec(condition)?.[1]?.toLowerCase();
}

function tellOwner({ item }: RegistryPush, why: string, context: RuleContext): void {
  if (isSaidAlready(context, item.span)) return;
  context.report({
    at: item.span,
    severity: 'warning',
    message: `${why}: ghcr.io takes the run’s token for packages of the repository’s owner and refuses it for others. Another owner’s packages need a token of theirs.`,
  });
}
