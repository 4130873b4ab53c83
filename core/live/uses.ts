import { alternatives, derived, display, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { isGitHubHosted } from '../usage/runners.ts';
import { isInThrowawayRegistry } from '../usage/throwaway.ts';
import type { Metadata, Usage } from '../usage/usage.ts';
import type { TagFlow, TagUse } from '../workspace/tagFlow.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { ImageName } from './answers.ts';
import { imageNamed, type Surroundings, settled } from './settle.ts';

/** A reference of a file that something writes to a registry or reads from it, in one of its forms. */
export interface ImageUse {
  readonly role: 'write' | 'read' | 'cache';
  readonly at: Span;
  /** As it is written, without choices. */
  readonly reference: Template;
  /** The same with what the workspace knows of itself. */
  readonly form: Template;
  /** Absent where a part of it is decided by a run. */
  readonly image?: ImageName;
  readonly usage: Usage;
  /** How many forms stand at this place. */
  readonly forms: number;
}

/** More references than anybody reads in one file. */
const maximumUses = 500;

/** The references of a workflow or action, in source order, each form once a place. Those of scripts and called files are theirs. */
export function imageUses(workspace: Workspace, path: string, around: Surroundings): readonly ImageUse[] {
  const { flow } = workspace;
  const found = new Map<string, ImageUse>();
  const add = (role: ImageUse['role'], at: Span, reference: Template, usage: Usage) => {
    const form = settled(reference, around);
    const key = `${role} ${at.start} ${at.end} ${display(form)}`;
    if (found.has(key) || found.size >= maximumUses || form.length === 0) return;
    const image = isOnRunner(form, usage) ? undefined : imageNamed(form);
    found.set(key, { role, at, reference, form, usage, forms: 1, ...(image && { image }) });
  };
  for (const [role, uses] of roles(flow)) for (const { place, reference, usage } of uses(path)) add(role, place.span, reference, usage);
  for (const { usages } of workspace.usages(path).slice(0, 1))
    for (const usage of usages) if (usage.kind === 'metadata' && !usage.within) addRows(usage, (at, form) => add('write', at, form, usage));
  const counts = new Map<string, number>();
  for (const { at } of found.values()) counts.set(`${at.start} ${at.end}`, (counts.get(`${at.start} ${at.end}`) ?? 0) + 1);
  return [...found.values()]
    .map(use => ({ ...use, forms: counts.get(`${use.at.start} ${use.at.end}`) ?? 1 }))
    .sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
}

/** A registry that a job on one of GitHub's machines reaches as its own: whoever has one at the same address here has another. */
function isOnRunner(form: Template, { job }: Usage): boolean {
  return isInThrowawayRegistry(form) && isGitHubHosted(job) !== false;
}

type Uses = (path: string) => readonly TagUse[];

function roles(flow: TagFlow): readonly (readonly [ImageUse['role'], Uses])[] {
  const inFile = (uses: readonly TagUse[]) => (path: string) => uses.filter(({ place }) => place.path === path);
  return [
    ['write', inFile(flow.writes)],
    ['read', inFile(flow.reads)],
    ['cache', inFile(flow.caches)],
  ];
}

/** What the rows of docker/metadata-action make of its images: the tags are written here, and pushed by a later step. */
function addRows({ images, rows }: Metadata, add: (at: Span, form: Template) => void): void {
  for (const { item, tag } of rows)
    for (const image of images.flatMap(({ template }) => alternatives(template)))
      for (const value of alternatives(tag)) if (value.length > 0) add(item.span, [...image, ...derived(':', item.span), ...value]);
}
