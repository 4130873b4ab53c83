import { type HolePart, holes, literal, type Template } from '../image/template.ts';
import { arithmeticCode } from '../shell/checkCommands.ts';
import type { ShellCheck, ShellCommand } from '../shell/command.ts';
import { isSet } from '../usage/call.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import { isSaidAlready, type Rule, type RuleContext, type Severity } from './rule.ts';
import { carries, isUnchecked, type OutsideUse, outsideUses } from './shared/outsideUses.ts';
import { slippingThrough, stopsSomething } from './shared/slippingThrough.ts';

/** A check that lets anything through is worse than none: everybody behind it relies on it. */
export const prWeakValidation: Rule = {
  id: 'pr-weak-validation',
  title: 'A check of a value from outside lets through what it should stop',
  severity: 'warning',
  fixable: false,
  visit: {
    script(script, context) {
      for (const check of script.checks) {
        const part = outsider(check.value, script);
        if (part) judge({ check, part, script }, context);
        else judgeOther(check, script, context);
      }
    },
  },
};

/** A check of what somebody outside chose. */
interface Checked {
  readonly check: ShellCheck;
  readonly part: HolePart;
  readonly script: StepScript;
}

function outsider(value: Template, { events }: StepScript): HolePart | undefined {
  return holes(value).find(part => isUnchecked(part) && carries(part, events));
}

function judge(checked: Checked, context: RuleContext): void {
  const { check, part, script } = checked;
  const later = firstUse(checked, context, false);
  const through = check.computes ? arithmeticCode : slippingThrough(check, part.shape);
  if (check.computes) {
    const harm = `computes what it compares: the value ${shown(arithmeticCode)} runs \`id\``;
    tell(checked, later, `${harm}. Compare with \`[[ "$${check.name}" =~ ^[0-9]+$ ]]\`.`, context);
  } else if (check.otherwise !== 'ends') {
    if (!later || !stopsSomething(check)) return;
    const says = check.otherwise === 'says' ? 'only says what it finds' : 'stops nothing, since the shell runs without `-e` here';
    tell(checked, later, `${says}, and ${later.what} gets every value. End the script where it fails: \`|| exit 1\`.`, context);
  } else if (through !== undefined) {
    if (later) tell(checked, later, `lets ${shown(through)} through${why(through)}, and ${later.what} gets it. ${right(check)}`, context);
  } else if (isSet(script.step.continueOnError)) {
    const next = firstUse(checked, context, true);
    const goesOn = `ends its step alone: with \`continue-on-error\` the job goes on, and ${next?.what} gets every value`;
    if (next) tell(checked, next, `${goesOn}. Take \`continue-on-error\` away.`, context);
  } else if (!later) {
    const before = earlierUse(checked, context);
    if (before) tell(checked, before, `comes too late: ${before.what} has had the value by then. Check it first.`, context);
  }
}

/** A check of a variable that nothing uses, beside one that is used and that nothing checks. */
function judgeOther(check: ShellCheck, script: StepScript, context: RuleContext): void {
  if (check.otherwise !== 'ends' || !holes(check.value).every(({ shape, source }) => shape === 'unknown' && source === `$${check.name}`))
    return;
  for (const command of script.commands.slice(check.after)) {
    if (onlySays.has(literal(command.words[0]?.template ?? []) ?? '')) continue;
    const part = command.words.slice(1).flatMap(({ template }) => outsider(template, script) ?? [])[0];
    const name = part && variableIn(part);
    if (!part || !name || !isLike(name, check.name) || script.checks.some(other => other.name === name)) continue;
    const use = { at: command.span, what: `\`${nameOf(command)}\`` };
    const other = `looks at \`$${check.name}\`, which nothing sets here; ${use.what} takes \`$${name}\`, which nothing checks`;
    tell({ check, part, script }, use, `${other}. Check \`$${name}\`.`, context);
    return;
  }
}

/** The variable through which a value came last. */
function variableIn({ via }: HolePart): string | undefined {
  return via.map(({ what }) => /^(?:env|shell variable) ([A-Za-z_]\w*)$/.exec(what)?.[1]).findLast(name => name !== undefined);
}

/** `TAG` and `IMAGE_TAG`. */
function isLike(one: string, other: string): boolean {
  const [longer, shorter] = one.length > other.length ? [one, other] : [other, one];
  return longer !== shorter && `_${longer.toUpperCase()}_`.includes(`_${shorter.toUpperCase()}_`);
}

/** Where a value goes on to: a name of something, or a command. */
interface Use {
  readonly at: { readonly start: number; readonly end: number };
  readonly what: string;
}

/** The first use behind the check, in its script or after it (`beyond`: in later steps alone). */
function firstUse({ check, part, script }: Checked, { usage: file }: RuleContext, beyond: boolean): Use | undefined {
  if (!beyond) {
    const own = script.commands.slice(check.after).find(command => passesOn(command, part));
    if (own) return { at: own.span, what: `\`${nameOf(own)}\`` };
    const write = script.writes.find(({ span, text }) => span.start > check.span.end && has(text, part));
    if (write) return { at: write.span, what: 'a later step' };
  }
  const found = outsideUses(file).find(
    ({ usage, part: other }) => usage.job === script.job && usage.step.index > script.step.index && isSame(other, part),
  );
  return found && named(found);
}

function earlierUse({ check, part, script }: Checked, { usage: file }: RuleContext): Use | undefined {
  const own = script.commands.slice(0, check.after).find(command => passesOn(command, part));
  if (own) return { at: own.span, what: `\`${nameOf(own)}\`` };
  const found = outsideUses(file).find(
    ({ usage, part: other }) => usage.job === script.job && usage.step.index < script.step.index && isSame(other, part),
  );
  return found && named(found);
}

function named({ usage, item }: OutsideUse): Use {
  const what = { tag: 'the tag', image: 'the image’s name', buildArg: 'the build argument', path: 'the path', checkout: 'the checkout' };
  const at = usage.within ? usage.at : item.span;
  return { at, what: `${what.tag} of step ${usage.step.index + 1}` };
}

const onlySays: ReadonlySet<string> = new Set([
  'echo',
  'printf',
  '[',
  'test',
  'grep',
  'egrep',
  'fgrep',
  'expr',
  'exit',
  'return',
  'true',
  'false',
  ':',
  'set',
  'shift',
  'local',
  'export',
  'read',
]);

/** Whether a command is given the value as it is, and does something with it. */
function passesOn({ words, isFunction }: ShellCommand, part: HolePart): boolean {
  const name = literal(words[0]?.template ?? []) ?? '';
  return !isFunction && !onlySays.has(name) && words.slice(1).some(({ template }) => has(template, part));
}

function nameOf({ words }: ShellCommand): string {
  const [program = '', verb] = words.slice(0, 2).map(({ template }) => literal(template));
  return verb && /^[a-z][\w-]*$/.test(verb) ? `${program} ${verb}` : program;
}

function has(template: Template, part: HolePart): boolean {
  return holes(template).some(other => isSame(other, part));
}

/** The same value, and still of any shape. */
function isSame(other: HolePart, part: HolePart): boolean {
  return other.source === part.source && other.shape === part.shape && (other.changes?.length ?? 0) === (part.changes?.length ?? 0);
}

function shown(text: string): string {
  return `\`${text.replaceAll('\n', '\\n')}\``;
}

/** What the check does not look at. */
function why(through: string): string {
  return through.includes('\n') ? ' (one line that matches is enough)' : '';
}

function right({ name }: ShellCheck): string {
  return `Ask for the whole of it: \`[[ "$${name}" =~ ^[A-Za-z0-9._-]+$ ]] || exit 1\`.`;
}

function severityOf({ author }: HolePart): Severity {
  return author === 'caller' ? 'info' : 'warning';
}

function tell({ check, part }: Checked, use: Use | undefined, message: string, context: RuleContext): void {
  if (isSaidAlready(context, check.span)) return;
  const what = check.written.startsWith('-') ? `This check with \`${check.written}\`` : `The check \`${check.written}\``;
  context.report({
    at: check.span,
    severity: severityOf(part),
    message: `${what} ${message}`,
    via: part.via,
    ...(use && { related: [{ span: use.at, message: 'The value is used here.' }] }),
  });
}
