import { match, matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, holes, literal, type Template } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import type { Build, Login, Usage } from '../usage/usage.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** How a job gets at a registry; texts are as they are written in a workflow, expressions included. */
export type Access =
  /** GitHub's own, with the run's token. */
  | { readonly kind: 'ghcr' }
  | { readonly kind: 'ecr'; readonly role: string; readonly region: string }
  /** `registry` is empty for Docker Hub. */
  | { readonly kind: 'login'; readonly registry: string; readonly user: string; readonly password: string };

/** Who signs the images of a repository, in the way that a check of it asks. */
export type Signer =
  | { readonly kind: 'workflow'; readonly path: string; readonly branch: string }
  | { readonly kind: 'attestation' }
  | { readonly kind: 'nobody' };

/** A repository that the workspace's workflows push. */
export interface Repository {
  /** `ghcr.io/acme/shop`, as an `env:` entry may hold it; of an ECR registry that a login names, the repository alone. */
  readonly name: string;
  /** The registry's host is the output of the login to Amazon ECR. */
  readonly inLogin: boolean;
  readonly access: Access;
  readonly signer: Signer;
  /** The workflow that builds it, with what it builds. */
  readonly path: string;
  readonly context: string;
  readonly dockerfile?: string;
  /** The branch whose pushes are built. */
  readonly branch: string;
  /** The group in which something that moves its tags waits, by tag. */
  group(tag: string): string | undefined;
}

/** The repositories that builds of the workspace push and that a new workflow can name, in the order of their names. */
export function repositoriesOf(workspace: Workspace): readonly Repository[] {
  const found = new Map<string, Repository>();
  for (const write of workspace.flow.writes) {
    const file = workspace.usage(write.path);
    const one = write.usage.kind === 'build' && file ? repository(write, write.usage, file, workspace) : undefined;
    const key = one && `${one.inLogin} ${one.name}`;
    if (one && key && !found.has(key)) found.set(key, one);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function repository(write: TagWrite, build: Build, file: WorkflowUsage, workspace: Workspace): Repository | undefined {
  const { name } = write.parts;
  const [first] = name;
  const inLogin = first?.kind === 'hole' && first.registry === 'ecr';
  const rest = inLogin ? display(name.slice(1)).replace(/^\//, '') : portable(name);
  const host = inLogin ? 'ecr' : (/^[^/]+/.exec(rest ?? '')?.[0] ?? '');
  // What is written into a script and a YAML value must be a name and nothing else.
  if (!rest || !isPlain(rest.replace(/\$\{\{[^}]*\}\}/g, '')) || !isPlain(write.path) || /^(?:localhost|127\.)/.test(host))
    return undefined;
  const branch = branchOf(file);
  return {
    name: rest,
    inLogin,
    access: accessOf(host, build, file),
    signer: signerOf(name, file, branch, workspace),
    path: write.path,
    context: literal(build.context?.template ?? []) || '.',
    ...(build.dockerfile && literal(build.dockerfile.template) !== undefined && { dockerfile: literal(build.dockerfile.template) ?? '' }),
    branch,
    group: tag => groupOf(write, tag, workspace),
  };
}

function isPlain(text: string): boolean {
  return /^[\w./:-]*$/.test(text);
}

/** The name where it means the same in another workflow: `undefined` where a step, an input or a matrix is in it. */
function portable(name: Template): string | undefined {
  const isPortable = holes(name).every(
    ({ source, changes }) => !changes && /^(?:github\.(?:repository|repository_owner)|vars\.[\w-]+)$/.test(source),
  );
  return isPortable ? display(name) : undefined;
}

function branchOf({ workflow }: WorkflowUsage): string {
  const named = workflow.triggers.find(({ event }) => event === 'push')?.branches.find(isPlain);
  return named ?? 'main';
}

function accessOf(host: string, build: Build, file: WorkflowUsage): Access {
  if (host === 'ghcr.io') return { kind: 'ghcr' };
  if (host === 'ecr' || /\.dkr\.ecr\./.test(host)) return ecrAccess(build, file);
  const isHub = !/[.:]/.test(host);
  const logins = file.sequence.filter((usage): usage is Login => usage.kind === 'login');
  const login = logins.find(({ registry }) => (isHub ? registry.length === 0 : literal(registry) === host));
  const given = (item: Login['user'], fallback: string) => {
    const text = item ? display(item.template) : '';
    return /^(?:\$\{\{ (?:secrets|vars)\.[\w-]+ \}\}|[\w.-]+)$/.test(text) ? text : fallback;
  };
  return {
    kind: 'login',
    registry: isHub ? '' : host,
    user: given(login?.user, '${{ vars.REGISTRY_USER }}'),
    password: given(login?.password, '${{ secrets.REGISTRY_PASSWORD }}'),
  };
}

/** As the job that builds it gets its rights in AWS, where that is written in secrets and variables. */
function ecrAccess({ job }: Build, { workflow }: WorkflowUsage): Access {
  const jobs = [job, ...workflow.jobs];
  const step = jobs.flatMap(({ steps }) => steps).find(({ uses }) => /^aws-actions\/configure-aws-credentials@/.test(uses?.value ?? ''));
  const given = (name: string, fallback: string) => {
    const text = step?.with?.entries.get(name)?.value.value.trim() ?? '';
    return text !== '' && /^(?:[^$]|\$\{\{\s*(?:secrets|vars)\.[\w-]+\s*\}\})+$/.test(text) ? text : fallback;
  };
  return { kind: 'ecr', role: given('role-to-assume', '${{ vars.AWS_ROLE }}'), region: given('aws-region', '${{ vars.AWS_REGION }}') };
}

function signerOf(name: Template, { workflow, sequence }: WorkflowUsage, branch: string, workspace: Workspace): Signer {
  const isOf = (usage: Usage) =>
    usage.kind === 'sign' &&
    alternatives(usage.reference.template).some(form => matchNames(referenceParts(form).name, name, 'run') !== 'never');
  const here = sequence.find(isOf);
  const found =
    here ??
    workspace
      .paths()
      .flatMap(path => workspace.usage(path)?.sequence ?? [])
      .find(isOf);
  if (found?.kind !== 'sign') return { kind: 'nobody' };
  if (/^actions\/attest/.test(found.tool)) return { kind: 'attestation' };
  // A signature of a called workflow names that one.
  const path = found.within?.path ?? workflow.path;
  return { kind: 'workflow', path: isPlain(path) ? path : workflow.path, branch };
}

/** The group of another workflow that moves the tag: writers of one tag wait for each other in one. */
function groupOf({ parts }: TagWrite, tag: string, workspace: Workspace): string | undefined {
  for (const other of workspace.flow.writesTo(parts.name)) {
    const value = other.parts.tag?.value;
    if (!value || match(value, [{ kind: 'text', text: tag, at: { start: 0, end: 0 }, via: [] }]) !== 'same') continue;
    const group = other.usage.job.concurrency?.group ?? workspace.usage(other.path)?.workflow.concurrency?.group;
    if (group && /^[\w.-]+$/.test(group.value)) return group.value;
  }
  return undefined;
}

/** The version, or commit, at which the workspace uses an action; `undefined` where it does not. */
export function versionOf(action: string, workspace: Workspace): string | undefined {
  for (const path of workspace.paths()) {
    for (const { steps } of workspace.usage(path)?.workflow.jobs ?? []) {
      for (const { uses } of steps) if (uses?.value.startsWith(`${action}@`)) return uses.value.slice(action.length + 1);
    }
  }
  return undefined;
}
