import { type LoadedPolicy, loadPolicy } from '../policy/load.ts';
import { noPolicy, type Policy } from '../policy/policy.ts';
import { LineMap } from '../text/lines.ts';
import { analyze, type WorkflowUsage } from '../usage/analyze.ts';
import { excessiveSize, parseWorkflow } from '../workflow/parse.ts';
import { fileKind, policyPaths } from './paths.ts';
import { type TagFlow, WorkspaceFlow } from './tagFlow.ts';

interface File {
  readonly text: string;
  lines?: LineMap;
  usage?: WorkflowUsage;
}

/** The workflow and action files of one workspace folder, each read once per text. Paths are relative to the folder, with `/`. */
export class Workspace {
  readonly #files = new Map<string, File>();
  readonly #others = new Map<string, string | undefined>();
  readonly #wanted = new Set<string>();
  readonly #flow = new WorkspaceFlow();
  /** Files that changed since the flow was asked for. */
  readonly #changed = new Set<string>();
  #named: string | undefined;
  #policy: { readonly text: string; readonly loaded: LoadedPolicy } | undefined;

  /** What the policy file says; nothing where there is none, or where it cannot be read as one. */
  get policy(): Policy {
    const text = this.policyPath === undefined ? undefined : this.text(this.policyPath);
    if (text === undefined) return noPolicy;
    if (this.#policy?.text !== text) this.#policy = { text, loaded: loadPolicy(text) };
    return this.#policy.loaded.policy;
  }

  /** The file that the policy is read from. */
  get policyPath(): string | undefined {
    return this.#named ?? policyPaths.find(path => this.#files.has(path));
  }

  /** Whether the file is read as a policy: the one that counts, or one that another goes before. */
  isPolicy(path: string): boolean {
    return path === this.#named || policyPaths.includes(path);
  }

  /** Takes the policy from this file, which is set like any other, in place of the one that lies in the workspace. */
  namePolicy(path: string): void {
    this.#named = path;
  }

  /**
   * The text of a file that a workflow names: a Dockerfile, a script, a bake file. `undefined` where it is missing or was not read yet:
   * then it is wanted, and whoever holds the disk reads it and sets it.
   */
  file(path: string): string | undefined {
    if (this.#files.has(path)) return this.#files.get(path)?.text;
    if (!this.#others.has(path)) this.#wanted.add(path);
    return this.#others.get(path);
  }

  /** Who writes and reads each tag in all files. */
  get flow(): TagFlow {
    for (const path of this.#changed) this.#flow.set(path, this.usage(path));
    this.#changed.clear();
    return this.#flow;
  }

  /** Paths that were asked for and have not been read, each once. */
  takeWanted(): readonly string[] {
    const paths = [...this.#wanted];
    this.#wanted.clear();
    return paths;
  }

  /** What a wanted file holds; `undefined` for one that is not there. */
  setOther(path: string, text: string | undefined): void {
    this.#others.set(path, text);
  }

  /** Adds a file or replaces its text; the same text again changes nothing. */
  set(path: string, text: string): void {
    if (this.#files.get(path)?.text === text) return;
    this.#files.set(path, { text });
    this.#changed.add(path);
  }

  delete(path: string): void {
    this.#files.delete(path);
    this.#changed.add(path);
  }

  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  text(path: string): string | undefined {
    return this.#files.get(path)?.text;
  }

  /** Undefined for a file that the workspace does not hold. */
  lines(path: string): LineMap | undefined {
    const file = this.#files.get(path);
    if (!file) return undefined;
    file.lines ??= new LineMap(file.text);
    return file.lines;
  }

  /** What the file does with images; `undefined` for a file that is not held, is too large to be read, or is a policy. */
  usage(path: string): WorkflowUsage | undefined {
    const file = this.#files.get(path);
    if (!file || this.isPolicy(path) || excessiveSize(file.text) !== undefined) return undefined;
    // A file that was named by hand and lies elsewhere is read as a workflow.
    file.usage ??= analyze(parseWorkflow(path, file.text, fileKind(path) ?? 'workflow'), other => this.file(other));
    return file.usage;
  }
}
