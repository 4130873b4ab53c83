import { match } from '../../core/image/match.ts';
import { isRepository, isTag } from '../../core/image/reference.ts';
import { derived, type Template } from '../../core/image/template.ts';
import { printable } from '../../core/text/printable.ts';
import type { Usage } from '../../core/usage/usage.ts';
import type { TagUse as Use } from '../../core/workspace/tagFlow.ts';
import {
  type TagRole,
  type TagRolesAnswer,
  type TagRolesParams,
  type TagUse,
  type TagUsesAnswer,
  type TagUsesParams,
  tagRolesRequest,
  tagUsesRequest,
} from '../../protocol/tags.ts';
import type { Context } from '../context.ts';
import { toRange } from '../convert.ts';
import type { Folder } from '../folders.ts';

/** Uses of one tag that are told; more are read by nobody. */
const mostUses = 40;
/** Tags that one question may name. */
const mostTags = 100_000;

/** Answers the sidebar: who writes and reads a tag, and what the policy says of tags. A client may send anything. */
export function tags({ connection, analysis, folders, loaded }: Context): void {
  connection.onRequest<TagUsesAnswer, void>(tagUsesRequest, async (params: unknown): Promise<TagUsesAnswer> => {
    if (!isUsesParams(params)) return { uses: [] };
    await loaded();
    analysis.takeChanges();
    const uses = folders.all().flatMap(folder => usesIn(folder, params));
    const order = ({ does, surely }: TagUse) => (does === 'writes' ? 0 : 2) + (surely ? 0 : 1);
    return { uses: uses.sort((a, b) => order(a) - order(b)).slice(0, mostUses) };
  });

  connection.onRequest<TagRolesAnswer, void>(tagRolesRequest, async (params: unknown): Promise<TagRolesAnswer> => {
    if (!isRolesParams(params)) return { environments: [], tags: {} };
    await loaded();
    analysis.takeChanges();
    return rolesIn(folders.all(), params);
  });
}

function usesIn(folder: Folder, { host, repository, tag }: TagUsesParams): readonly TagUse[] {
  const { workspace } = folder;
  const at = { start: 0, end: 0 };
  const name = derived(nameOf(host, repository), at);
  const wanted = derived(tag, at);
  const found = new Map<string, TagUse>();
  const add = (does: TagUse['does'], { place, parts, usage }: Use) => {
    const form: Template = parts.tag?.value ?? derived('latest', at);
    const said = match(form, wanted);
    const lines = workspace.lines(place.path);
    const uri = folder.uriOf(place.path);
    // A tag of which nothing is known may be any.
    if (said === 'never' || !lines || uri === undefined || (said === 'maybe' && !form.some(({ kind }) => kind === 'text'))) return;
    const { line, character } = toRange(lines, place.span).start;
    const words = `${said === 'same' ? '' : 'perhaps '}${verb(usage)} job ${printable(usage.job.id.value)}`;
    const key = `${does} ${place.path} ${place.span.start}`;
    const known = found.get(key);
    if (known && (known.surely || said !== 'same')) return;
    found.set(key, { does, surely: said === 'same', uri, path: place.path, line, character, words });
  };
  for (const write of workspace.flow.writesTo(name, 'maybe')) add('writes', write);
  for (const read of workspace.flow.readsOf(name, 'maybe')) if (read.usage.kind !== 'retag') add('reads', read);
  return [...found.values()];
}

function verb({ kind }: Usage): string {
  switch (kind) {
    case 'build':
      return 'built by';
    case 'push':
      return 'pushed by';
    case 'retag':
      return 'moved by';
    case 'deploy':
      return 'deployed by';
    case 'pull':
      return 'pulled by';
    default:
      return 'looked at by';
  }
}

function rolesIn(folders: readonly Folder[], { host, repository, tags: asked }: TagRolesParams): TagRolesAnswer {
  const name = nameOf(host, repository);
  const policies = folders.map(({ workspace }) => workspace.policy);
  const environments = policies.flatMap(policy => policy.environments.filter(({ tag }) => policy.environmentOf(name, tag) !== undefined));
  const roles: Record<string, TagRole> = {};
  for (const tag of asked) {
    for (const policy of policies) {
      if (policy.isCacheTag(name, tag)) roles[tag] = 'cache';
      else if (policy.isPreviewTag(name, tag)) roles[tag] = 'preview';
      else if (policy.isProtected(name, tag)) roles[tag] = 'protected';
      if (roles[tag] !== undefined) break;
    }
  }
  return { environments: environments.map(({ name, tag, aliases }) => ({ name, tag, aliases })), tags: roles };
}

/** As workflows write it: images of Docker Hub without the host. */
function nameOf(host: string, repository: string): string {
  return host === 'docker.io' ? repository : `${host}/${repository}`;
}

function isUsesParams(params: unknown): params is TagUsesParams {
  const { host, repository, tag } = (params ?? {}) as Readonly<Record<string, unknown>>;
  return typeof host === 'string' && typeof repository === 'string' && isRepository(repository) && typeof tag === 'string' && isTag(tag);
}

function isRolesParams(params: unknown): params is TagRolesParams {
  const { host, repository, tags: asked } = (params ?? {}) as Readonly<Record<string, unknown>>;
  const named = typeof host === 'string' && typeof repository === 'string' && isRepository(repository);
  return named && Array.isArray(asked) && asked.length <= mostTags && asked.every(tag => typeof tag === 'string' && isTag(tag));
}
