import { display, literal } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { Item } from '../../usage.ts';

const folder =
  /(?:^|\/)(?:k8s|kube|kubernetes|manifests?|deploy|deploys|deployments?|overlays?|charts?|helm|argo-?cd|gitops|kustomize|clusters|apps|environments|envs|infra|infrastructure)\//i;
const base =
  /^(?:values|kustomization|(?:docker-)?compose)[\w.-]*\.ya?ml(?:\.tpl|\.tmpl)?$|(?:deploy|manifest|task-?def|service|pod|cronjob|rollout|k8s)[\w.-]*\.(?:ya?ml|json)/i;
/** Files that name images but deploy none. */
const other = /(?:^|\/)(?:Chart\.ya?ml|action\.ya?ml|package(?:-lock)?\.json|\.github\/)/;

/** Whether a file's path says that what runs is written in it. */
export function isManifest(path: string): boolean {
  return !other.test(path) && /\.(?:ya?ml|json)\b/.test(path) && (folder.test(path) || base.test(path.slice(path.lastIndexOf('/') + 1)));
}

/** The first of the files that is a manifest, by its path. */
export function manifestIn(files: readonly Item[]): string | undefined {
  return files.map(({ template }) => display(template)).find(isManifest);
}

const compose = /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml/;
const senders = /^(?:scp|rsync|sftp|aws|gcloud|az|kubectl|ansible-playbook|zip|tar)$/;

/** Whether what is written into a file leaves this machine with the script: a compose file may as well be for a test here. */
export function leaves(file: string, script: readonly ShellCommand[]): boolean {
  if (!compose.test(file)) return true;
  return script.some(({ words, remote }) => {
    const [name, verb] = words.map(({ template }) => literal(template) ?? '');
    return (
      remote ||
      senders.test(name ?? '') ||
      (name === 'git' && /^(?:commit|push)$/.test(verb ?? '')) ||
      (name === 'docker' && verb === 'stack')
    );
  });
}

/** The first of the files that a program writes which may say what runs. */
export function writtenFile(files: readonly Item[]): string | undefined {
  return files.map(({ template }) => display(template)).find(path => !other.test(path));
}
