import { alternatives, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { besides } from '../../usage/order.ts';
import type { Build } from '../../usage/usage.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/**
 * What a build leaves in the registry: one image's manifest, or an index, of several platforms or of one image and its attestations;
 * `undefined` where nobody can tell.
 */
export function pushedForm(build: Build, file: WorkflowUsage, workspace: Workspace): 'image' | 'index' | undefined {
  const count = platformCount(build);
  const attested = isAttested(build, file, workspace);
  if (attested || (count !== undefined && count > 1)) return 'index';
  return attested === false && count === 1 ? 'image' : undefined;
}

/** BuildKit attests provenance by default since 0.11, but not with docker's own builder. https://docs.docker.com/build/metadata/attestations/ */
function isAttested(build: Build, file: WorkflowUsage, workspace: Workspace): boolean | undefined {
  if (!buildx.test(build.tool)) return undefined;
  if ('attestations' in build) return build.attestations;
  if (workspace.text(file.workflow.path)?.includes('BUILDX_NO_DEFAULT_ATTESTATIONS')) return undefined;
  const builders = besides(file, build).filter(use => use.kind === 'builder');
  if (builders.length === 0 || builders.some(({ driver }) => driver === 'docker')) return undefined;
  return !builders.some(({ buildkit: [major, minor] = [1, 0] }) => major === 0 && minor < 11);
}

const buildx = /^(?:(?:docker|useblacksmith)\/build-push-action|docker buildx (?:build|b))$/;

/** How many platforms one run of a build is for; `undefined` where an expression decides. */
export function platformCount(build: Build): number | undefined {
  const { platforms } = build;
  if (!platforms) return 'platforms' in build ? undefined : 1;
  const lists = platforms.map(platform => alternatives(platform).map(countIn));
  if (lists.some(counts => counts.some(count => count === undefined || count !== counts[0]))) return undefined;
  return lists.reduce((sum, [count = 1]) => sum + count, 0) || 1;
}

/** The items of a list that stands in one value. */
function countIn(form: Template): number | undefined {
  if (form.some(part => part.kind === 'hole' && (part.shape === 'unknown' || part.shape === 'anything' || part.shape === 'line')))
    return form.some(({ kind }) => kind === 'text') ? 1 : undefined;
  return 1 + form.reduce((sum, part) => sum + (part.kind === 'text' ? part.text.split(',').length - 1 : 0), 0);
}
