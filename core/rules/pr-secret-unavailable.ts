import { alternatives, holes, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { besides, neededJobs } from '../usage/order.ts';
import type { Start } from '../usage/starts.ts';
import type { Login } from '../usage/usage.ts';
import type { Job, Step } from '../workflow/model.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { guardsOf, hasPullRequestRuns, holdsWhileOpen, openRequestStarts } from './shared/pullRequests.ts';

/** Whoever contributes from a fork sees a red check that no change of theirs can mend. */
export const prSecretUnavailable: Rule = {
  id: 'pr-secret-unavailable',
  title: 'A pull request from a fork fails at a login whose secret it does not get',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const { usage: file } = context;
      if (!hasPullRequestRuns(file)) return;
      const said = new Set<Job>();
      for (const usage of file.usages) {
        if (usage.kind !== 'login' || said.has(usage.job)) continue;
        const starts = forkStarts(usage, context);
        const need = starts.length > 0 && usage.failure === 'fatal' && !usage.conditional ? needOf(usage, starts, context) : undefined;
        if (!need || isSaidAlready(context, need.at)) continue;
        said.add(usage.job);
        tell(need, usage, context);
      }
    },
  },
};

/** The starts of pull requests whose runs have no secrets where they come from a fork. */
function forkStarts(login: Login, { usage: file }: RuleContext): readonly Start[] {
  const starts = openRequestStarts(login, file).filter(({ event }) => event !== 'pull_request_target');
  if (starts.length === 0) return starts;
  const needed = /\b(?:always|failure|cancelled)\s*\(/.test(login.job.if?.value ?? '') ? [] : neededJobs(login.job, file.workflow.jobs);
  const conditions = [...guardsOf(login, file), ...needed.flatMap(job => job.if?.value ?? [])];
  return conditions.some(mayKeepForksOut) ? [] : starts.filter(start => conditions.every(condition => holdsWhileOpen(condition, start)));
}

// What is the same for a pull request from a fork and for one from a branch of the repository.
const same =
  /'[^']*'|\bgithub\.(?:event_name|ref|ref_name|ref_type|base_ref|event\.action|event\.pull_request\.(?:draft|merged|state|base\.ref|title))\b|\bgithub\.repository(?:_owner)?\b|\bneeds\.[\w-]+\.result\b|\bmatrix\.[\w.-]+/g;

/** Whether a condition asks for something that may be otherwise in a fork's run: whose branch it is, whether a secret is there, an output. */
function mayKeepForksOut(condition: string): boolean {
  return /\b(?:github|env|vars|inputs|secrets|steps|needs|runner|job)\s*[.[]\s*\w/.test(condition.replace(same, ' '));
}

/** What a run from a fork lacks. */
interface Need {
  readonly at: Span;
  /** `secrets.REGISTRY_TOKEN`; absent for the token of OpenID Connect, which forks may not ask for. */
  readonly secret?: string;
  readonly step: Step;
}

function needOf(login: Login, starts: readonly Start[], context: RuleContext): Need | undefined {
  if (login.password) {
    const secret = secretOf(login.password.template, starts);
    return secret === undefined ? undefined : { at: login.within ? login.at : login.password.span, secret, step: login.step };
  }
  return login.passwordBy === 'helper' && login.ecr ? cloudNeed(login, starts, context) : undefined;
}

/** The secret without which no form of the value holds anything in these runs. */
function secretOf(value: Template, starts: readonly Start[]): string | undefined {
  const forms = alternatives(value).filter(form => form.length > 0);
  const secrets = forms.map(form => holes(form).find(({ source }) => /^secrets\.(?!GITHUB_TOKEN$)[\w-]+$/i.test(source)));
  const [first] = secrets;
  if (!first || secrets.includes(undefined)) return undefined;
  // Filled with other events only, the value is empty in any pull request's run.
  return first.events && !starts.some(({ event }) => first.events?.has(event)) ? undefined : first.source;
}

/** The step before a login to Amazon ECR that gets the credentials. */
function cloudNeed(login: Login, starts: readonly Start[], { usage: file }: RuleContext): Need | undefined {
  const { job, step } = login;
  // What a callee does before its login is in its own file.
  const steps = login.within ? [] : job.steps.slice(0, step.index);
  const before = steps.findLast(({ uses }) => uses && /^aws-actions\/configure-aws-credentials@/i.test(uses.value));
  if (
    !before?.uses ||
    before.continueOnError ||
    besides(file, login).some(({ kind, step: other }) => kind === 'opaque' && other === before)
  )
    return undefined;
  const condition = before.if?.value;
  if (condition && (mayKeepForksOut(condition) || !starts.some(start => holdsWhileOpen(condition, start)))) return undefined;
  const key = before.with?.entries.get('aws-access-key-id')?.value;
  const secret = key && /^\$\{\{\s*(secrets\.[\w-]+)\s*\}\}$/.exec(key.value.trim())?.[1];
  if (key) return secret === undefined ? undefined : { at: key.span, secret, step: before };
  const role = before.with?.entries.get('role-to-assume')?.value;
  return role && { at: role.span, step: before };
}

function tell({ at, secret, step }: Need, login: Login, context: RuleContext): void {
  const what = secret === undefined ? 'may not ask for an OpenID Connect token' : `gets no secrets: \`${secret}\` is empty`;
  const which = step === login.step ? 'this login' : 'this step, and with it the login,';
  context.report({
    at,
    message:
      `The run of a pull request from a fork ${what}, so ${which} fails there and the job is red whatever the change does. ` +
      "Skip it, and what needs it, for forks: `if: github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository`.",
    ...(step === login.step
      ? { via: login.password?.template[0]?.via ?? [] }
      : { related: [{ span: login.at, message: 'The login is here.' }] }),
  });
}
