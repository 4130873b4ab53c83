import type { Edit, Span } from '../../text/span.ts';
import type { ScriptExpression } from '../../usage/scriptUse.ts';
import { addStepVariable } from '../../workflow/envEdit.ts';
import type { Problem } from '../rule.ts';

/**
 * The fix for an expression in a script: a variable in its place, which the step's `env:` fills. Safe where the shell would not split the
 * value anyway; `undefined` where a variable would not help, or one more line would not be right.
 */
export function moveToEnv(use: ScriptExpression, text: string): Problem['fix'] | undefined {
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
export function environmentName({ source }: ScriptExpression): string | undefined {
  return /^env\.(\w+)$/.exec(source)?.[1];
}

/** A variable of the step or its job that holds the same expression already. */
function existingVariable({ step, job, source }: ScriptExpression): string | undefined {
  const outer = [...(job.env?.entries ?? [])].filter(([name]) => !step.env?.entries.has(name));
  for (const [name, { value }] of [...(step.env?.entries ?? []), ...outer]) {
    if (/^\$\{\{([\s\S]*)\}\}$/.exec(value.value.trim())?.[1]?.trim() === source) return name;
  }
  return undefined;
}

/** Words of an expression that say nothing of the value. */
const plumbing = /^(?:github|event|steps|needs|outputs|secrets|format)$/;

/** Programs read these by themselves: a secret of that name must not begin to steer one. */
const readByPrograms =
  /^(?!GITHUB_TOKEN$)(?:AWS|AZURE|ARM|GOOGLE|CLOUDSDK|DOCKER|BUILDX|BUILDKIT|COMPOSE|GH|GITHUB|KUBECONFIG|HELM|COSIGN|NODE|NPM|PIP|PYTHON|GO|CARGO|JAVA|GRADLE|MAVEN|SSH|GIT|CURL|HTTPS?|NO_PROXY|PATH|HOME|USER|SHELL|VAULT|TF|CI|RUNNER|ACTIONS)(?:_|$)/;

function freshVariable({ source, step, job }: ScriptExpression, text: string): string {
  const secret = /^secrets\.(\w+)$/.exec(source)?.[1];
  const base = secret === undefined ? wordsOf(source) : readByPrograms.test(secret) ? `SECRET_${secret}` : secret;
  const script = text.slice(step.span.start, step.span.end);
  // `secrets.TOKEN` names the secret, not a variable.
  const taken = (name: string) => new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(script) || job.env?.entries.has(name) === true;
  let name = base;
  for (let count = 2; taken(name); count++) name = `${base}_${count}`;
  return name;
}

/** What an expression is about, in at most three words. */
function wordsOf(source: string): string {
  // Of values that stand in for each other the first says what they are.
  const [first = source] = source.includes('&&') ? [source] : source.split('||');
  const words = (
    first
      .trim()
      .replace('pull_request', 'pr')
      .replace(/^inputs\./, 'input.')
      .match(/[A-Za-z0-9]+/g) ?? []
  ).filter(word => !plumbing.test(word));
  return words
    .slice(-3)
    .join('_')
    .toUpperCase()
    .replace(/^(?=\d|$)/, 'VALUE_');
}
