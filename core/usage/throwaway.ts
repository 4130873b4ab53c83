import type { Job } from '../workflow/model.ts';

const actions =
  /(?:^|\/)(?:kind-action|setup-kind|setup-minikube|setup-k3d(?:-k3s)?|k3s-setup|setup-microk8s|kind-with-registry-action)(?:@|$)/i;
const commands = /(?:^|[\s;&|(])(?:kind\s+(?:create|load)|minikube\s+(?:start|image)|k3d\s+(?:cluster|image)|ctlptl\s+create|microk8s\s)/;

/** Whether the job makes a cluster of its own: what it deploys there is tested and thrown away. */
export function makesThrowawayCluster({ steps }: Job): boolean {
  return steps.some(({ uses, run }) => (uses && actions.test(uses.value)) || (run && commands.test(run.value)));
}
