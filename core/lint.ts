import { lifecycleFindings } from './lifecycleFindings.ts';
import { liveRules } from './live/index.ts';
import { noPolicy, type Policy } from './policy/policy.ts';
import { policyFindings } from './policyFindings.ts';
import { fileTooLarge } from './rules/file-too-large.ts';
import { rules } from './rules/index.ts';
import type { Finding, Problem, Related, Rule, RuleContext } from './rules/rule.ts';
import { type Ignored, suppress } from './suppress.ts';
import { finish, type Steps } from './text/steps.ts';
import { analyzeInSteps, type WorkflowUsage } from './usage/analyze.ts';
import { startsOf } from './usage/starts.ts';
import { placeOf, together, type Variant } from './variants.ts';
import { ask, questions } from './visit.ts';
import { excessiveSize, maxFileSize } from './workflow/parse.ts';
import { isLifecyclePath } from './workspace/paths.ts';
import type { Workspace } from './workspace/workspace.ts';

/** A file that is called in more different ways is judged by so many of them: each rule looks at all of its places each time. */
const maximumVariants = 64;

/** What is found in a file, and what a comment in it ignores; each in source order. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly ignored: readonly Ignored[];
}

/** Characters from which on one rule may take as long as all rules take elsewhere. */
const longFile = 10_000;

const none: ReadonlySet<string> = new Set();
/** What comments may name: also the rules that are asked elsewhere, of what registries hold. */
const named = [...rules, ...liveRules];
const live = liveRules.map(({ id }) => id);

/** Findings of one file of the workspace, in source order; `among` only these rules are asked. Pure: the same workspace gives the same findings. */
export function lintFile(workspace: Workspace, path: string, among: readonly Rule[] = rules): readonly Finding[] {
  return finish(judgeInSteps(workspace, path, among)).findings;
}

/** As `lintFile`, a step at a time: the parse, each job, each rule. The workspace must stay as it is meanwhile. */
export function* lintInSteps(workspace: Workspace, path: string): Steps<readonly Finding[]> {
  return (yield* judgeInSteps(workspace, path)).findings;
}

/** As `lintInSteps`, with what comments ignore. */
export function* judgeInSteps(workspace: Workspace, path: string, among: readonly Rule[] = rules): Steps<Judgement> {
  const text = workspace.text(path);
  if (text === undefined) return { findings: [], ignored: [] };
  const { policy } = workspace;
  if (workspace.isPolicy(path)) return { findings: judged(policyFindings(workspace, path, text), policy, path), ignored: [] };
  if (isLifecyclePath(path)) return { findings: judged(lifecycleFindings(workspace, path, text), policy, path), ignored: [] };
  yield* workspace.prepare(path);
  const usages = workspace.usages(path);
  yield;
  const [usage] = usages;
  if (!usage) return { findings: judged([tooLarge(path, text)], policy, path), ignored: [] };
  const off = policy === noPolicy ? none : new Set(rules.flatMap(({ id }) => (policy.severity(id, path) === 'off' ? [id] : [])));
  // Where the YAML is broken, what stands where is a guess: good enough to point at, not to write at.
  const mendable = usage.workflow.problems.length === 0;
  const variants: Variant[] = [];
  for (const one of usages.slice(0, maximumVariants))
    variants.push({ call: one.call, findings: yield* findingsOf({ path, text, usage: one, workspace }, among, off, mendable) });
  const findings = together(variants, yield* placesAlone({ path, text, workspace }, usage, variants));
  // Most files hold no such comment, and need no lines then.
  const lines = text.includes('tallyman:') ? workspace.lines(path) : undefined;
  const said = lines
    ? suppress(path, lines, findings, { rules: named, off: new Set([...off, ...live]), whole: mendable })
    : { findings, ignored: [] };
  const ignored = said.ignored.flatMap(({ finding, reason }) => judged([finding], policy, path).map(one => ({ finding: one, reason })));
  return {
    findings: [...judged(said.findings, policy, path)].sort(bySource),
    ignored: ignored.sort((a, b) => bySource(a.finding, b.finding)),
  };
}

/**
 * Where something is found in a file that only others call, whoever calls it; `undefined` for one that runs by itself too, or has no
 * findings. Only the rules that spoke are asked.
 */
function* placesAlone(
  about: Pick<RuleContext, 'path' | 'text' | 'workspace'>,
  { workflow }: WorkflowUsage,
  variants: readonly Variant[],
): Steps<ReadonlySet<string> | undefined> {
  const spoke = new Set(variants.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
  if (spoke.size === 0 || variants.some(({ call }) => !call)) return undefined;
  const alone = yield* analyzeInSteps(workflow, about.workspace.asFiles, startsOf(workflow));
  const some = rules.filter(({ id }) => spoke.has(id));
  return new Set((yield* findingsOf({ ...about, usage: alone }, some, none, true)).map(placeOf));
}

function bySource(a: Finding, b: Finding): number {
  return a.span.start - b.span.start || a.span.end - b.span.end;
}

function* findingsOf(
  about: Omit<RuleContext, 'report'>,
  among: readonly Rule[],
  off: ReadonlySet<string>,
  mendable: boolean,
): Steps<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const question of questions(among, about.usage)) {
    const { rule } = question;
    if (off.has(rule.id)) continue;
    // Each has a context of its own: what it said already is remembered by that.
    const report = (problem: Problem) => findings.push(finding(rule, about.path, mendable ? problem : withoutFix(problem)));
    ask(question, { path: about.path, text: about.text, usage: about.usage, workspace: about.workspace, report });
    if (about.text.length > longFile) yield;
  }
  return findings;
}

/** The findings with the severities that the policy gives their rules, without those of rules that are off. */
function judged(findings: readonly Finding[], policy: Policy, path: string): readonly Finding[] {
  if (policy === noPolicy) return findings;
  return findings.flatMap(found => {
    const chosen = policy.severity(found.rule, path);
    if (chosen === 'off') return [];
    return chosen === undefined ? [found] : [{ ...found, severity: chosen }];
  });
}

function finding(rule: Rule, path: string, { at, message, severity, via = [], related = [], fix }: Problem): Finding {
  const stations: Related[] = via.map(({ path: from, span, what }, index) => ({
    path: from,
    span,
    message: index === 0 ? `The value is set here, as ${what}.` : `It is passed on here, as ${what}.`,
    station: true,
  }));
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    message,
    path,
    span: at,
    related: [...stations, ...related.map(({ path: from = path, span, message: text }) => ({ path: from, span, message: text }))],
    ...(fix && { fix: { ...fix, edits: fix.edits.map(({ span, text }) => ({ path, span, text })) } }),
  };
}

function withoutFix({ fix: _fix, ...problem }: Problem): Problem {
  return problem;
}

function tooLarge(path: string, text: string): Finding {
  const size = Math.round((excessiveSize(text) ?? 0) / 1024);
  return {
    rule: fileTooLarge.id,
    severity: fileTooLarge.severity,
    message: `This file has ${size} kB and is not checked: the limit is ${maxFileSize / 1024} kB.`,
    path,
    span: { start: 0, end: text.search(/[\r\n]|$/) },
    related: [],
  };
}
