import { evaluate } from '../expression/evaluate.ts';
import { type ExpressionPiece, splitExpressions } from '../expression/split.ts';
import type { Facts } from '../image/facts.ts';
import { choice, type Template } from '../image/template.ts';
import type { FindScript, ShellCommand } from '../shell/command.ts';
import { interpret } from '../shell/interpret.ts';
import { shellOptions } from '../shell/options.ts';
import { Script } from '../shell/script.ts';
import type { Job, Step, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';
import { type Environment, nothingSet, StepEnvironment } from './environment.ts';
import { surelyRuns } from './events.ts';
import { type InputScript, placed } from './inputScript.ts';
import type { Known, StepScope } from './scope.ts';
import type { ScriptExpression, StepScript } from './scriptUse.ts';
import { shellNamed, shellOf } from './shellOf.ts';
import type { Start } from './starts.ts';
import type { StepReader } from './stepReader.ts';

/** GitHub takes no script with an expression over 21,000 characters; following values through much longer ones would hold up the editor. */
const maxScript = 64 * 1024;

/** The step whose script is read. */
export interface ScriptPlace {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly step: Step;
  readonly scope: StepScope;
  readonly known: Known;
  readonly events: readonly string[];
  /** Finds the scripts of the repository that it runs. */
  readonly find: FindScript;
}

/** What is known of a step's script. */
export interface ScriptReading {
  readonly expressions: readonly ScriptExpression[];
  /** Absent where no shell that is understood reads it. */
  readonly script?: StepScript;
  /** Its commands and those of the scripts that it runs, in order. */
  readonly commands: readonly ShellCommand[];
  readonly environment: Environment;
  /** What it leaves in `$GITHUB_ENV`. */
  readonly env: ReadonlyMap<string, Template>;
  /** What it checks, where it succeeds. */
  readonly checked?: Facts;
}

/** Reads a step's script as its shell does. */
export function readScript(input: InputScript, place: ScriptPlace): ScriptReading {
  const { workflow, job, step, scope, known, events } = place;
  const { text: run } = input;
  // Past any script that people write, only what is pasted into it is looked at.
  const shell = run.value.length > maxScript ? 'other' : step.run ? shellOf(workflow, job, step, scope) : 'posix';
  const expressions = shell === 'posix' ? [] : [...expressionsIn(run, place, 'other')];
  if (shell === 'other') return { expressions, commands: [], environment: nothingSet, env: new Map() };
  const script = new Script(run, workflow.path, scope);
  for (const { piece, quoting, standalone, interpreted } of shell === 'posix' ? script.syntax.uses : []) {
    expressions.push({ job, step, events, ...pasted(run, piece, scope), quoting, standalone, interpreted, language: 'shell' });
  }
  const environment = new StepEnvironment(workflow, job, step, known, scope);
  // What an action hands on is read by a shell with no options of the runner's.
  const options = shellOptions(step.run ? shellNamed(workflow, job, step) : 'bash {0}');
  const { env, facts: checked, commands: all, ...read } = interpret(script, environment, options, place.find);
  const commands = all.map(command => (command.within ? command : placed(command, input)));
  const own = commands.some(({ within }) => within) ? commands.filter(({ within }) => !within) : commands;
  return { expressions, script: { job, step, events, script, commands: own, ...read }, commands, environment, env, checked };
}

/** The expressions of a text that no shell reads. */
export function expressionsIn(
  text: Scalar,
  { job, step, scope, events }: Pick<ScriptPlace, 'job' | 'step' | 'scope' | 'events'>,
  language: 'javascript' | 'other',
): readonly ScriptExpression[] {
  return splitExpressions(text.value).flatMap(piece => {
    if (piece.kind !== 'expression') return [];
    const surroundings = { quoting: 'other', standalone: false, interpreted: false, language } as const;
    return [{ job, step, events, ...pasted(text, piece, scope), ...surroundings }];
  });
}

/** One `${{ }}` of a text: where it stands, what it says, what it becomes. */
function pasted(text: Scalar, piece: ExpressionPiece, scope: StepScope): Pick<ScriptExpression, 'span' | 'source' | 'value'> {
  const span = text.spanOf(piece.outer.start, piece.outer.end);
  return { span, source: piece.source, value: evaluate(piece, scope, span) };
}

/** What a step leaves in the environment; one that may be skipped leaves what was there as it may be. */
export function writeEnvironment(
  env: ReadonlyMap<string, Template> | undefined,
  { step, known, scope, starts }: StepReader,
  jobStarts: readonly Start[],
): void {
  if (!env || env.size === 0) return;
  const sure = starts.length === jobStarts.length && surelyRuns(step.if, starts, scope);
  for (const [name, value] of env) {
    const before = sure ? undefined : known.env.get(name);
    known.env.set(name, before ? choice([before, value], value[0]?.at ?? step.span) : value);
  }
}
