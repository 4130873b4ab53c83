import { chosenRefEvents } from '../expression/contexts.ts';
import type { Author, Shape } from '../image/shape.ts';
import { isInertInShell } from '../image/shape.ts';
import { type HolePart, holes } from '../image/template.ts';
import { callerEvent } from '../usage/events.ts';
import type { ScriptExpression } from '../usage/scriptUse.ts';
import type { Workflow } from '../workflow/model.ts';
import type { Rule, RuleContext } from './rule.ts';
import { environmentName, moveToEnv } from './shared/moveToEnv.ts';
import { severityByPrivilege, whoChooses } from './shared/outsiders.ts';

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
        severity: severityByPrivilege(worst, use, context),
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
