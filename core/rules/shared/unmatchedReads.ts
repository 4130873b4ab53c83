import { match } from '../../image/match.ts';
import { referenceParts, tagOf } from '../../image/mobility.ts';
import { alternatives, display, type HolePart, holes, type Template } from '../../image/template.ts';
import { isSameAtEcr } from '../../usage/ecr.ts';
import { besides } from '../../usage/order.ts';
import { isInThrowawayRegistry } from '../../usage/throwaway.ts';
import type { Deploy, Pull, Retag, Usage } from '../../usage/usage.ts';
import { maxCompared, nearnessOf, type TagUse, type TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';

export type Reader = Deploy | Pull | Retag;

/** A tag that is read from a repository whose every writer is known, and that none of them gives. */
export interface UnmatchedRead {
  readonly read: TagUse<Reader>;
  readonly tag: Template;
  /** All that is written to the repository. */
  readonly writes: readonly TagWrite[];
  /** The one whose tag is made of the same value in another form. */
  readonly nearest?: TagWrite;
}

type ByReader = Map<Reader, readonly UnmatchedRead[]>;

const known = new WeakMap<readonly TagWrite[], WeakMap<RuleContext['usage'], ByReader>>();

/** The forms in which a usage reads a tag that nothing in the workspace can produce. What is unknown on either side may be anything, so nothing is said of it. */
export function unmatchedReads(usage: Reader, context: RuleContext): readonly UnmatchedRead[] {
  const { flow, policy } = context.workspace;
  // Two rules ask. The list of all writes is made anew whenever one of them changes.
  const files = known.get(flow.writes) ?? new WeakMap<RuleContext['usage'], ByReader>();
  known.set(flow.writes, files);
  const reads: ByReader = files.get(context.usage) ?? new Map();
  files.set(context.usage, reads);
  const found = reads.get(usage) ?? findUnmatched(usage, context);
  reads.set(usage, found);
  return found.filter(({ read, tag }) => !policy.isExternalTag(display(read.parts.name), display(tag)));
}

function findUnmatched(usage: Reader, context: RuleContext): readonly UnmatchedRead[] {
  const { workspace, path } = context;
  if (usage.failure === 'ignored' || (usage.kind === 'retag' && !usage.remote)) return [];
  // Somebody whom nobody can follow may push whatever it likes.
  if (workspace.flow.opaque.length > 0) return [];
  const items = usage.kind === 'retag' ? [usage.from, ...(usage.others ?? [])] : [usage.reference];
  return items.flatMap(item =>
    alternatives(item.template).flatMap((reference): readonly UnmatchedRead[] => {
      const parts = referenceParts(reference);
      if (parts.digest || parts.open || parts.name.length === 0 || isInThrowawayRegistry(reference)) return [];
      const read = { path, usage, item, place: { path, span: item.span }, reference, parts };
      const found = unmatched(read, context);
      return found ? [found] : [];
    }),
  );
}

function unmatched(read: TagUse<Reader>, { workspace: { flow }, path, usage: file }: RuleContext): UnmatchedRead | undefined {
  const { name } = read.parts;
  const all = flow.writesTo(name, 'maybe', path);
  if (all.length > maxCompared) return undefined;
  // What puts back what this very read brought produces nothing.
  const others = all.filter(write => write.usage !== read.usage);
  const putsBack = (write: TagWrite) => flow.origin(write).some(({ at, job }) => at === read.usage.at && job === read.usage.job);
  if (others.some(write => (write.parts.open || mayGive(write, read)) && !putsBack(write))) return undefined;
  const same = new Set(flow.writesTo(name, 'same', path));
  const writes = others.filter(write => (same.has(write) || isSameAtEcr(write.parts.name, name)) && !putsBack(write));
  const tag = filledTag(read);
  if (writes.length === 0) return undefined;
  // An image that the job made before is on its machine, whatever the registry holds.
  const here = besides(file, read.usage);
  if (here.slice(0, here.indexOf(read.usage)).some(other => makesLocally(other, read))) return undefined;
  const nearest = writes.find(write => isNear(filledTag(write), tag));
  return { read, tag, writes, ...(nearest && { nearest }) };
}

function mayGive(write: TagWrite, read: TagUse): boolean {
  return !write.parts.digest && match(filledTag(write), filledTag(read), nearnessOf(read, write)) !== 'never';
}

function makesLocally(usage: Usage, read: TagUse): boolean {
  const made = usage.kind === 'build' ? usage.tags : usage.kind === 'retag' ? [usage.to] : [];
  return made.some(({ template }) =>
    alternatives(template).some(form => {
      const parts = referenceParts(form);
      return parts.open || match(form, read.reference, 'job') !== 'never';
    }),
  );
}

/** Without a tag, `latest` is meant. */
function filledTag({ parts, reference, usage }: TagUse): Template {
  return filled(tagOf(parts, reference[0]?.at), usage.events);
}

/** A pull request's number is empty with other events, but not where only pull requests start the step. */
function filled(tag: Template, events: readonly string[]): Template {
  return tag.map(part => {
    if (part.kind !== 'hole' || !part.events || !events.every(event => part.events?.has(event))) return part;
    const { events: _with, ...always } = part;
    return always;
  });
}

/** Made of the same commit or the same number, but cut, spelled or decorated in another way. */
function isNear(written: Template, wanted: Template): boolean {
  return holes(wanted).some(part => holes(written).some(other => isOneThing(part, other)));
}

const commits: ReadonlySet<string> = new Set(['sha40', 'shortSha']);

function isOneThing(a: HolePart, b: HolePart): boolean {
  if (a.shape === 'unknown' || b.shape === 'unknown') return false;
  return a.source === b.source || (commits.has(a.shape) && commits.has(b.shape));
}
