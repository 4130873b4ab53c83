import { matchNames } from '../image/match.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, literal, type Template } from '../image/template.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { besides } from '../usage/order.ts';
import type { Build, Item, Push, Retag } from '../usage/usage.ts';

/** Whether a retag merges what the workflow's builds pushed by digest: then the index is new and had no name before. */
export function byDigestMerge({ from, others = [], to }: Retag, file: WorkflowUsage): boolean {
  const builds = file.sequence.filter((other): other is Build => other.kind === 'build' && other.byDigest);
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
  if (usage.kind === 'retag') return hasSameTags(usage);
  const name = display(usage.reference.template);
  return besides(file, usage).some(
    other =>
      other.kind === 'retag' && !other.remote && display(other.to.template) === name && hasSameTags(other) && !isBuilt([other.from], file),
  );
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
  const built = file.sequence.flatMap(other =>
    other.kind === 'build' ? other.tags.flatMap(({ template }) => alternatives(template)) : [],
  );
  return built.some(tag => forms.some(form => matchNames(referenceParts(tag).name, referenceParts(form).name, 'run') !== 'never'));
}
