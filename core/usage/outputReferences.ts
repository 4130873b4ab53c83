import * as ast from '@actions/expressions/ast';
import { contextPath } from '../expression/evaluate.ts';
import { splitExpressions } from '../expression/split.ts';
import type { Span } from '../text/span.ts';
import type { Entries, Job, Step, Workflow } from '../workflow/model.ts';
import type { Scalar } from '../workflow/scalar.ts';

/** `steps.meta.outputs.tags` or `needs.build.outputs.digest` where its value is used and nothing stands in for it when it is empty. */
export interface OutputReference {
  readonly context: 'steps' | 'needs';
  /** The step's id, the job's. */
  readonly owner: string;
  readonly output: string;
  readonly job: Job;
  /** Absent for a value of the job itself (its outputs see all steps) or of the composite action. */
  readonly step?: Step;
  /** The action's input, the variable or the job's output whose value it is a part of; absent in a script. */
  readonly key?: string;
  /** A `&&` before it lets it through only in some runs. */
  readonly guarded: boolean;
  /** Where it stands; told when asked for, as most references are right. */
  places(): ReferencePlaces;
}

export interface ReferencePlaces {
  /** The reference, or the expression around it where it is spelt otherwise. */
  readonly span: Span;
  readonly owner?: Span;
  readonly output?: Span;
}

/** Every such reference of a workflow or composite action. What is only compared, or has a `||` default behind it, is none. */
export function outputReferences(workflow: Workflow): readonly OutputReference[] {
  const found: OutputReference[] = [];
  const add = (place: Place, ...all: readonly (Entries | undefined)[]) => {
    for (const entries of all)
      for (const { key, value } of entries?.entries.values() ?? [])
        if (mayRefer(value)) found.push(...inText(value, { ...place, key: key.value }));
  };
  for (const job of workflow.jobs) {
    add({ job }, job.outputs, job.env, job.with);
    for (const step of job.steps) {
      add({ job, step }, step.with, step.env);
      if (step.run && mayRefer(step.run)) found.push(...inText(step.run, { job, step }));
    }
  }
  const [only] = workflow.kind === 'action' ? workflow.jobs : [];
  if (only) add({ job: only }, workflow.outputs);
  return found;
}

type Place = Pick<OutputReference, 'job' | 'step' | 'key'>;

function mayRefer({ value }: Scalar): boolean {
  return value.includes('outputs') && /\b(?:steps|needs)\b/i.test(value);
}

function inText(text: Scalar, place: Place): readonly OutputReference[] {
  return splitExpressions(text.value).flatMap((piece): readonly OutputReference[] => {
    if (piece.kind !== 'expression' || !piece.expression) return [];
    const { inner, outer } = piece;
    return usedPaths(piece.expression).flatMap(({ path, guarded }): readonly OutputReference[] => {
      const [context = '', owner, outputs, output, ...rest] = path;
      if (!isContext(context) || outputs !== 'outputs' || !owner || !output || rest.length > 0 || owner === '*' || output === '*')
        return [];
      const places = (): ReferencePlaces => {
        const written = path.join('.');
        const at = text.value.slice(inner.start, inner.end).indexOf(written);
        if (at < 0) return { span: text.spanOf(outer.start, outer.end) };
        const piece = (from: number, length: number) => text.spanOf(inner.start + at + from, inner.start + at + from + length);
        return {
          span: piece(0, written.length),
          owner: piece(context.length + 1, owner.length),
          output: piece(written.length - output.length, output.length),
        };
      };
      return [{ context, owner, output, guarded, ...place, places }];
    });
  });
}

function isContext(name: string): name is OutputReference['context'] {
  return name === 'steps' || name === 'needs';
}

interface UsedPath {
  readonly path: readonly string[];
  readonly guarded: boolean;
}

const used = new WeakMap<ast.Expr, readonly UsedPath[]>();

/** As `pathsIn`: an expression that stands in many places is the same one, and is looked through once. */
function usedPaths(expression: ast.Expr): readonly UsedPath[] {
  const known = used.get(expression) ?? pathsIn(expression);
  used.set(expression, known);
  return known;
}

/** Names whose value the expression may become, without those that a `||` replaces when they are empty. */
function pathsIn(expression: ast.Expr, guarded = false): readonly UsedPath[] {
  if (expression instanceof ast.Grouping) return pathsIn(expression.group, guarded);
  if (expression instanceof ast.Logical) return pathsIn(expression.args.at(-1) as ast.Expr, true);
  if (expression instanceof ast.FunctionCall) {
    const passes = /^(?:format|join|tojson|fromjson)$/i.test(expression.functionName.lexeme);
    return passes ? expression.args.flatMap(argument => pathsIn(argument, guarded)) : [];
  }
  const path = contextPath(expression);
  return path ? [{ path, guarded }] : [];
}
