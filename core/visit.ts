import type { Rule, RuleContext } from './rules/rule.ts';
import type { WorkflowUsage } from './usage/analyze.ts';
import type { Usage } from './usage/usage.ts';

type UsageHook = (usage: Usage, context: RuleContext) => void;

/** Puts a file's facts to one rule; what it finds goes to `context.report`. */
export function runRule({ visit }: Rule, context: RuleContext): void {
  const { usage } = context;
  visit.file?.(context);
  const wanted = factsOf(usage).groups.filter(({ kind }) => visit[kind]);
  // A rule that asks for several kinds sees them in the order in which they happen.
  for (const use of wanted.length > 1 ? usage.usages : (wanted[0]?.usages ?? [])) {
    // The hook of a kind takes usages of that kind; TypeScript cannot tie the two together.
    const hook = visit[use.kind] as UsageHook | undefined;
    if (hook && runs(use, usage)) hook(use, context);
  }
  if (visit.script) for (const script of usage.scripts) if (runs(script, usage)) visit.script(script, context);
  if (visit.expression) for (const expression of usage.expressions) if (runs(expression, usage)) visit.expression(expression, context);
}

/** What one call's values keep from running may run for others, which are looked at too. */
function runs({ events }: { readonly events: readonly string[] }, { call }: WorkflowUsage): boolean {
  return call === undefined || events.length > 0;
}

/** Whether the file holds anything that the rule asks for: most rules ask for one kind of fact that most files do not have. */
export function concerns(rule: Rule, file: WorkflowUsage): boolean {
  const wanted = wants.get(rule) ?? bitsOf(Object.keys(rule.visit));
  wants.set(rule, wanted);
  return (wanted & factsOf(file).bits) !== 0;
}

type Hook = keyof Rule['visit'];

/** The hooks that each rule has, a bit for each. */
const wants = new Map<Rule, number>();

/** The hooks that some rule has, in the order in which they were met: their places are the bits. */
const hooks: string[] = [];

function bitsOf(names: Iterable<string>): number {
  let bits = 0;
  for (const name of names) {
    if (!hooks.includes(name)) hooks.push(name);
    bits |= 1 << hooks.indexOf(name);
  }
  return bits;
}

interface Facts {
  readonly bits: number;
  readonly groups: readonly { readonly kind: Usage['kind']; readonly usages: readonly Usage[] }[];
}

const factsByFile = new WeakMap<WorkflowUsage, Facts>();

/** The usages of a file by their kinds, and the hooks for which it has something. */
function factsOf(file: WorkflowUsage): Facts {
  const known = factsByFile.get(file);
  if (known) return known;
  const groups = new Map<Usage['kind'], Usage[]>();
  for (const usage of file.usages) {
    const group = groups.get(usage.kind);
    if (group) group.push(usage);
    else groups.set(usage.kind, [usage]);
  }
  const names: Hook[] = ['file', ...groups.keys()];
  if (file.scripts.length > 0) names.push('script');
  if (file.expressions.length > 0) names.push('expression');
  const facts = { bits: bitsOf(names), groups: [...groups].map(([kind, usages]) => ({ kind, usages })) };
  factsByFile.set(file, facts);
  return facts;
}
