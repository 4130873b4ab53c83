import { evaluateText } from '../expression/text.ts';
import { type Facts, noFacts } from '../image/facts.ts';
import type { Template } from '../image/template.ts';
import type { ShellCommand } from '../shell/command.ts';
import { finish, type Steps } from '../text/steps.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { actionAdapter, unreadAction } from './actions/index.ts';
import { type Around, type CallSite, call, isSet, maxCalledSteps, type Returned } from './call.ts';
import { type Callee, calledAction, calledWorkflow } from './callee.ts';
import { checkedByAll, knownBy, knownToJob, learnFrom, leftBy } from './checked.ts';
import type { CommandContext } from './commands/command.ts';
import { scriptFolder } from './commands/folder.ts';
import { commandFacts } from './commands/index.ts';
import { Doings } from './doings.ts';
import { StepEnvironment } from './environment.ts';
import { runsAfterSkipped, startsThatPass } from './events.ts';
import { type Files, noFiles, rootOf, within } from './files.ts';
import type { InputScript } from './inputScript.ts';
import { jobImages, localNames } from './jobImages.ts';
import { type JobResult, nothingReturned } from './jobResult.ts';
import { jobNamed } from './order.ts';
import { relocated } from './relocate.ts';
import { namesIn, repositoryFile, textAt } from './repositoryFiles.ts';
import { folderOf, scriptsAt, workingFolder } from './repositoryScripts.ts';
import { evaluateEntries, type Known, nothingKnown, StepScope } from './scope.ts';
import { checkedByScript } from './scriptChecks.ts';
import type { ScriptExpression, StepScript } from './scriptUse.ts';
import { eventsOf, type Start, startsOf } from './starts.ts';
import { type ActionFacts, StepReader } from './stepReader.ts';
import { expressionsIn, readScript, writeEnvironment } from './stepScript.ts';
import type { Fact, Usage } from './usage.ts';
import type { WorkflowUsage } from './workflowUsage.ts';

export type { WorkflowUsage } from './workflowUsage.ts';

/** Follows values through a workflow, jobs in the order of their needs, steps in order, and through what it calls in `files`. Never throws. */
export function analyze(workflow: Workflow, files: Files = noFiles, starts: readonly Start[] = startsOf(workflow)): WorkflowUsage {
  return finish(analyzeInSteps(workflow, files, starts));
}

/** As `analyze`, a job at a time. */
export function analyzeInSteps(workflow: Workflow, files: Files, starts: readonly Start[]): Steps<WorkflowUsage> {
  return new Analysis(workflow, {
    files,
    starts,
    root: rootOf(workflow.path),
    chain: [workflow.path],
    budget: { steps: maxCalledSteps },
  }).inSteps();
}

/** Variables by name that later steps find in their environment. */
type Written = ReadonlyMap<string, Template> | undefined;

type Add = (facts: readonly Fact[], conditional: boolean, failure: Usage['failure'], elsewhere?: true) => void;

class Analysis {
  readonly #expressions: ScriptExpression[] = [];
  readonly #scripts: StepScript[] = [];
  readonly #environments = new Map<Job, Template>();
  readonly #calls: WorkflowUsage[] = [];
  readonly #workflow: Workflow;
  readonly #around: Around;
  readonly #results = new Map<string, JobResult | 'running'>();
  readonly #doings = new Doings();

  constructor(workflow: Workflow, around: Around) {
    this.#workflow = workflow;
    this.#around = around;
  }

  *inSteps(): Steps<WorkflowUsage> {
    for (const job of this.#workflow.jobs) {
      this.#job(job);
      yield;
    }
    return {
      workflow: this.#workflow,
      usages: this.#doings.usages,
      called: this.#doings.called,
      sequence: this.#doings.sequence,
      expressions: this.#expressions,
      scripts: this.#scripts,
      environments: this.#environments,
      calls: this.#calls,
      ...(this.#around.call && { call: this.#around.call }),
    };
  }

  /** What a finished run gives back: an action's outputs are its steps', a workflow's its jobs'. */
  outputs(): ReadonlyMap<string, Template> {
    const { outputs, kind, jobs, env } = this.#workflow;
    const [job] = jobs;
    if (kind === 'action' && job) return evaluateEntries(outputs, this.#scope(job, undefined, this.#job(job).known, this.#around.starts));
    const known = nothingKnown(this.#around.given);
    return evaluateEntries(
      outputs,
      new StepScope(this.#workflow, undefined, [env], known, (name, output) => this.#neededOutput(name, output)),
    );
  }

  /** What an action's steps wrote to the environment. */
  written(): ReadonlyMap<string, Template> {
    const [job] = this.#workflow.jobs;
    const before = this.#around.given?.env;
    return new Map(job ? [...this.#job(job).known.env].filter(([name, value]) => before?.get(name) !== value) : []);
  }

  /** What holds of values where all of it succeeded. */
  checked(): Facts {
    return checkedByAll(this.#workflow.jobs.map(job => ({ job, checked: this.#job(job).checked })));
  }

  /** A job's outputs, its needs first; a cycle has none. */
  #job(job: Job): JobResult {
    const before = this.#results.get(job.id.value);
    const known = nothingKnown(this.#around.given);
    if (before) return before === 'running' ? { outputs: new Map(), starts: [], known, checked: noFacts } : before;
    this.#results.set(job.id.value, 'running');
    const starts = this.#startsOf(job, known);
    const needed = job.needs.map(({ value }) => this.#needed(value)?.checked);
    for (const [source, fact] of knownToJob(job, needed, known)) known.facts.set(source, fact);
    for (const { fact, step } of jobImages(job, this.#scope(job, undefined, known, starts))) this.#addOf(job, step, starts, fact);
    for (const step of job.steps) this.#step(job, step, known, starts);
    if (job.environment) this.#environments.set(job, evaluateText(job.environment, this.#scope(job, undefined, known, starts)));
    const called = job.uses && this.#callWorkflow(job, job.uses, this.#scope(job, undefined, known, starts), starts);
    // Jobs that run whatever happened read outputs, too.
    const outputs = called?.outputs ?? evaluateEntries(job.outputs, this.#scope(job, undefined, { ...known, facts: new Map() }, starts));
    const result = { outputs, starts, known, checked: leftBy(job, called ? called.checked : known.facts) };
    this.#results.set(job.id.value, result);
    return result;
  }

  #scope(job: Job, step: Step | undefined, known: Known, starts: readonly Start[]): StepScope {
    const levels = step ? [step.env, job.env, this.#workflow.env] : [job.env, this.#workflow.env];
    return new StepScope(this.#workflow, job, levels, known, (name, output) => this.#neededOutput(name, output), starts);
  }

  #needed(name: string): JobResult | undefined {
    const job = jobNamed(name, this.#workflow.jobs);
    return job && this.#job(job);
  }

  #neededOutput(name: string, output: string): Template | undefined {
    return this.#needed(name)?.outputs.get(output);
  }

  #startsOf(job: Job, known: Known): readonly Start[] {
    let starts = this.#around.starts;
    if (!runsAfterSkipped(job.if)) {
      for (const need of job.needs) {
        const allowed = this.#needed(need.value)?.starts;
        if (allowed) starts = starts.filter(start => allowed.includes(start));
      }
    }
    const scope = this.#scope(job, undefined, known, starts);
    return startsThatPass(job.if, starts, scope);
  }

  #step(job: Job, step: Step, all: Known, jobStarts: readonly Start[]): void {
    const known = knownBy(step, all);
    const outer = this.#scope(job, step, known, jobStarts);
    const starts = startsThatPass(step.if, jobStarts, outer);
    const events = eventsOf(starts);
    const scope = starts === jobStarts ? outer : this.#scope(job, step, known, starts);
    if (step.id) known.starts.set(step.id.value, starts);
    const goesOn = isSet(step.continueOnError);
    const add: Add = (facts, conditional, failure, elsewhere) => {
      const around = { job, step, conditional, events, starts, ...(elsewhere && { elsewhere }) };
      for (const fact of facts) this.#doings.add({ ...fact, ...around, failure: goesOn ? 'ignored' : failure });
    };
    const reader = this.#reader(job, step, scope, known, starts);
    const write = (env: Written, checked?: Facts) => {
      writeEnvironment(env, reader, jobStarts);
      learnFrom(step, checked, { known: all, scope, starts, all: jobStarts });
    };
    if (step.uses) {
      const adapter = actionAdapter(step.uses.value);
      const found = adapter?.read(reader) ?? this.#callAction(job, step, step.uses, reader);
      if (found) {
        add(found.facts, false, 'fatal');
        if (step.id && found.outputs) known.outputs.set(step.id.value, found.outputs);
        write(found.env, found.checked);
      }
      if (found?.script) this.#run(found.script, job, reader, add, write);
      const script = /^actions\/github-script@/i.test(step.uses.value) ? step.with?.entries.get('script')?.value : undefined;
      if (script) this.#expressions.push(...expressionsIn(script, { job, step, scope, events }, 'javascript'));
      if (script) write(undefined, checkedByScript(script.value, new StepEnvironment(this.#workflow, job, step, known, scope)));
    }
    if (step.run) this.#run({ text: step.run }, job, reader, add, write);
  }

  #run(input: InputScript, job: Job, reader: StepReader, add: Add, write: (env: Written, checked?: Facts) => void): void {
    const { step, known, scope, starts } = reader;
    const { files, root, budget } = this.#around;
    const checkouts = this.#doings.checkoutsOf(job);
    const folder = workingFolder(this.#workflow, job, step, scope);
    const action = this.#workflow.kind === 'action' ? folderOf(this.#workflow.path) : undefined;
    const place = { files, root, checkouts, folder, budget, ...(action !== undefined && { action }) };
    const read = readScript(input, { workflow: this.#workflow, job, step, scope, known, events: eventsOf(starts), find: scriptsAt(place) });
    this.#expressions.push(...read.expressions);
    if (!read.script) return;
    this.#scripts.push(read.script);
    const local = this.#doings.localOf(job);
    const named = step.workingDirectory ?? job.workingDirectory ?? this.#workflow.workingDirectory;
    const below = { ...place, folder: scriptFolder(named && evaluateText(named, scope), read.script.commands) };
    const context: CommandContext = {
      variable: (command, name) => command.variables?.get(name) ?? read.environment.get(name),
      names: () => [...read.environment.keys()],
      file: path => textAt(path, below),
      repositoryFile: path => repositoryFile(path, below, job),
      repositoryFolder: path => namesIn(path, below),
      script: read.commands,
      facts: command => commandFacts(command, context),
      isHere: template => localNames({ template }).every(name => local.has(name)),
    };
    for (const command of read.commands) {
      const { within, conditional, failure, remote } = command;
      const facts = commandFacts(command, context);
      if (within) for (const fact of facts) this.#addWithin(command, fact, reader, job);
      else add(facts, conditional, failure, remote);
    }
    if (step.id) known.outputs.set(step.id.value, read.script.outputs);
    write(read.env, read.checked);
  }

  /** What a script of the repository does for the step that runs it. */
  #addWithin({ within, conditional, failure, remote }: ShellCommand, fact: Fact, { step, starts }: StepReader, job: Job): void {
    if (!within) return;
    const around = { job, step, conditional, events: eventsOf(starts), starts, ...(remote && { elsewhere: remote }) };
    const usage: Usage = { ...fact, ...around, failure };
    this.#doings.add(relocated(usage, { job, step, at: within.call, goesOn: isSet(step.continueOnError) }, within.path, undefined));
  }

  #reader(job: Job, step: Step, scope: StepScope, known: Known, starts: readonly Start[]): StepReader {
    const { files, root } = this.#around;
    return new StepReader(job, step, scope, known, starts, path => files.text(within(root, path) ?? path));
  }

  /** What a job does outside its steps. */
  #addOf(job: Job, step: Step, starts: readonly Start[], fact: Fact): void {
    this.#doings.add({ ...fact, job, step, conditional: false, events: eventsOf(starts), starts, failure: 'fatal' });
  }

  #callWorkflow(job: Job, uses: Scalar, scope: StepScope, starts: readonly Start[]): Pick<Returned, 'outputs' | 'checked'> {
    const { files, root } = this.#around;
    const step: Step = { index: 0, uses, ...(job.with && { with: job.with }), span: uses.span };
    const adapter = actionAdapter(uses.value);
    if (adapter) {
      for (const fact of adapter.read(this.#reader(job, step, scope, nothingKnown(), starts)).facts) this.#addOf(job, step, starts, fact);
      return nothingReturned;
    }
    const callee = calledWorkflow(uses.value, root, files);
    const secrets = job.secrets === 'inherit' ? undefined : job.secrets;
    const returned = this.#call(callee, { job, step, starts, secrets: evaluateEntries(secrets, scope), env: new Map() }, scope);
    return returned ?? nothingReturned;
  }

  #callAction(job: Job, step: Step, uses: Scalar, reader: StepReader): ActionFacts | undefined {
    const { files, root } = this.#around;
    const { known, scope, starts } = reader;
    const callee = calledAction(uses.value, root, this.#doings.checkoutsOf(job), files);
    if (!callee) return unreadAction(reader);
    const env = new StepEnvironment(this.#workflow, job, step, known, scope).all();
    const returned = this.#call(callee, { job, step, starts, secrets: new Map(), env }, scope);
    return returned && { facts: [], ...returned };
  }

  /** Runs another file with what the step or job gives it; nothing comes back from one that nobody can read. */
  #call(callee: Callee, site: CallSite, scope: StepScope): Returned | undefined {
    const { usage, usages, returned } = call(callee, site, this.#workflow, this.#around, scope, (workflow, around) => {
      const child = new Analysis(workflow, around);
      return { usage: finish(child.inSteps()), outputs: child.outputs(), env: child.written(), checked: child.checked() };
    });
    if (usage) this.#calls.push(usage);
    for (const done of usages) this.#doings.add(done);
    return returned;
  }
}
