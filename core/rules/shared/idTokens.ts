import { display } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { jobUsages } from '../../usage/order.ts';
import { isUnderstood } from '../../usage/plainPrograms.ts';
import type { Job, Step } from '../../workflow/model.ts';

/** Actions that never ask GitHub for an OpenID Connect token. Others may, by name or by what they call. */
const asksForNone =
  /^(?:step-security\/harden-runner|github\/codeql-action\/[\w-]+|dorny\/[\w-]+|tj-actions\/[\w-]+|actions\/(?:checkout|cache(?:\/(?:restore|save))?|upload-artifact|download-artifact|setup-[\w-]+|labeler|stale)|docker\/(?:setup-[\w-]+|login-action|metadata-action|build-push-action|bake-action)|sigstore\/cosign-installer|imjasonh\/setup-crane|imranismail\/setup-kustomize|oras-project\/setup-oras|azure\/(?:setup-[\w-]+|k8s-[\w-]+)|aws-actions\/amazon-ecr-login|aquasecurity\/(?:trivy-action|setup-trivy)|anchore\/(?:scan|sbom)-action|goodwithtech\/dockle-action|hadolint\/hadolint-action|redhat-actions\/(?:podman-login|push-to-registry|buildah-build)|peter-evans\/[\w-]+|slackapi\/slack-github-action|softprops\/action-gh-release)@/i;

// Words of a script that may need one: signing without a key, clouds, package registries, and programs that call others.
const mayAsk =
  /id[-_]?token|(?<!certificate-)\boidc\b|web-?identity|federated|keyless|--provenance|\b(?:sign|attest|sign-blob|attest-blob)\b|\b(?:aws|gcloud|gsutil|az|vault|terraform|tofu|pulumi|make|task|just|mage|npm|pnpm|yarn|twine|uv|poetry|gem|cargo|mvn|gradle|goreleaser|ko|slsa[\w-]*|gitsign|chainctl|octo-sts|notation|doppler|infisical|op)\s/i;

/** Whether a job does not ask GitHub for an OpenID Connect token: nothing signs or attests, nothing takes a role in a cloud. `false` where nobody can tell. */
export function needsNoIdToken(job: Job, file: WorkflowUsage, text: string): boolean {
  if (jobUsages(file, job).some(({ kind }) => kind === 'sign' || kind === 'opaque')) return false;
  if (job.uses) return areFree(file.calls.filter(({ call }) => call?.job === job));
  if (/id[-_]?token/i.test(envOf(job, text))) return false;
  return job.steps.every(step => isFree(step, job, file));
}

function envOf({ env, steps }: Job, text: string): string {
  return [env, ...steps.map(step => step.env)].map(one => (one ? text.slice(one.span.start, one.span.end) : '')).join('\n');
}

function isFree(step: Step, job: Job, file: WorkflowUsage): boolean {
  if (step.run) return !mayAsk.test(step.run.value) && asksNothing(step, file);
  const uses = step.uses?.value;
  if (uses === undefined) return true;
  const called = file.calls.filter(({ call }) => call?.job === job && call.step === step);
  if (called.length > 0) return areFree(called);
  if (/^aws-actions\/configure-aws-credentials@/i.test(uses))
    return step.with?.entries.has('aws-access-key-id') === true && !step.with.entries.has('role-to-assume');
  // Without a password it may come by a token.
  if (/^docker\/login-action@/i.test(uses)) return step.with?.entries.has('password') === true;
  return asksForNone.test(uses);
}

/** Everything that a step's script runs is understood, and no script of the repository that it calls speaks of tokens. */
function asksNothing(step: Step, { scripts }: WorkflowUsage): boolean {
  const own = scripts.filter(script => script.step === step);
  // None where no shell that is understood reads it.
  return (
    own.length > 0 &&
    own.every(({ commands }) =>
      commands.every(command => (command.isFollowed || isUnderstood(command)) && !(command.within && mayAsk.test(`${wordsOf(command)} `))),
    )
  );
}

function wordsOf({ words }: ShellCommand): string {
  return words
    .slice(0, 20)
    .map(({ template }) => display(template))
    .join(' ');
}

/** The files that are called, and what they call. */
function areFree(called: readonly WorkflowUsage[]): boolean {
  return (
    called.length > 0 &&
    called.every(({ workflow, ...usage }) => workflow.jobs.every(job => job.steps.every(step => isFree(step, job, { workflow, ...usage }))))
  );
}
