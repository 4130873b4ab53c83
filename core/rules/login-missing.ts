import { callerEvent } from '../usage/events.ts';
import { jobUsages } from '../usage/order.ts';
import { isGitHubHosted } from '../usage/runners.ts';
import { isUnderstoodUpTo, preparesCredentials } from '../usage/understood.ts';
import type { Build, Login, Usage } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { isOnGitea } from '../workspace/paths.ts';
import type { Rule, RuleContext } from './rule.ts';
import { loginRegistries, mayServe, type Registry, type RegistryPush, registryPushes } from './shared/registryPushes.ts';

/** A machine that GitHub makes for a job has no credentials but those that the job gives it. */
export const loginMissing: Rule = {
  id: 'login-missing',
  title: 'An image is pushed to a registry to which the job has not logged in',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const { workflow } = context.usage;
      // What a composite action pushes is judged where it is called; the runners of Gitea and Forgejo are their owners' machines.
      if (workflow.kind === 'action' || isOnGitea(context.path)) return;
      for (const job of workflow.jobs) if (sends(job, context) && isAloneWithItsSteps(job)) checkJob(job, context);
    },
  },
};

/** Whether anything in the job may send an image: most jobs do not, and need no closer look. */
function sends(job: Job, { usage }: RuleContext): boolean {
  return jobUsages(usage, job).some(({ kind }) => kind === 'build' || kind === 'push' || kind === 'retag');
}

function isAloneWithItsSteps(job: Job): boolean {
  return isGitHubHosted(job) === true && !job.container && !job.uses;
}

/** Anybody may push there, or it takes no login of docker's: registries of one's own machine, of a cluster, for an hour, of a builder. */
const open =
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|host\.docker\.internal|ttl\.sh|registry\.depot\.dev)(?::\d+)?$|\.(?:local|localhost|internal|svc|test)(?::\d+)?$/;
/** Tools that send images with docker's credentials; `aws ecr put-image` has others. */
const usesDockerLogin = /\b(?:docker|podman|nerdctl|buildah|skopeo|crane|gcrane|regctl|oras|imagetools|bake|buildx)\b|build-push-action/;

function checkJob(job: Job, context: RuleContext): void {
  const { usage } = context;
  const all = jobUsages(usage, job);
  const logins = all.filter(use => use.kind === 'login').filter(({ elsewhere }) => !elsewhere);
  const ecr = logins.flatMap(login => (login.ecr ? [login.registry] : []));
  const before: Login[] = [];
  const said = new Set<string>();
  for (const use of all) {
    // Whatever nobody can see may have logged in: nothing after it is judged.
    if (use.kind === 'opaque') return;
    if (use.elsewhere) continue;
    if (use.kind === 'login') before.push(use);
    for (const push of registryPushes(use, ecr)) {
      const { registry } = push;
      const key = `${use.step.index} ${registry}`;
      if (registry === undefined || said.has(key) || !isJudged(push, registry)) continue;
      if (before.some(login => mayServe(login, registry) && happensWith(login, push))) continue;
      if (hasOwnCredentials(use) || !isUnderstoodUpTo(usage, job, use.step) || preparesCredentials(usage.workflow, job, context.text))
        continue;
      said.add(key);
      tell(push, registry, logins, before, context);
    }
  }
}

function isJudged({ usage }: RegistryPush, registry: string): boolean {
  const tool = usage.kind === 'build' || usage.kind === 'push' || usage.kind === 'retag' ? usage.tool : '';
  if (usage.kind === 'build' && usage.pushes === undefined && !isDecided(usage)) return false;
  // A host without a dot is a service of the job or a name that the machine was taught.
  return usesDockerLogin.test(tool) && !open.test(registry) && (registry === 'ecr' || registry.includes('.'));
}

/** Whether the event decides if it is sent; where somebody's choice does, it may never be. */
function isDecided({ step, events, pushEvents }: Build): boolean {
  if (pushEvents && pushEvents.length < events.length) return true;
  const written = step.with?.entries.get('push')?.value.value;
  return written !== undefined && !/\b(?:vars|inputs|secrets|matrix|steps|needs|env)\./i.test(written);
}

/** Some actions take the credentials themselves. */
function hasOwnCredentials({ step }: Usage): boolean {
  return [...(step.with?.entries.keys() ?? [])].some(
    name => /user(?:name)?$|password$|token$|credentials/i.test(name) && name !== 'github-token',
  );
}

/** Whether the login may happen in some of the runs in which the image is sent: only a condition on the event itself says that it does not. */
function happensWith(login: Login, { events }: RegistryPush): boolean {
  const condition = `${login.step.if?.value ?? ''} ${login.job.if?.value ?? ''}`;
  const byEvent =
    /\bgithub\.(?:event_name|event\.)/.test(condition) && !/\b(?:env|vars|inputs|secrets|steps|needs|matrix)\./.test(condition);
  if (!byEvent || events.includes(callerEvent)) return true;
  return login.events.some(event => event === callerEvent || events.includes(event));
}

function tell(push: RegistryPush, registry: string, logins: readonly Login[], before: readonly Login[], context: RuleContext): void {
  const serving = logins.filter(login => mayServe(login, registry));
  const skipped = serving.find(login => before.includes(login));
  const [later] = serving;
  const [other] = before;
  const shown = skipped ?? later ?? other;
  const why = skipped
    ? `The login to ${titleOf(registry)} is skipped in the runs that push there (${push.events.map(event => `\`${event}\``).join(', ')})`
    : later
      ? `The job logs in to ${titleOf(registry)} only after this push`
      : other
        ? `The job pushes to ${titleOf(registry)} and logs in elsewhere only`
        : `No step of this job logs in to ${titleOf(registry)}`;
  context.report({
    at: push.item.span,
    message: `${why}: without credentials the registry refuses the push.`,
    related: shown ? [{ span: shown.at, message: `This logs in to ${loginRegistries(shown).map(titleOf).join(' or ')}.` }] : [],
  });
}

function titleOf(registry: Registry): string {
  if (registry === undefined) return 'a registry';
  return registry === 'ecr' ? 'Amazon ECR' : registry === 'docker.io' ? 'Docker Hub' : `\`${registry}\``;
}
