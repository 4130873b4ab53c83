import { literal } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { within } from '../../usage/files.ts';
import { besides } from '../../usage/order.ts';
import type { Build, Item } from '../../usage/usage.ts';

/** The folder of the workspace in which a step's commands run; `undefined` where that is not known. Actions start at the root. */
export function startFolder({ step, job }: Pick<Build, 'step' | 'job'>, { workflow }: WorkflowUsage): string | undefined {
  if (!step.run) return '';
  const folder = (step.workingDirectory ?? job.workingDirectory ?? workflow.workingDirectory)?.value ?? '';
  return folder.includes('${{') || /\b(?:cd|pushd)\s/.test(step.run.value) ? undefined : within('', folder);
}

/** The folder of the workspace that a build sends; `undefined` for a URL and where it is not known. */
export function contextFolder(build: Build, usage: WorkflowUsage): string | undefined {
  const known = folders.get(build);
  if (known) return known.folder;
  const folder = findContextFolder(build, usage);
  folders.set(build, { folder });
  return folder;
}

/** A build with many caches is asked for each. */
const folders = new WeakMap<Build, { readonly folder: string | undefined }>();

function findContextFolder(build: Build, usage: WorkflowUsage): string | undefined {
  const start = startFolder(build, usage);
  // Another repository, or this one in a folder of its own: its files are not the workspace's.
  const moved = besides(usage, build).some(use => use.kind === 'checkout' && (use.path || use.repository));
  if (start === undefined || moved) return undefined;
  const written = path(build.context);
  if (written === undefined) return build.context ? undefined : start;
  const inRepository = /^\{\{defaultContext\}\}(?::(.*))?$/.exec(written);
  if (inRepository) return within('', inRepository[1] ?? '');
  return /^[a-z+]+:\/\/|^git@/i.test(written) ? undefined : within(start, written);
}

/** The Dockerfile of a build, from the workspace's root; `undefined` where it is not known. */
export function dockerfilePath(build: Build, usage: WorkflowUsage): string | undefined {
  const folder = contextFolder(build, usage);
  const start = startFolder(build, usage);
  if (folder === undefined || start === undefined) return undefined;
  if (!build.dockerfile) return within(folder, 'Dockerfile');
  const written = path(build.dockerfile);
  return written === undefined ? undefined : within(start, written);
}

function path(item: Item | undefined): string | undefined {
  return item && literal(item.template);
}
