import type { Policy } from '../policy/policy.ts';
import { LineMap } from '../text/lines.ts';
import type { Steps } from '../text/steps.ts';
import { analyze, analyzeInSteps, type WorkflowUsage } from '../usage/analyze.ts';
import { callerEvent } from '../usage/events.ts';
import type { Files } from '../usage/files.ts';
import { type Start, startsOf } from '../usage/starts.ts';
import type { Workflow } from '../workflow/model.ts';
import { excessiveSize, parseWorkflow } from '../workflow/parse.ts';
import { CallIndex } from './callers.ts';
import { Checkouts } from './checkouts.ts';
import { Dependents } from './dependents.ts';
import { Others } from './others.ts';
import { fileKind, isLifecyclePath } from './paths.ts';
import { PolicyFile } from './policyFile.ts';
import type { Prepared } from './prepared.ts';
import { type TagFlow, WorkspaceFlow } from './tagFlow.ts';
import { variantKey } from './variants.ts';

interface File {
  readonly text: string;
  lines?: LineMap;
  workflow?: Workflow;
}

/**
 * The files of one workspace folder, each read once per text. Paths are relative to the folder, with `/`. A change is felt by what was
 * made from the file and by nothing else.
 */
export class Workspace {
  /** Workflows and actions: what is checked. */
  readonly #files = new Map<string, File>();
  readonly #others = new Others<File>();
  readonly #checkouts = new Checkouts();
  readonly #calls = new CallIndex();
  readonly #usages = new Map<string, readonly WorkflowUsage[]>();
  /** Results are `usage path`, sources are these and `text path`. */
  readonly #dependents = new Dependents();
  /** What the analyses that are under way read, the innermost last. */
  readonly #reading: Set<string>[] = [];
  readonly #running = new Set<string>();
  readonly #flow = new WorkspaceFlow(path => this.#files.has(path));
  /** Files whose uses may have changed since the flow was asked for. */
  readonly #changed = new Set<string>();
  readonly #analysed: (path: string) => void;
  /** Counts all that may make a result another. */
  #stirred = 0;
  #prepared: Prepared | undefined;
  readonly #policy = new PolicyFile(path => this.text(path));

  /** `analysed` is told of each analysis of a file. */
  constructor(analysed: (path: string) => void = () => undefined) {
    this.#analysed = analysed;
  }

  /** What the policy file says; nothing where there is none, or where it cannot be read as one. */
  get policy(): Policy {
    return this.#policy.policy;
  }

  /** The file that the policy is read from. */
  get policyPath(): string | undefined {
    return this.#policy.path;
  }

  /** Whether the file is read as a policy: the one that counts, or one that another goes before. */
  isPolicy(path: string): boolean {
    return this.#policy.is(path);
  }

  /** Takes the policy from this file, which is set like any other, in place of the one that lies in the workspace. */
  namePolicy(path: string): void {
    this.#policy.name(path);
    this.#forget(...this.#dependents.of(policySource));
  }

  /**
   * The text of a file that a workflow names: a Dockerfile, a script, a bake file. `undefined` where it is missing or was not read yet:
   * then it is wanted, and whoever holds the disk reads it and sets it.
   */
  file(path: string): string | undefined {
    return this.#read(path)?.text;
  }

  /** Who writes and reads each tag in all files. */
  get flow(): TagFlow {
    // Reading one file's uses may want others, but changes none.
    for (const path of this.#changed) this.#flow.set(path, this.#files.has(path) ? this.usages(path) : []);
    this.#changed.clear();
    return this.#flow;
  }

  /** Paths that were asked for and have not been read, each once. */
  takeWanted(): readonly string[] {
    return this.#others.takeWanted();
  }

  /** Whether something has asked for the file, so that what becomes of it matters. */
  isWanted(path: string): boolean {
    return this.#others.isWanted(path);
  }

  /** Where a wanted file lies: `''` for the workspace's folder, or a checkout, relative to it; `undefined` for neither. */
  folderOf(path: string): string | undefined {
    return this.#checkouts.folderOf(path);
  }

  /** Takes where checkouts of other repositories lie that are open beside this folder; the policy's own go before them. */
  setBeside(folders: ReadonlyMap<string, string>): void {
    if (this.#checkouts.setBeside(folders)) this.#forget(...this.#dependents.of(policySource));
  }

  /** What a wanted file holds; `undefined` for one that is not there. Answers whether anything was made from it. */
  setOther(path: string, text: string | undefined): boolean {
    if (!this.#others.set(path, text, text => ({ text })) || this.#files.has(path)) return false;
    return this.#forgetText(path);
  }

  /** Adds a file or replaces its text; the same text again changes nothing. */
  set(path: string, text: string): void {
    if (this.#files.get(path)?.text === text) return;
    this.#files.set(path, { text });
    this.#change(path, text);
  }

  delete(path: string): void {
    if (!this.#files.delete(path)) return;
    this.#change(path, undefined);
    this.#dependents.delete(`usage ${path}`);
  }

  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  text(path: string): string | undefined {
    return this.#files.get(path)?.text;
  }

  /** Undefined for a file that the workspace does not hold. */
  lines(path: string): LineMap | undefined {
    const file = this.#files.get(path) ?? this.#others.get(path);
    if (!file) return undefined;
    file.lines ??= new LineMap(file.text);
    return file.lines;
  }

  /** How much is kept beside the files themselves: it must not grow with the number of changes. */
  get size(): number {
    return this.#others.size + this.#usages.size + this.#dependents.size + this.#flow.size;
  }

  /** What the file does with images; `undefined` for one that is not held, is too large to be read, or is a policy. Of one that others call, the first call. */
  usage(path: string): WorkflowUsage | undefined {
    return this.usages(path)[0];
  }

  /**
   * What the file does with images in each way in which it runs: when its own events start it, and for each call of the workspace with
   * the values of that call. Calls that give it the same count once.
   */
  usages(path: string): readonly WorkflowUsage[] {
    this.#reading.at(-1)?.add(`usage ${path}`);
    const known = this.#usages.get(path);
    if (known || this.#running.has(path)) return known ?? [];
    this.#running.add(path);
    const read = new Set<string>();
    this.#reading.push(read);
    try {
      const usages = this.#variants(path);
      this.#usages.set(path, usages);
      this.#dependents.set(`usage ${path}`, read);
      return usages;
    } finally {
      this.#reading.pop();
      this.#running.delete(path);
    }
  }

  /**
   * Reads and analyses a file's own runs a little at a time, so that `usages` has less to do at once. Whatever changes meanwhile makes
   * it worthless, never wrong.
   */
  *prepare(path: string): Steps<void> {
    if (this.#usages.has(path) || this.#running.has(path) || !this.#files.has(path) || this.isPolicy(path) || isLifecyclePath(path)) return;
    const changes = this.#stirred;
    const workflow = this.#workflow(path);
    if (!workflow) return;
    yield;
    const read = new Set<string>();
    const starts = this.#ownStarts(path, workflow);
    const steps = analyzeInSteps(workflow, this.asFiles, starts);
    while (this.#stirred === changes && !this.#usages.has(path)) {
      this.#reading.push(read);
      const { done, value } = steps.next();
      this.#reading.pop();
      if (done) {
        this.#prepared = { workflow, starts, usage: value, read, changes };
        return;
      }
      yield;
    }
  }

  /** Brings the tag flow up to date a little at a time. */
  *prepareFlow(): Steps<void> {
    for (const path of [...this.#changed]) {
      yield* this.prepare(path);
      if (!this.#changed.has(path)) continue;
      this.#flow.set(path, this.#files.has(path) ? this.usages(path) : []);
      this.#changed.delete(path);
      yield;
    }
  }

  /** How a file's runs begin that no call of the workspace stands for. */
  #ownStarts(path: string, workflow: Workflow, called = [...this.#calls.of(path)].length > 0): readonly Start[] {
    const starts = startsOf(workflow);
    // An action in the root is there for other repositories too.
    return !called || path === 'action.yml' || path === 'action.yaml' ? starts : starts.filter(({ event }) => event !== callerEvent);
  }

  #analyze(workflow: Workflow, starts: readonly Start[]): WorkflowUsage {
    const prepared = this.#prepared;
    if (prepared?.workflow !== workflow || prepared.changes !== this.#stirred || prepared.starts.length !== starts.length)
      return analyze(workflow, this.asFiles, starts);
    for (const source of prepared.read) this.#reading.at(-1)?.add(source);
    this.#prepared = undefined;
    return prepared.usage;
  }

  #variants(path: string): readonly WorkflowUsage[] {
    const workflow = this.#workflow(path);
    if (!workflow || !this.#files.has(path) || this.isPolicy(path) || isLifecyclePath(path)) return [];
    const variants = new Map<string, WorkflowUsage>();
    for (const caller of this.#calls.of(path)) {
      if (caller === path) continue;
      for (const { calls } of this.usages(caller)) {
        for (const usage of calls) if (usage.call && usage.workflow === workflow) variants.set(variantKey(usage.call), usage);
      }
    }
    const own = this.#ownStarts(path, workflow, variants.size > 0);
    if (own.length === 0 && variants.size > 0) return [...variants.values()];
    this.#analysed(path);
    return [this.#analyze(workflow, own), ...variants.values()];
  }

  /** The workspace as an analysis reads it. */
  readonly asFiles: Files = {
    text: path => this.file(path),
    workflow: path => this.#workflow(path),
    checkout: repository => {
      this.#reading.at(-1)?.add(policySource);
      return this.#checkouts.of(repository, this.policy.checkout(repository));
    },
  };

  #workflow(path: string): Workflow | undefined {
    const file = this.#read(path);
    if (!file || excessiveSize(file.text) !== undefined) return undefined;
    // A file that was named by hand and lies elsewhere is read as a workflow.
    file.workflow ??= parseWorkflow(path, file.text, fileKind(path) ?? 'workflow');
    return file.workflow;
  }

  #read(path: string): File | undefined {
    this.#reading.at(-1)?.add(`text ${path}`);
    return this.#files.get(path) ?? this.#others.ask(path);
  }

  /** A file's text is another: what it calls, or called before, has other callers now. */
  #change(path: string, text: string | undefined): void {
    this.#forgetText(path);
    if (this.isPolicy(path)) this.#forget(...this.#dependents.of(policySource));
    this.#forget(...[...this.#calls.set(path, text)].map(callee => `usage ${callee}`));
    this.#others.changed(other => this.#dependents.has(`text ${other}`));
  }

  /** Drops what was made from a file's text. */
  #forgetText(path: string): boolean {
    const made = this.#dependents.of(`text ${path}`);
    this.#forget(`usage ${path}`, ...made);
    return made.size > 0;
  }

  /** Drops results and all that was made from them. */
  #forget(...results: readonly string[]): void {
    this.#stirred++;
    for (const result of new Set(results.flatMap(one => [one, ...this.#dependents.of(one)]))) {
      const path = result.slice('usage '.length);
      this.#usages.delete(path);
      this.#changed.add(path);
    }
  }
}

/** What stands for the policy among the sources. */
const policySource = 'policy';
