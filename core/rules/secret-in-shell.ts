import { holes } from '../image/template.ts';
import type { ScriptExpression } from '../usage/scriptUse.ts';
import { isConfigurationByName } from '../usage/secrets.ts';
import type { Rule } from './rule.ts';
import { moveToEnv } from './shared/moveToEnv.ts';

/** GitHub pastes a secret into a script's text, where the shell reads its characters as code. */
export const secretInShell: Rule = {
  id: 'secret-in-shell',
  title: 'A secret becomes part of a script’s text',
  severity: 'info',
  fixable: true,
  visit: {
    expression(use, { text, report }) {
      const secret = holes(use.value).find(({ source }) => isSecret(source));
      if (!secret || use.quoting === 'comment' || isOnlyAsked(use.source) || logsInWithToken(use, text)) return;
      const fix = moveToEnv(use, text);
      report({
        at: use.span,
        severity: isConfigurationByName(secret.source) ? 'hint' : 'info',
        message: message(use, secret.source),
        via: secret.via,
        ...(fix && { fix }),
      });
    },
  },
};

function message(use: ScriptExpression, secret: string): string {
  const held = use.source.toLowerCase() === secret.toLowerCase() ? '' : ` holds \`${secret}\` and`;
  const reader = { shell: 'the shell', javascript: 'JavaScript', other: 'the interpreter' }[use.language];
  return (
    `\`\${{ ${use.source} }}\`${held} is pasted into the script before ${reader} reads it: a quote, \`$\` or backtick in the secret breaks the script or runs as code, ` +
    `and the secret lies in the script’s file on the runner. ${remedy(use)}`
  );
}

function remedy({ language, interpreted, step }: ScriptExpression): string {
  if (language === 'javascript') return 'Pass it through `env:` and read `process.env` instead.';
  // An action's script runs elsewhere: ssh-action passes on what `envs:` names.
  if (language === 'shell' && !step.run) return 'Pass it through `env:`, and on as the action says (`envs:`), instead.';
  return interpreted ? 'Hand it to the other program on its standard input instead.' : 'Pass it through `env:` instead.';
}

/** One of them, or all at once; what is only computed of one (`secrets.X != ''`) is none. */
function isSecret(source: string): boolean {
  return /^secrets(?:\.[\w-]+|\[[^\]]{1,100}\])$|^toJSON\(\s?secrets\s?\)$/i.test(source);
}

/** `secrets.X && 'signed' || 'unsigned'` asks whether there is one. */
function isOnlyAsked(source: string): boolean {
  return /\bsecrets\./i.test(source) && !/\bsecrets\./i.test(source.replace(/\bsecrets\.\w+ {0,9}(?=&&)/gi, ''));
}

/** `echo ${{ secrets.GITHUB_TOKEN }} | docker login --password-stdin`: letters and digits that end with the job. */
function logsInWithToken({ source, span }: ScriptExpression, text: string): boolean {
  return /^secrets\.GITHUB_TOKEN$/i.test(source) && /\blogin\b/.test(logicalLine(text, span.start));
}

/** Further away from a place, nothing is looked for. */
const reach = 2000;

/** The line at a place, with those that a `\` or `|` at a line's end joins to it. */
function logicalLine(whole: string, place: number): string {
  const text = whole.slice(Math.max(0, place - reach), place + reach);
  const at = Math.min(place, reach);
  const joins = (end: number) => /[\\|][ \t]*\r?$/.test(text.slice(Math.max(0, end - 20), end));
  let start = text.lastIndexOf('\n', at - 1);
  while (start > 0 && joins(start)) start = text.lastIndexOf('\n', start - 1);
  let end = lineEnd(text, at);
  while (end < text.length && joins(end)) end = lineEnd(text, end + 1);
  return text.slice(start + 1, end);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
