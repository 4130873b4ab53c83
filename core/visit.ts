import type { Rule, RuleContext } from './rules/rule.ts';
import type { WorkflowUsage } from './usage/analyze.ts';
import type { Usage } from './usage/usage.ts';

/** What one rule asks of a file's facts. */
interface Question {
  readonly rule: Rule;
  readonly kinds: readonly Usage['kind'][];
}

/**
 * The rules that ask for something that the file holds: most ask for one kind of fact that most files do not have. Files that hold the same
 * kinds concern the same rules, so this is worked out once for all of them.
 */
export function questions(rules: readonly Rule[], file: WorkflowUsage): readonly Question[] {
  const { bits } = factsOf(file);
  const plans = plansFor.get(rules) ?? new Map<number, readonly Question[]>();
  plansFor.set(rules, plans);
  const known = plans.get(bits);
  if (known) return known;
  const found = rules.flatMap((rule): readonly Question[] => {
    const names = Object.keys(rule.visit).filter(name => (bits & bitOf(name)) !== 0);
    return names.length > 0 ? [{ rule, kinds: names.filter(isKind) }] : [];
  });
  plans.set(bits, found);
  return found;
}

const plansFor = new WeakMap<readonly Rule[], Map<number, readonly Question[]>>();

/** Puts a file's facts to one rule; what it finds goes to `context.report`. */
export function ask({ rule: { visit }, kinds }: Question, context: RuleContext): void {
  const { usage } = context;
  visit.file?.(context);
  const [only, more] = kinds;
  // A rule that asks for several kinds sees them in the order in which they happen.
  for (const use of more ? usage.usages : only ? (factsOf(usage).byKind.get(only) ?? []) : []) {
    // The hook of a kind takes usages of that kind; TypeScript cannot tie the two together.
    const hook = visit[use.kind] as UsageHook | undefined;
    if (hook && runs(use, usage)) hook(use, context);
  }
  if (visit.script) for (const script of usage.scripts) if (runs(script, usage)) visit.script(script, context);
  if (visit.expression) for (const expression of usage.expressions) if (runs(expression, usage)) visit.expression(expression, context);
}

type UsageHook = (usage: Usage, context: RuleContext) => void;

/** What one call's values keep from running may run for others, which are looked at too. */
function runs({ events }: { readonly events: readonly string[] }, { call }: WorkflowUsage): boolean {
  return call === undefined || events.length > 0;
}

/** Hooks that are about a whole file, not one kind of usage. */
const general: ReadonlySet<string> = new Set(['file', 'script', 'expression']);

function isKind(name: string): name is Usage['kind'] {
  return !general.has(name);
}

/** A bit for each hook, in the order in which they were met; there are fewer than thirty. */
const bits = new Map<string, number>();

function bitOf(name: string): number {
  const known = bits.get(name);
  if (known !== undefined) return known;
  const bit = 1 << bits.size;
  bits.set(name, bit);
  return bit;
}

interface Facts {
  /** The hooks for which the file has something. */
  readonly bits: number;
  readonly byKind: ReadonlyMap<Usage['kind'], readonly Usage[]>;
}

const factsByFile = new WeakMap<WorkflowUsage, Facts>();

function factsOf(file: WorkflowUsage): Facts {
  const known = factsByFile.get(file);
  if (known) return known;
  let found = bitOf('file');
  const byKind = new Map<Usage['kind'], Usage[]>();
  for (const usage of file.usages) {
    const group = byKind.get(usage.kind);
    if (group) group.push(usage);
    else {
      byKind.set(usage.kind, [usage]);
      found |= bitOf(usage.kind);
    }
  }
  if (file.scripts.length > 0) found |= bitOf('script');
  if (file.expressions.length > 0) found |= bitOf('expression');
  const facts = { bits: found, byKind };
  factsByFile.set(file, facts);
  return facts;
}
