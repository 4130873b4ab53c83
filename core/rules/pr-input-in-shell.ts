import { chosenRefEvents } from '../expression/contexts.ts';
import type { Author, Shape } from '../image/shape.ts';
import { isInertInShell } from '../image/shape.ts';
import { type HolePart, holes } from '../image/template.ts';
import type { Edit, Span } from '../text/span.ts';
import { callerEvent } from '../usage/events.ts';
import { onlyOwnPullRequests, privilegeOf } from '../usage/privilege.ts';
import type { ScriptExpression } from '../usage/usage.ts';
import { addStepVariable } from '../workflow/envEdit.ts';
import type { Workflow } from '../workflow/model.ts';
import type { Problem, Rule, RuleContext, Severity } from './rule.ts';

const byAuthor: readonly Author[] = ['stranger', 'dispatcher', 'pusher', 'caller'];

/** Values that somebody else chooses become part of a script before any quoting can help. */
export const prInputInShell: Rule = {
  id: 'pr-input-in-shell',
  title: 'A value from outside becomes part of a script',
  severity: 'error',
  fixable: true,
  visit: {
    expression(use, context) {
      const dangerous = holes(use.value).filter(part => reaches(part, use, context));
      const [worst] = byAuthor.flatMap(author => dangerous.filter(part => part.author === author));
      if (!worst) return;
      const fix = moveToEnv(use, context.text);
      context.report({
        at: use.span,
        severity: severityOf(worst, use, context),
        message: message(worst, use),
        via: worst.via,
        ...(fix && { fix }),
      });
    },
  },
};

function reaches(part: HolePart, use: ScriptExpression, { usage }: RuleContext): boolean {
  if (part.author === 'trusted' || isInertInShell(part.shape) || part.shape === 'unknown') return false;
  // One line stays inside a comment; several do not.
  if (use.quoting === 'comment' && (part.shape !== 'anything' || part.author !== 'stranger')) return false;
  if (/^(?:github|gitea|forgejo)\.ref(?:_name)?$/i.test(part.source)) return use.events.some(event => choosesRef(event, usage.workflow));
  if (part.author === 'dispatcher' && !use.events.some(event => /dispatch$/.test(event) || event === callerEvent)) return false;
  return part.events === undefined || use.events.includes(callerEvent) || use.events.some(event => part.events?.has(event));
}

/** Whether the run's reference may have any name: not where the event gives it, or the trigger lists names without a pattern. */
function choosesRef(event: string, { triggers }: Workflow): boolean {
  if (event === callerEvent) return true;
  if (!chosenRefEvents.has(event)) return false;
  const trigger = triggers.find(other => other.event === event);
  const names = [...(trigger?.branches ?? []), ...(trigger?.tags ?? [])];
  return event !== 'push' || names.length === 0 || names.some(name => /[*?+[\]!]/.test(name));
}

function severityOf(part: HolePart, use: ScriptExpression, { usage, text }: RuleContext): Severity {
  if (part.author === 'dispatcher') return 'warning';
  if (part.author !== 'stranger') return 'info';
  const events = use.events.filter(event => !part.events || part.events.has(event));
  // Only a caller can tell which event it runs with.
  if (events.length === 0) return 'warning';
  const conditions = `${use.job.if?.value ?? ''} && ${use.step.if?.value ?? ''}`;
  if (onlyOwnPullRequests(conditions)) return 'warning';
  return privilegeOf(use.job, usage.workflow, events, text) === 'little' ? 'warning' : 'error';
}

function whoChooses({ author, source }: HolePart): string {
  if (author === 'dispatcher') return 'Whoever starts the workflow';
  if (author === 'pusher') return 'Whoever can push';
  if (author === 'caller') return 'The calling workflow';
  if (/issue|comment|discussion/.test(source)) return 'Anyone who can write a comment or an issue';
  return 'Anyone who can open a pull request';
}

/** Text that the value may hold and that the place would execute. */
function sample(shape: Shape, { language, quoting }: ScriptExpression): string {
  if (language !== 'shell') return 'a quote and code behind it';
  if (quoting === 'comment') return 'a second line';
  const code = quoting === 'single' || quoting === 'quotedHeredoc' ? "';id;'" : '$(id)';
  return `\`${shape === 'gitRef' ? 'x' : ''}${code}\``;
}

function message(part: HolePart, use: ScriptExpression): string {
  const held = use.source === part.source ? '' : ` holds \`${part.source}\` and`;
  const reader = { shell: 'the shell', javascript: 'JavaScript', other: 'the interpreter' }[use.language];
  const danger = `${whoChooses(part)} chooses its text: ${sample(part.shape, use)} would run as code.`;
  return `\`\${{ ${use.source} }}\`${held} is pasted into the script before ${reader} reads it. ${danger} To keep it data, ${remedy(use)}.`;
}

function remedy(use: ScriptExpression): string {
  if (use.language === 'javascript') return 'read it from `process.env` or `context`';
  if (use.language === 'other') return 'pass it through `env:` and read the environment variable';
  if (use.interpreted) return 'hand it over as an argument or a variable, not as a part of the code that the other program runs';
  const name = environmentName(use);
  return name ? `use \`"$${name}"\`` : 'pass it through `env:` and quote the variable';
}

/** Replaces the expression by a variable. Safe where the shell would not split the value anyway. */
function moveToEnv(use: ScriptExpression, text: string): Problem['fix'] | undefined {
  const { run, env, span } = use.step;
  if (use.interpreted) return undefined;
  // Through an alias the step's text stands elsewhere too, and an edit there would reach others.
  const elsewhere = (part: { readonly span: Span }) => part.span.start < span.start || part.span.end > span.end;
  const anchored = (part: { readonly span: Span }) => /&[^\s&]+\s+$/.test(text.slice(Math.max(0, part.span.start - 100), part.span.start));
  if ([run, env].some(part => part && (elsewhere(part) || anchored(part)))) return undefined;
  if (use.language !== 'shell' || !run || !['plain', 'double', 'heredoc'].includes(use.quoting)) return undefined;
  // A quote at the start of a plain scalar would be YAML's.
  if (run.style === 'PLAIN' && use.quoting === 'plain' && use.span.start === run.span.start) return undefined;
  const present = environmentName(use) ?? existingVariable(use);
  const name = present ?? freshVariable(use, text);
  const edits: Edit[] = [];
  if (!present) {
    const addition = addStepVariable(text, use.step, name, use.source);
    if (!addition) return undefined;
    edits.push(addition);
  }
  const follows = /^[\w[]/.test(text.slice(use.span.end, use.span.end + 1));
  const variable = follows ? `\${${name}}` : `$${name}`;
  const quote = run.style === 'QUOTE_DOUBLE' ? '\\"' : '"';
  edits.push({ span: use.span, text: use.quoting === 'plain' ? `${quote}${variable}${quote}` : variable });
  return { title: present ? `Use the variable ${name}` : `Pass it through \`env:\` as ${name}`, safe: !use.standalone, edits };
}

/** `${{ env.X }}` is `$X` to the shell already. */
function environmentName({ source }: ScriptExpression): string | undefined {
  return /^env\.(\w+)$/.exec(source)?.[1];
}

/** A variable of the step that holds the same expression already. */
function existingVariable({ step, source }: ScriptExpression): string | undefined {
  for (const [name, { value }] of step.env?.entries ?? []) {
    if (/^\$\{\{([\s\S]*)\}\}$/.exec(value.value.trim())?.[1]?.trim() === source) return name;
  }
  return undefined;
}

/** Words of an expression that say nothing of the value. */
const plumbing = /^(?:github|event|steps|needs|outputs|format)$/;

function freshVariable({ source, step, job }: ScriptExpression, text: string): string {
  const words = (
    source
      .replace('pull_request', 'pr')
      .replace(/^inputs\./, 'input.')
      .match(/[A-Za-z0-9]+/g) ?? []
  ).filter(word => !plumbing.test(word));
  const base = words
    .slice(-3)
    .join('_')
    .toUpperCase()
    .replace(/^(?=\d|$)/, 'VALUE_');
  const script = text.slice(step.span.start, step.span.end);
  const taken = (name: string) => new RegExp(`(?<![\\w])${name}(?![\\w])`).test(script) || job.env?.entries.has(name) === true;
  let name = base;
  for (let count = 2; taken(name); count++) name = `${base}_${count}`;
  return name;
}
