import type { Author, Shape } from '../image/shape.ts';
import { isInertInShell } from '../image/shape.ts';
import { type HolePart, holes } from '../image/template.ts';
import type { Edit } from '../text/span.ts';
import { callerEvent } from '../usage/events.ts';
import { privilegeOf } from '../usage/privilege.ts';
import type { ScriptExpression } from '../usage/usage.ts';
import { addStepVariable } from '../workflow/envEdit.ts';
import type { Severity } from './finding.ts';
import type { Problem, Rule, RuleContext } from './rule.ts';

const byAuthor: readonly Author[] = ['stranger', 'dispatcher', 'pusher', 'caller'];

/** Values that somebody else chooses become part of a script before any quoting can help. */
export const prInputInShell: Rule = {
  id: 'pr-input-in-shell',
  title: 'A value from outside becomes part of a script',
  severity: 'error',
  fixable: true,
  visit: {
    expression(use, context) {
      const dangerous = holes(use.value).filter(part => reaches(part, use));
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

function reaches(part: HolePart, use: ScriptExpression): boolean {
  if (part.author === 'trusted' || isInertInShell(part.shape) || part.shape === 'unknown') return false;
  // One line stays inside a comment; several do not.
  if (use.quoting === 'comment' && part.shape !== 'anything') return false;
  if (part.author === 'dispatcher' && !use.events.some(event => /dispatch$/.test(event) || event === callerEvent)) return false;
  return part.events === undefined || use.events.includes(callerEvent) || use.events.some(event => part.events?.has(event));
}

function severityOf(part: HolePart, use: ScriptExpression, { usage, text }: RuleContext): Severity {
  if (part.author === 'dispatcher') return 'warning';
  if (part.author !== 'stranger') return 'info';
  const events = use.events.filter(event => !part.events || part.events.has(event));
  // Only a caller can tell which event it runs with.
  if (events.length === 0) return 'warning';
  return privilegeOf(use.job, usage.workflow, events, text) === 'little' ? 'warning' : 'error';
}

const who: Readonly<Record<Author, string>> = {
  stranger: 'anyone who can open a pull request or write an issue',
  dispatcher: 'whoever starts the workflow',
  pusher: 'whoever can push',
  caller: 'the calling workflow',
  trusted: 'nobody',
};

const sample: Partial<Record<Shape, string>> = { gitRef: 'x$(id)', line: '"; id; "', anything: '$(id)' };

function message(part: HolePart, { language }: ScriptExpression): string {
  const source = /^\$/.test(part.source) ? part.source : `\${{ ${part.source} }}`;
  const reader = language === 'javascript' ? 'JavaScript' : language === 'shell' ? 'the shell' : 'the interpreter';
  const way = language === 'javascript' ? 'read it from `process.env` or `context`' : 'pass it through `env:` and quote the variable';
  const value = language === 'javascript' ? '`); …//' : (sample[part.shape] ?? '$(id)');
  return `\`${source}\` is pasted into the script before ${reader} reads it, and ${who[part.author]} chooses its text: \`${value}\` would run as code. To keep it data, ${way}.`;
}

/** Replaces the expression by a variable. Safe where the shell would not split the value anyway. */
function moveToEnv(use: ScriptExpression, text: string): Problem['fix'] | undefined {
  if (use.language !== 'shell' || !['plain', 'double', 'heredoc'].includes(use.quoting)) return undefined;
  const inherited = /^env\.(\w+)$/.exec(use.source)?.[1];
  const name = inherited ?? existingVariable(use) ?? freshVariable(use, text);
  const edits: Edit[] = [];
  if (!inherited && !use.step.env?.entries.has(name)) {
    const addition = addStepVariable(text, use.step, name, use.source);
    if (!addition) return undefined;
    edits.push(addition);
  }
  const follows = /^[\w[]/.test(text.slice(use.span.end, use.span.end + 1));
  const variable = follows ? `\${${name}}` : `$${name}`;
  edits.push({ span: use.span, text: use.quoting === 'plain' ? `"${variable}"` : variable });
  return { title: `Pass it through \`env:\` as ${name}`, safe: !use.standalone, edits };
}

/** A variable of the step that holds the same expression already. */
function existingVariable({ step, source }: ScriptExpression): string | undefined {
  for (const [name, { value }] of step.env?.entries ?? []) {
    if (/^\$\{\{([\s\S]*)\}\}$/.exec(value.value.trim())?.[1]?.trim() === source) return name;
  }
  return undefined;
}

function freshVariable({ source, step, job }: ScriptExpression, text: string): string {
  const words = source
    .replace(/^github\.(?:event\.)?/, '')
    .replace('pull_request', 'pr')
    .replace(/^inputs\./, 'input.')
    .match(/[A-Za-z0-9]+/g) ?? ['value'];
  const base = words
    .slice(-3)
    .join('_')
    .toUpperCase()
    .replace(/^(?=\d)/, 'V');
  const script = text.slice(step.span.start, step.span.end);
  const taken = (name: string) => new RegExp(`(?<![\\w])${name}(?![\\w])`).test(script) || job.env?.entries.has(name) === true;
  let name = base;
  for (let count = 2; taken(name); count++) name = `${base}_${count}`;
  return name;
}
