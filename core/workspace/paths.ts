/** What a YAML file is to us: a workflow, a composite action's metadata, or nothing that we read. */
export type FileKind = 'workflow' | 'action';

/** Where a workspace's policy may lie; the first that is there counts. */
export const policyPaths: readonly string[] = ['.github', '.gitea', '.forgejo'].flatMap(folder => [
  `${folder}/tallyman.yml`,
  `${folder}/tallyman.yaml`,
]);

const workflow = /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;
const action = /(?:^|\/)action\.ya?ml$/;

/** Decides by path alone; `path` uses `/`. */
export function fileKind(path: string): FileKind | undefined {
  if (workflow.test(path)) return 'workflow';
  return action.test(path) ? 'action' : undefined;
}

/** What people call the file of a lifecycle policy of Amazon ECR; others have such files too. */
const lifecycle = /(?:^|\/)(?:[\w.-]{0,100}life-?_?cycle[\w.-]{0,100}|ecr[\w.-]{0,100}policy)\.json$/i;

/** Whether the file may be a lifecycle policy of Amazon ECR, by its name. */
export function isLifecyclePath(path: string): boolean {
  return lifecycle.test(path);
}

/** Whether a JSON file is such a policy: others have no rules with priorities. */
export function isLifecycleText(text: string): boolean {
  return text.includes('"rulePriority"');
}

/** Whether a workspace holds the file without having been told of it: a workflow, an action, a lifecycle policy, or what may be its own policy. */
export function isHeld(path: string): boolean {
  return fileKind(path) !== undefined || policyPaths.includes(path) || isLifecyclePath(path);
}

/** Whether Gitea or Forgejo runs the workflow: the machines are their owners', and the tokens are others than GitHub's. */
export function isOnGitea(path: string): boolean {
  return /(?:^|\/)\.(?:gitea|forgejo)\//.test(path);
}
