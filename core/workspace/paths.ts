/** What a YAML file is to us: a workflow, a composite action's metadata, or nothing that we read. */
export type FileKind = 'workflow' | 'action';

const workflow = /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;
const action = /(?:^|\/)action\.ya?ml$/;

/** Decides by path alone; `path` uses `/`. */
export function fileKind(path: string): FileKind | undefined {
  if (workflow.test(path)) return 'workflow';
  return action.test(path) ? 'action' : undefined;
}
