import { access, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pLimit from 'p-limit';
import { type Baseline, type BaselineEntry, baselineEntry, unknownTo } from '../core/baseline.ts';
import { applySafeFixes } from '../core/fix.ts';
import { lintFile } from '../core/lint.ts';
import { type Finding, type Severity, severityRank } from '../core/rules/rule.ts';
import { LineMap } from '../core/text/lines.ts';
import type { Place } from '../core/text/span.ts';
import { diskTree, readText } from '../core/workspace/disk.ts';
import { fileKind, policyPaths } from '../core/workspace/paths.ts';
import { search } from '../core/workspace/search.ts';
import { decodeText, type Tree } from '../core/workspace/tree.ts';
import { giveWanted, settle } from '../core/workspace/wanted.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import { type Group, reason, workspaceAbove } from './discover.ts';
import type { Report } from './formats/report.ts';

/** Files of a group that are read side by side. */
const filesAtOnce = 32;

/** Folders that are searched for the other files of a workspace when only one of its files was named. */
const maximumContextFolders = 2000;

/** Files that a rule asked for may lead to others, so often at most. */
const maximumRounds = 5;

/** A policy file that was named on the command line. */
export interface NamedPolicy {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

/** What one thread found, as plain data. */
export interface Part {
  readonly findings: readonly Finding[];
  readonly problems: readonly string[];
  readonly files: number;
  /** The texts of the files with findings, by the paths that are shown. */
  readonly texts: readonly (readonly [path: string, text: string])[];
}

/** What was found in several workspaces, under the paths that are shown. */
export class Results {
  readonly findings: Finding[] = [];
  /** Sentences about files that could not be read, checked or written. */
  readonly problems: string[] = [];
  /** Paths are shown from here. */
  readonly cwd: string;
  readonly #policy: NamedPolicy | undefined;
  readonly #lines = new Map<string, LineMap>();
  #files = 0;
  #fixed = 0;

  /** `policy` goes before those that lie in the workspaces. */
  constructor(cwd: string, policy?: NamedPolicy) {
    this.cwd = cwd;
    this.#policy = policy;
  }

  /** Checks a group's files, `given` texts in place of saved ones; with `fix`, safe fixes are applied and written first. */
  async add(group: Group, { fix = false, given = new Map<string, string>() } = {}): Promise<void> {
    const { root, files } = group;
    const workspace = await this.#context(group);
    const checked: string[] = [];
    const several = pLimit(filesAtOnce);
    const texts = await Promise.all(files.map(path => given.get(path) ?? several(() => this.#read(root, path))));
    for (const [index, path] of files.entries()) {
      const text = texts[index];
      if (text === undefined) continue;
      workspace.set(path, text);
      checked.push(path);
    }
    const policies = await this.#takePolicy(workspace, root);
    const treeOf = (folder: string) => diskTree(join(root, folder));
    await settle(workspace, checked, treeOf);
    if (fix) await this.#fix(workspace, root, checked);
    // What is wrong with the policy bears on every file, whichever were asked about; it is said once.
    const findings = await this.#lint(workspace, root, [...new Set([...checked, ...policies])], treeOf);
    for (const found of findings) this.#take(workspace, root, found);
    this.#files += checked.length;
  }

  /** The findings of each file, once nothing is asked for any more that could be read. */
  async #lint(workspace: Workspace, root: string, paths: readonly string[], treeOf: (folder: string) => Tree): Promise<readonly Finding[]> {
    const findings = new Map<string, readonly Finding[]>();
    let left = paths;
    for (let round = 0; round < maximumRounds && left.length > 0; round++) {
      for (const path of left) findings.set(path, this.#check(workspace, root, path));
      left = (await giveWanted(workspace, treeOf)).length > 0 ? paths : [];
    }
    return [...findings.values()].flat();
  }

  /** All that was found, as another thread can take it. */
  part(): Part {
    const texts = [...this.#lines].map(([path, lines]) => [path, lines.text] as const);
    return { findings: this.findings, problems: this.problems, files: this.#files, texts };
  }

  /** Takes in what another thread found. */
  include({ findings, problems, files, texts }: Part): void {
    this.findings.push(...findings);
    this.problems.push(...problems);
    this.#files += files;
    for (const [path, text] of texts) this.#lines.set(path, new LineMap(text));
  }

  /** Each finding with its place in a baseline that lies in `folder`. */
  entries(folder: string): readonly { readonly finding: Finding; readonly entry: BaselineEntry }[] {
    return this.findings.flatMap(finding => {
      const lines = this.#lines.get(finding.path);
      const path = relative(folder, join(this.cwd, finding.path)).replaceAll('\\', '/');
      return lines ? [{ finding, entry: baselineEntry(finding, path, lines) }] : [];
    });
  }

  /** Leaves out the findings that a baseline in `folder` knows; answers how many they are. */
  withoutKnown(baseline: Baseline, folder: string): number {
    const kept = unknownTo(baseline, this.entries(folder)).map(({ finding }) => finding);
    const known = this.findings.length - kept.length;
    this.findings.splice(0, this.findings.length, ...kept);
    return known;
  }

  report(least: Severity): Report {
    const hidden: Partial<Record<Severity, number>> = {};
    const findings = this.findings.filter(({ severity }) => {
      const shown = severityRank(severity) <= severityRank(least);
      if (!shown) hidden[severity] = (hidden[severity] ?? 0) + 1;
      return shown;
    });
    findings.sort((a, b) => compare(a.path, b.path) || a.span.start - b.span.start || a.span.end - b.span.end || compare(a.rule, b.rule));
    return { files: this.#files, findings, fixed: this.#fixed, hidden, lines: path => this.#lines.get(path) };
  }

  /** A workspace with the files that were not asked about but lie in it: rules look across files. */
  async #context({ root, files }: Group): Promise<Workspace> {
    const workspace = new Workspace();
    if (!files.some(path => workspaceAbove(join(root, path)) === root)) return workspace;
    const tree = diskTree(root);
    const own = new Set(files);
    for (const path of await search(tree, { wanted: one => fileKind(one) !== undefined, maximumFolders: maximumContextFolders })) {
      const text = own.has(path) ? undefined : await tree.read(path);
      if (text !== undefined) workspace.set(path, text);
    }
    return workspace;
  }

  /** Gives the workspace its policy; answers the policy files that are to be checked. */
  async #takePolicy(workspace: Workspace, root: string): Promise<readonly string[]> {
    if (this.#policy) {
      const path = relative(root, this.#policy.file).replaceAll('\\', '/');
      workspace.namePolicy(path);
      workspace.set(path, this.#policy.text);
      return this.#lines.has(this.#shown(root, path)) ? [] : [path];
    }
    const tree = diskTree(root);
    for (const path of policyPaths) {
      if (workspace.text(path) !== undefined) continue;
      const text = await tree.read(path);
      if (text !== undefined) workspace.set(path, text);
      else if (await exists(join(root, path))) {
        this.problems.push(`Cannot read the policy ${this.#shown(root, path)}: it is no UTF-8 text, or lies outside the repository.`);
      }
    }
    return policyPaths.filter(path => workspace.text(path) !== undefined);
  }

  async #read(root: string, path: string): Promise<string | undefined> {
    const text = await readText(join(root, path)).catch((error: NodeJS.ErrnoException) => error);
    if (typeof text === 'string') return text;
    this.problems.push(`Cannot read ${this.#shown(root, path)}: ${text ? reason(text) : 'it is no UTF-8 text'}.`);
    return undefined;
  }

  // One file that we stumble over must not cost the findings of the others.
  #check(workspace: Workspace, root: string, path: string): readonly Finding[] {
    try {
      return lintFile(workspace, path);
    } catch (error) {
      const problem = `Cannot check ${this.#shown(root, path)}: ${(error as Error).message}. This is a mistake in Tallyman.`;
      if (!this.problems.includes(problem)) this.problems.push(problem);
      return [];
    }
  }

  /** Keeps a finding under the paths that are shown. */
  #take(workspace: Workspace, root: string, finding: Finding): void {
    const moved = <T extends Place>(place: T): T => {
      const lines = workspace.lines(place.path);
      const shown = this.#shown(root, place.path);
      if (lines) this.#lines.set(shown, lines);
      return { ...place, path: shown };
    };
    const { related, fix } = finding;
    this.findings.push({ ...moved(finding), related: related.map(moved), ...(fix && { fix: { ...fix, edits: fix.edits.map(moved) } }) });
  }

  async #fix(workspace: Workspace, root: string, paths: readonly string[]): Promise<void> {
    const before = new Map(paths.map(path => [path, workspace.text(path) ?? '']));
    try {
      this.#fixed += applySafeFixes(workspace, paths);
    } catch (error) {
      this.problems.push(`Cannot fix what lies in ${this.#shown(root, '')}: ${(error as Error).message}. This is a mistake in Tallyman.`);
      for (const [path, text] of before) workspace.set(path, text);
    }
    for (const [path, text] of before) {
      const fixed = workspace.text(path) ?? text;
      if (fixed === text) continue;
      const failed = await replace(join(root, path), text, fixed).catch(reason);
      if (failed) this.problems.push(`Cannot write ${this.#shown(root, path)}: ${failed}.`);
    }
  }

  #shown(root: string, path: string): string {
    return relative(this.cwd, join(root, path)).replaceAll('\\', '/');
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file that still holds `before`, keeping its byte order mark; answers what stands in the way. */
async function replace(path: string, before: string, after: string): Promise<string | undefined> {
  const bytes = await readFile(path);
  if (decodeText(bytes) !== before) return 'it changed meanwhile';
  const mark = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? '\ufeff' : '';
  await writeFile(path, mark + after);
  return undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
