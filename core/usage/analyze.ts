import { evaluate } from '../expression/evaluate.ts';
import { type Piece, splitExpressions } from '../expression/split.ts';
import { evaluateText } from '../expression/text.ts';
import { alternatives, display, type Template } from '../image/template.ts';
import { interpret } from '../shell/interpret.ts';
import { innerCommands } from '../shell/nested.ts';
import { expressionUses, Script } from '../shell/script.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { actionAdapter } from './actions/index.ts';
import type { CommandContext } from './commands/command.ts';
import { commandFacts } from './commands/index.ts';
import { runsAfterSkipped, startsThatPass } from './events.ts';
import { evaluateEntries, type Known, nothingKnown, StepScope } from './scope.ts';
import { eventsOf, type Start, startsOf } from './starts.ts';
import { StepReader } from './stepReader.ts';
import type { Fact, Item, ScriptExpression, StepScript, Usage } from './usage.ts';

/** What one workflow does with images, and where its expressions land in scripts. */
export interface WorkflowUsage {
  readonly workflow: Workflow;
  /** In the order of the file; places are in it. */
  readonly usages: readonly Usage[];
  /** What composite actions, reusable workflows and scripts of the repository do for the steps and jobs that call them; `at` is the call, `within` the place. */
  readonly called: readonly Usage[];
  /** `usages` and `called` together, in the order in which they happen: a job's after those of its needs. */
  readonly sequence: readonly Usage[];
  readonly expressions: readonly ScriptExpression[];
  readonly scripts: readonly StepScript[];
}

/** GitHub takes no script with an expression over 21,000 characters; following values through much longer ones would hold up the editor. */
const maxScript = 64 * 1024;

/** The text of a file of the workspace, `undefined` where there is none or nobody knows. */
export type ReadFile = (path: string) => string | undefined;

/** Follows values through a workflow, jobs in the order of their needs, steps in order; `file` reads files that commands name. Never throws. */
export function analyze(workflow: Workflow, file: ReadFile = () => undefined): WorkflowUsage {
  const analysis = new Analysis(workflow, file);
  for (const job of workflow.jobs) analysis.job(job);
  return {
    workflow,
    usages: analysis.usages,
    called: [],
    sequence: analysis.usages,
    expressions: analysis.expressions,
    scripts: analysis.scripts,
  };
}

type Add = (facts: readonly Fact[], conditional: boolean, failure: Usage['failure']) => void;

interface JobResult {
  readonly outputs: ReadonlyMap<string, Template>;
  readonly starts: readonly Start[];
}

class Analysis {
  readonly usages: Usage[] = [];
  readonly expressions: ScriptExpression[] = [];
  readonly scripts: StepScript[] = [];
  readonly #workflow: Workflow;
  readonly #file: ReadFile;
  readonly #starts: readonly Start[];
  readonly #results = new Map<string, JobResult | 'running'>();
  /** References that a job has on its machine by what it did before, without holes told apart. */
  readonly #local = new Map<Job, Set<string>>();

  constructor(workflow: Workflow, file: ReadFile) {
    this.#workflow = workflow;
    this.#file = file;
    this.#starts = startsOf(workflow);
  }

  /** A job's outputs, its needs first; a cycle has none. */
  job(job: Job): JobResult {
    const before = this.#results.get(job.id.value);
    if (before) return before === 'running' ? { outputs: new Map(), starts: [] } : before;
    this.#results.set(job.id.value, 'running');
    const known = nothingKnown();
    const starts = this.#startsOf(job, known);
    for (const step of job.steps) this.#step(job, step, known, starts);
    const outputs = evaluateEntries(job.outputs, this.#scope(job, undefined, known, starts));
    const result = { outputs, starts };
    this.#results.set(job.id.value, result);
    return result;
  }

  #scope(job: Job, step: Step | undefined, known: Known, starts: readonly Start[]): StepScope {
    const levels = step ? [step.env, job.env, this.#workflow.env] : [job.env, this.#workflow.env];
    return new StepScope(this.#workflow, job, levels, known, (name, output) => this.#neededOutput(name, output), starts);
  }

  #neededOutput(name: string, output: string): Template | undefined {
    const job = this.#workflow.jobs.find(({ id }) => id.value === name);
    return job && this.job(job).outputs.get(output);
  }

  #startsOf(job: Job, known: Known): readonly Start[] {
    let starts = this.#starts;
    if (!runsAfterSkipped(job.if)) {
      for (const need of job.needs) {
        const needed = this.#workflow.jobs.find(({ id }) => id.value === need.value);
        const allowed = needed && this.job(needed).starts;
        if (allowed) starts = starts.filter(start => allowed.includes(start));
      }
    }
    const scope = this.#scope(job, undefined, known, starts);
    return startsThatPass(job.if, starts, start => scope.assuming(start));
  }

  #step(job: Job, step: Step, known: Known, jobStarts: readonly Start[]): void {
    const outer = this.#scope(job, step, known, jobStarts);
    const starts = startsThatPass(step.if, jobStarts, start => outer.assuming(start));
    const events = eventsOf(starts);
    const scope = starts === jobStarts ? outer : this.#scope(job, step, known, starts);
    if (step.id) known.starts.set(step.id.value, starts);
    const goesOn = step.continueOnError !== undefined && step.continueOnError.value !== 'false';
    const add: Add = (facts, conditional, failure) => {
      for (const fact of facts) {
        this.usages.push({ ...fact, job, step, conditional, events, starts, failure: goesOn ? 'ignored' : failure });
        for (const item of broughtHere(fact)) this.#localOf(job).add(display(item.template));
      }
    };
    if (step.uses) {
      const adapter = actionAdapter(step.uses.value);
      const found = adapter?.read(new StepReader(step, scope, known, starts));
      if (found) {
        add(found.facts, false, 'fatal');
        if (step.id && found.outputs) known.outputs.set(step.id.value, found.outputs);
        for (const [name, value] of found.env ?? []) known.env.set(name, value);
      }
      const script = /^actions\/github-script@/i.test(step.uses.value) ? step.with?.entries.get('script')?.value : undefined;
      if (script) this.#expressionsOf(script, job, step, scope, events, 'javascript');
    }
    if (step.run) this.#run(step.run, job, step, known, scope, events, add);
  }

  #run(run: Scalar, job: Job, step: Step, known: Known, scope: StepScope, events: readonly string[], add: Add): void {
    // Past any script that people write, only what is pasted into it is looked at.
    const shell = run.value.length > maxScript ? 'other' : this.#shell(job, step, scope);
    if (shell !== 'posix') this.#expressionsOf(run, job, step, scope, events, 'other');
    if (shell === 'other') return;
    const script = new Script(run, this.#workflow.path, scope);
    for (const { piece, quoting, standalone, interpreted } of shell === 'posix' ? expressionUses(script) : []) {
      this.expressions.push({ job, step, events, ...pasted(run, piece, scope), quoting, standalone, interpreted, language: 'shell' });
    }
    const environment = this.#environment(job, step, known, scope);
    const { commands, outputs, env } = interpret(script, environment);
    const all = commands.flatMap(command => innerCommands(command));
    this.scripts.push({ job, step, events, script, commands: all, outputs });
    const local = this.#localOf(job);
    const context: CommandContext = {
      variable: (command, name) => command.variables?.get(name) ?? environment.get(name),
      file: path => this.#file(path),
      script: all,
      facts: command => commandFacts(command, context),
      isHere: reference => local.has(display(reference)),
    };
    for (const command of all) add(commandFacts(command, context), command.conditional, command.failure);
    if (step.id) known.outputs.set(step.id.value, outputs);
    for (const [name, value] of env) known.env.set(name, value);
  }

  #localOf(job: Job): Set<string> {
    const local = this.#local.get(job) ?? new Set();
    this.#local.set(job, local);
    return local;
  }

  #expressionsOf(text: Scalar, job: Job, step: Step, scope: StepScope, events: readonly string[], language: 'javascript' | 'other'): void {
    for (const piece of splitExpressions(text.value)) {
      if (piece.kind !== 'expression') continue;
      const surroundings = { quoting: 'other', standalone: false, interpreted: false, language } as const;
      this.expressions.push({ job, step, events, ...pasted(text, piece, scope), ...surroundings });
    }
  }

  /** What a script finds in its environment, the nearest level last. */
  #environment(job: Job, step: Step, known: Known, scope: StepScope): ReadonlyMap<string, Template> {
    const outer = scope.outer();
    const environment = new Map<string, Template>([
      ...evaluateEntries(this.#workflow.env, outer.outer()),
      ...evaluateEntries(job.env, outer.outer()),
    ]);
    for (const [name, value] of known.env) environment.set(name, value);
    for (const [name, { value }] of step.env?.entries ?? []) environment.set(name, evaluateText(value, outer));
    return environment;
  }

  /** `posix` where a shell reads the script that is understood here, `either` where some of the runners have PowerShell. */
  #shell(job: Job, step: Step, scope: StepScope): 'posix' | 'either' | 'other' {
    const named = step.shell?.value ?? job.shell?.value ?? this.#workflow.shell?.value;
    if (named !== undefined) return posix.test(named) ? 'posix' : 'other';
    const runners = job.runsOn.flatMap(label => alternatives(evaluateText(label, scope)).map(option => display(option)));
    if (!runners.some(label => /windows/i.test(label))) return 'posix';
    return job.runsOn.some(({ value }) => /windows/i.test(value)) ? 'other' : 'either';
  }
}

/** Images that are on the machine afterwards. */
function broughtHere(fact: Fact): readonly Item[] {
  if (fact.kind === 'build') return fact.tags;
  if (fact.kind === 'retag') return fact.remote ? [] : [fact.to];
  return fact.kind === 'pull' ? [fact.reference] : [];
}

/** One `${{ }}` of a text: where it stands, what it says, what it becomes. */
function pasted(text: Scalar, { outer, inner }: Piece, scope: StepScope): Pick<ScriptExpression, 'span' | 'source' | 'value'> {
  const span = text.spanOf(outer.start, outer.end);
  const source = text.value.slice(inner.start, inner.end).trim();
  return { span, source, value: evaluate(source, scope, span) };
}

/** `bash`, `sh -e {0}`, `/bin/bash {0}`, `nix develop -c bash {0}`, `alpine.sh {0}`. */
const posix = /(?:^|[\s/.])(?:ba|da|z|k)?sh(?:\s|$)/;
