import { lintFile } from './lint.ts';
import type { FileEdit, Finding } from './rules/rule.ts';
import { applyEdits, intersects } from './text/span.ts';
import type { Workspace } from './workspace/workspace.ts';

/** Fixes that wait for each other's place come to rest soon; what does not is left as it is then. */
const maximumRounds = 50;

/** A fix with the finding that it is to take away. */
interface Offer {
  readonly finding: Finding;
  readonly edits: readonly FileEdit[];
}

/** Which fixes are meant; without any of these, the safe ones. */
export interface Wanted {
  readonly suggestions?: boolean;
  /** Of this rule only. */
  readonly rule?: string | undefined;
}

type Texts = ReadonlyMap<string, string>;

/**
 * Applies the fixes that are wanted in these files to the workspace's texts, until none is left; answers
 * how many. A fix is applied whole or not at all, only inside the given files, and taken back where the YAML would no longer parse or its
 * finding would stay. Applied to what it leaves, it changes nothing more.
 */
export function applyFixes(workspace: Workspace, paths: readonly string[], wanted: Wanted = {}): number {
  const states: Texts[] = [textsOf(workspace, paths)];
  let applied = 0;
  for (let round = 0; round < maximumRounds; round++) {
    const offers = disjoint(offered(workspace, paths, wanted));
    const done = accepts(workspace, offers) ? offers.length : oneByOne(workspace, offers);
    if (done === 0) return applied;
    applied += done;
    const now = textsOf(workspace, paths);
    const before = states.findIndex(state => paths.every(path => state.get(path) === now.get(path)));
    if (before >= 0) {
      // They undo each other: of what they go round in, the same text is left wherever they began.
      restore(
        workspace,
        states.slice(before).reduce((a, b) => (written(b) < written(a) ? b : a)),
      );
      return applied;
    }
    states.push(now);
  }
  return applied;
}

function offered(workspace: Workspace, paths: readonly string[], { suggestions = false, rule }: Wanted): readonly Offer[] {
  const ours = new Set(paths);
  return paths
    .flatMap((path): readonly Finding[] => lintFile(workspace, path))
    .flatMap(finding => {
      const { fix } = finding;
      if (rule !== undefined && finding.rule !== rule) return [];
      return fix && (fix.safe || suggestions) && fix.edits.every(({ path }) => ours.has(path)) ? [{ finding, edits: fix.edits }] : [];
    });
}

/** The fixes that do not touch an earlier one's place; the others have their turn in the next round. */
function disjoint(offers: readonly Offer[]): readonly Offer[] {
  const taken: FileEdit[] = [];
  return offers.filter(({ edits }) => {
    if (edits.some(edit => taken.some(other => other.path === edit.path && intersects(other.span, edit.span)))) return false;
    taken.push(...edits);
    return true;
  });
}

/** Applies these fixes and keeps them where their findings are gone and the YAML is whole; else the texts stay as they were. */
function accepts(workspace: Workspace, offers: readonly Offer[]): boolean {
  if (offers.length === 0) return false;
  const edits = offers.flatMap(offer => offer.edits);
  const touched = [...new Set(edits.map(({ path }) => path))];
  const watched = [...new Set([...touched, ...offers.map(({ finding }) => finding.path)])];
  const before = textsOf(workspace, touched);
  const had = counts(workspace, watched);
  for (const [path, text] of before) {
    const own = edits.filter(edit => edit.path === path);
    workspace.set(path, applyEdits(text, own));
  }
  const has = counts(workspace, watched);
  for (const { finding } of offers) had.set(key(finding), (had.get(key(finding)) ?? 0) - 1);
  const gone = offers.every(({ finding }) => (has.get(key(finding)) ?? 0) <= (had.get(key(finding)) ?? 0));
  const whole = watched.every(path => !has.has(key({ rule: 'invalid-yaml', path })));
  if (!gone || !whole) restore(workspace, before);
  return gone && whole;
}

/** One of them is not what it should be: each by itself, at the place where the earlier ones have moved it. */
function oneByOne(workspace: Workspace, offers: readonly Offer[]): number {
  let left = offers;
  let applied = 0;
  for (let [offer] = left; offer !== undefined; [offer] = left) {
    left = left.slice(1);
    if (!accepts(workspace, [offer])) continue;
    applied++;
    const { edits } = offer;
    left = left.map(other => ({ ...other, edits: other.edits.map(edit => moved(edit, edits)) }));
  }
  return applied;
}

/** An edit where its text lies after others, which do not touch it, were made. */
function moved(edit: FileEdit, made: readonly FileEdit[]): FileEdit {
  const earlier = made.filter(({ path, span }) => path === edit.path && span.end <= edit.span.start);
  const shift = earlier.reduce((sum, { span, text }) => sum + text.length - (span.end - span.start), 0);
  return { ...edit, span: { start: edit.span.start + shift, end: edit.span.end + shift } };
}

function counts(workspace: Workspace, paths: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const finding of paths.flatMap((path): readonly Finding[] => lintFile(workspace, path))) {
    found.set(key(finding), (found.get(key(finding)) ?? 0) + 1);
  }
  return found;
}

function key({ rule, path }: Pick<Finding, 'rule' | 'path'>): string {
  return `${rule} ${path}`;
}

function textsOf(workspace: Workspace, paths: readonly string[]): Texts {
  return new Map(paths.map(path => [path, workspace.text(path) ?? '']));
}

function restore(workspace: Workspace, texts: Texts): void {
  for (const [path, text] of texts) workspace.set(path, text);
}

function written(texts: Texts): string {
  return [...texts].map(([path, text]) => `${path}\n${text}`).join('\n');
}
