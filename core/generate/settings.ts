import { isTag } from '../image/reference.ts';
import { repositoryMatcher } from '../policy/names.ts';
import type { Environment, Signature } from '../policy/policy.ts';
import { identityRegExp } from '../policy/signers.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { type Repository, repositoriesOf, versionOf } from './repositories.ts';

export const kinds = ['promotion', 'rollback', 'preview', 'cache'] as const;
export type Kind = (typeof kinds)[number];

/** What is asked for; what is left out is found in the workspace, or asked back. */
export interface Request {
  readonly kind: Kind;
  readonly image?: string;
  readonly environment?: string;
}

/** More than one would do. */
export interface Question {
  readonly status: 'question';
  readonly about: 'image' | 'environment';
  readonly options: readonly string[];
}

/** All that a template needs. */
export interface Settings {
  readonly repository: Repository;
  /** Of the policy file; made up of a name where it has none. */
  readonly environment: Environment;
  /** Tags, or patterns of them as a shell reads them, that may be promoted; empty where anything may. */
  readonly sources: readonly string[];
  readonly group: string;
  /** The check of a signature: arguments of `cosign verify`, one a line; or the attestation's. */
  readonly signer: { readonly tool: 'cosign'; readonly flags: readonly string[] } | { readonly tool: 'gh' };
  /** `docker/login-action@v3`. */
  uses(action: string, fallback: string): string;
}

const issuer = 'https://token.actions.githubusercontent.com';

/** Finds image and environment, by what is asked for, by the policy and by what the workflows push. */
export function settingsFor(workspace: Workspace, request: Request): Settings | Question {
  const environment = environmentFor(workspace, request);
  if ('status' in environment) return environment;
  const all = repositoriesOf(workspace);
  const fits = all.filter(
    ({ name }) => environment.repositories.length === 0 || environment.repositories.some(one => repositoryMatcher(one)(name, 'perhaps')),
  );
  const named = request.image === undefined ? fits : all.filter(({ name }) => name === request.image);
  const [repository] = named;
  if (!repository || named.length > 1) return { status: 'question', about: 'image', options: all.map(({ name }) => name) };
  const last = repository.name.split(/[^\w.-]/).at(-1) || 'image';
  return {
    repository,
    environment,
    sources: sourcesFor(workspace, environment),
    group: repository.group(environment.tag) ?? `${last}-${environment.tag}`,
    signer: signerFor(repository, environment),
    uses: (action, fallback) => `${action}@${versionOf(action, workspace) ?? fallback}`,
  };
}

function environmentFor({ policy: { environments } }: Workspace, { kind, environment: name }: Request): Environment | Question {
  const found = environments.find(one => one.name === name || one.tag === name);
  if (found) return found;
  if (name !== undefined && isTag(name)) return made(name);
  if (kind === 'preview' || kind === 'cache') return made('preview');
  // The last of a row is what everything is promoted to.
  const ends = environments.filter(one => one.from.length > 0);
  const [only, ...more] = ends.length > 0 ? ends : environments;
  if (!only) return made('prod');
  return more.length === 0 ? only : { status: 'question', about: 'environment', options: environments.map(one => one.name) };
}

/** An environment that is promoted from stands for its tag. */
function sourcesFor({ policy }: Workspace, { from }: Environment): readonly string[] {
  const tags = from.map(name => policy.environments.find(one => one.name === name)?.tag ?? name);
  return tags.filter(tag => /^[\w.*?-]+$/.test(tag));
}

function made(name: string): Environment {
  return { name, repositories: [], tag: name, aliases: [], from: [], promoters: [], signatures: [] };
}

/** Whose signature is asked for: the policy's word first, then who signs in the workspace, then who builds. */
function signerFor({ signer, path, branch }: Repository, { signatures }: Environment): Settings['signer'] {
  const [signature] = signatures;
  if (signature) return { tool: 'cosign', flags: flagsFor(signature) };
  if (signer.kind === 'attestation') return { tool: 'gh' };
  const by = signer.kind === 'workflow' ? signer : { path, branch };
  const identity = `"https://github.com/\${GITHUB_REPOSITORY}/${by.path}@refs/heads/${by.branch}"`;
  return { tool: 'cosign', flags: [`--certificate-identity ${identity}`, `--certificate-oidc-issuer "${issuer}"`] };
}

function flagsFor(signature: Signature): readonly string[] {
  if (signature.kind === 'key') return [`--key ${quoted(signature.key)}`];
  const { identity } = signature;
  const asked = /[*?]/.test(identity)
    ? `--certificate-identity-regexp ${quoted(identityRegExp(identity))}`
    : `--certificate-identity ${quoted(identity)}`;
  return [asked, `--certificate-oidc-issuer ${quoted(signature.issuer)}`];
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
