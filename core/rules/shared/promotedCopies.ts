import { matchNames } from '../../image/match.ts';
import { referenceParts } from '../../image/mobility.ts';
import { alternatives, display, literal, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { ofKind } from '../../usage/order.ts';
import type { Build, Item, Push, Retag } from '../../usage/usage.ts';
import type { Job } from '../../workflow/model.ts';

/** Whether a retag merges what the workflow's builds pushed by digest: then the index is new and had no name before. */
export function byDigestMerge({ from, others = [], to }: Retag, file: WorkflowUsage): boolean {
  const builds = ofKind(file.sequence, 'build').filter(({ byDigest }) => byDigest);
  if (builds.length === 0) return false;
  if (others.length > 0 || alternatives(from.template).some(form => isMade(referenceParts(form).digest))) return true;
  const names = alternatives(to.template).map(form => referenceParts(form).name);
  return builds.some(
    ({ tags }) => tags.length === 0 || tags.some(({ template }) => names.some(name => matchNames(template, name, 'run') !== 'never')),
  );
}

/** A digest that comes from somewhere: one that is written out names an image that was there before. */
function isMade(digest: Template | undefined): boolean {
  return digest !== undefined && literal(digest) === undefined;
}

/** Whether what is pushed is a mirror: it has the tag of what it copies, so that two runs write the same. */
export function isMirror(usage: Build | Push | Retag, file: WorkflowUsage): boolean {
  if (usage.kind === 'build') return false;
  return usage.kind === 'retag' ? hasSameTags(usage) : mirrors(file).get(usage.job)?.has(display(usage.reference.template)) === true;
}

const mirrorsByFile = new WeakMap<WorkflowUsage, ReadonlyMap<Job, ReadonlySet<string>>>();

/** Names that a job gives other people's images on its machine, the tag kept. */
function mirrors(file: WorkflowUsage): ReadonlyMap<Job, ReadonlySet<string>> {
  const before = mirrorsByFile.get(file);
  if (before) return before;
  const found = new Map<Job, Set<string>>();
  for (const usage of file.sequence) {
    if (usage.kind !== 'retag' || usage.remote || !hasSameTags(usage) || isBuilt([usage.from], file)) continue;
    found.set(usage.job, (found.get(usage.job) ?? new Set()).add(display(usage.to.template)));
  }
  mirrorsByFile.set(file, found);
  return found;
}

function hasSameTags({ from, to }: Retag): boolean {
  const tags = (item: Item) => alternatives(item.template).map(form => referenceParts(form).tag?.value ?? []);
  return tags(to).every(tag => tags(from).some(other => display(other) === display(tag)));
}

/** Whether one of the references is of a repository that the workflow's builds make, or nobody can tell. */
export function isBuilt(items: readonly Item[], file: WorkflowUsage): boolean {
  const forms = items.flatMap(({ template }) => alternatives(template));
  // Neither what nobody knows nor a list in one value is a reference that could be compared.
  if (forms.some(form => form.every(({ kind }) => kind === 'hole') || form.some(part => part.kind === 'text' && /[\s,]/.test(part.text))))
    return true;
  const built = ofKind(file.sequence, 'build').flatMap(({ tags }) => tags.flatMap(({ template }) => alternatives(template)));
  return built.some(tag => forms.some(form => matchNames(referenceParts(tag).name, referenceParts(form).name, 'run') !== 'never'));
}
