import { literal, render, type Template } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Argument } from '../../shell/words.ts';
import type { Span } from '../../text/span.ts';
import { secretIn } from '../../usage/secrets.ts';
import type { Job } from '../../workflow/model.ts';

/** A secret among a command's words. */
export interface CredentialArgument {
  /** The word that holds it. */
  readonly at: Span;
  readonly program: string;
  /** What to do instead, as a sentence. */
  readonly advice: string;
}

/** Flags of programs that are no logins but take a password, and what to do instead. */
const flagged: ReadonlyMap<string, readonly [flags: RegExp, advice: string]> = new Map([
  ['curl', [/^(?:-u|--user|--proxy-user)$/, 'Let `curl` read it with `--netrc-file`, or `--config -`.']],
  ['wget', [/^--(?:http-|ftp-|proxy-)?password$/, 'Let `wget` read it from `.netrc`.']],
  ['kubectl', [/^--docker-password$/, 'Make the secret of a file: `--from-file=.dockerconfigjson=…`.']],
  ['helm', [/^--password$/, 'Hand it over on standard input, with `--password-stdin`.']],
]);

/** Programs whose URLs may hold a password. */
const takesUrls: ReadonlySet<string> = new Set(['curl', 'wget', 'git', 'helm', 'docker', 'podman', 'skopeo', 'oras']);

/** Programs whose arguments may hold credentials. */
export const credentialTakers: ReadonlySet<string> = new Set([...flagged.keys(), ...takesUrls]);

const none: readonly CredentialArgument[] = [];

/** The secrets that a command is given as arguments, other than by a login's own flag. */
export function credentialArguments({ words }: ShellCommand, job: Job): readonly CredentialArgument[] {
  const path = literal(words[0]?.template ?? []) ?? '';
  const program = path.slice(path.lastIndexOf('/') + 1);
  const known = flagged.get(program);
  if (!known && !takesUrls.has(program)) return none;
  const found: CredentialArgument[] = [];
  for (const [index, word] of words.entries()) {
    const isNamed = known && (known[0].test(nameOf(word)) || (index > 1 && known[0].test(literal(words[index - 1]?.template ?? []) ?? '')));
    // Secrets are looked for last: most words are neither.
    if (known && isNamed) {
      if (secretIn(word.template, job)) found.push({ at: word.span, program, advice: known[1] });
    } else if (takesUrls.has(program) && isUrl(word.template) && isUrlWithSecret(word.template, job)) {
      found.push({ at: word.span, program, advice: urlAdvice });
    }
  }
  return found;
}

const urlAdvice = 'A URL with it also lands in logs and files: use a credential helper, or a header from a file.';

function isUrl(template: Template): boolean {
  return template.some(part => part.kind === 'text' && part.text.includes('://'));
}

/** `--password` of `--password=$TOKEN`. */
function nameOf({ template: [first] }: Argument): string {
  return first?.kind === 'text' && first.text.includes('=') ? first.text.slice(0, first.text.indexOf('=')) : '';
}

const mark = '\u0000';

/** `https://user:SECRET@host`, `https://SECRET@host`. */
function isUrlWithSecret(template: Template, job: Job): boolean {
  const text = render(template, part => (secretIn([part], job) ? mark : 'x'));
  const start = text.indexOf('://');
  if (start < 0) return false;
  const user = /^[^/@\s]{0,1000}@/.exec(text.slice(start + 3));
  return user?.[0].includes(mark) === true;
}
