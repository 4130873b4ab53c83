import { literal, type Template } from '../image/template.ts';
import type { Workflow } from '../workflow/model.ts';
import { type Files, within } from './files.ts';
import type { Checkout, Opaque } from './usage.ts';

/** Where a job has put which repository, in order. */
export type Checkouts = readonly Pick<Checkout, 'path' | 'repository'>[];

/** The file that is called, and the folder that its own `./` counts from; or why nobody can see what it does. */
export type Callee = { readonly workflow: Workflow; readonly root: string } | { readonly what: Opaque['what']; readonly reason: string };

const remote = /^([\w.-]+\/[\w.-]+)(?:\/([^@]*))?@.+$/;

/** The reusable workflow that a job's `uses` names; `root` is the folder of the caller's repository. */
export function calledWorkflow(uses: string, root: string, files: Files): Callee {
  if (uses.startsWith('./')) return read('workflow', within(root, uses), root, files);
  const [, repository, path = ''] = remote.exec(uses) ?? [];
  if (repository === undefined) return { what: 'workflow', reason: 'it is named by an expression' };
  const folder = files.checkout(repository.toLowerCase());
  return folder === undefined
    ? { what: 'workflow', reason: unreachable(repository) }
    : read('workflow', within(folder, path), folder, files);
}

/** The action that a step's `uses` names, with what the job has checked out; `undefined` for an action of another repository that lies nowhere here. */
export function calledAction(uses: string, root: string, checkouts: Checkouts, files: Files): Callee | undefined {
  if (uses.startsWith('./') || uses === '.') return localAction(uses, root, checkouts, files);
  const [, repository, path = ''] = remote.exec(uses) ?? [];
  const folder = repository === undefined ? undefined : files.checkout(repository.toLowerCase());
  return folder === undefined ? undefined : action(within(folder, path), folder, files);
}

function localAction(uses: string, root: string, checkouts: Checkouts, files: Files): Callee {
  const path = within('', uses);
  if (path === undefined) return { what: 'action', reason: 'its path leads out of the repository' };
  const place = placeOf(path, root, checkouts, files);
  return 'reason' in place ? { what: 'action', reason: place.reason } : action(place.path, place.root, files);
}

/** Where a path of the runner's workspace lies here: in a folder of its own, or in another repository, as it was checked out. */
export function placeOf(
  path: string,
  root: string,
  checkouts: Checkouts,
  files: Files,
): { readonly path: string | undefined; readonly root: string } | { readonly reason: string } {
  for (const { path: item, repository } of checkouts.toReversed()) {
    const folder = item ? within('', literal(item.template) ?? '?') : '';
    if (folder === undefined || folder === '?' || (folder !== '' && path !== folder && !path.startsWith(`${folder}/`))) continue;
    const rest = folder === '' ? path : path.slice(folder.length + 1);
    const of = repository && literal(repository.template);
    if (!repository || isOwn(repository.template)) return { path: within(root, rest), root };
    const checkout = of === undefined ? undefined : files.checkout(of.toLowerCase());
    if (checkout === undefined) return { reason: unreachable(of ?? 'another repository') };
    return { path: within(checkout, rest), root: checkout };
  }
  return { path: within(root, path), root };
}

function isOwn(repository: Template): boolean {
  const [only, ...rest] = repository;
  return rest.length === 0 && only?.kind === 'hole' && /^github\.repository$/i.test(only.source);
}

function action(folder: string | undefined, root: string, files: Files): Callee {
  if (folder === undefined) return { what: 'action', reason: 'its path leads out of the repository' };
  for (const name of ['action.yml', 'action.yaml']) {
    const workflow = files.workflow(folder === '' ? name : `${folder}/${name}`);
    if (!workflow) continue;
    return workflow.jobs.length > 0 ? { workflow, root } : { what: 'action', reason: 'it is a program, not a list of steps' };
  }
  return { what: 'action', reason: 'it is not in this workspace' };
}

function read(what: 'workflow', path: string | undefined, root: string, files: Files): Callee {
  const workflow = path === undefined ? undefined : files.workflow(path);
  return workflow ? { workflow, root } : { what, reason: 'it is not in this workspace' };
}

function unreachable(repository: string): string {
  return `it is in ${repository}, of which no checkout is known here`;
}
