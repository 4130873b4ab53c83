import type { Template } from '../image/template.ts';
import type { Job } from '../workflow/model.ts';

// The cluster's kind is a word of the action's name: helm/kind-action, AbsaOSS/k3d-action, manusa/actions-setup-minikube.
const actions = /\/(?:[\w.]+-)*(?:kind|minikube|k3d|k3s|microk8s|microshift|vcluster)(?:-[\w.-]+)?(?:@|$)/i;
const commands =
  /(?:^|[\s;&|(])(?:kind\s+(?:create|load)|minikube\s+(?:start|image)|k3d\s+(?:cluster|image)|ctlptl\s+create|vcluster\s+create|microk8s\s+(?:install|start|enable))\b|\bget\.k3s\.io\b/;

/** Whether the job makes a cluster of its own: what it deploys there is tested and thrown away. */
export function makesThrowawayCluster(job: Job): boolean {
  let makes = clusters.get(job);
  makes ??= job.steps.some(({ uses, run }) => (uses && actions.test(uses.value)) || (run && commands.test(run.value)));
  clusters.set(job, makes);
  return makes;
}

const clusters = new WeakMap<Job, boolean>();

/** On this machine or in a cluster on it, a service container beside the job (`registry:5000`), or ttl.sh, which forgets what it holds after a day. */
const throwawayHost =
  /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal|ttl\.sh|kind-registry|[\w.-]+\.(?:local|localhost|test)|[\w-]+:\d+)(?::\d+)?\//i;

/** Whether a reference is in a registry that is gone when the job is, or soon after. */
export function isInThrowawayRegistry(reference: Template): boolean {
  let known = '';
  for (const part of reference) {
    if (part.kind !== 'text' || known.includes('/')) break;
    known += part.text;
  }
  return throwawayHost.test(known);
}
