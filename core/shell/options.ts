/** How a shell was started, as far as it decides what a failure does. */
export interface ShellOptions {
  /** `-e`; `undefined` where the script is not clear about it. */
  readonly errexit: boolean | undefined;
  readonly pipefail: boolean | undefined;
  /** `sh`: a `$(…)` keeps `-e`, which bash drops there. */
  readonly posix: boolean;
}

/**
 * The options of a `shell:` key as GitHub's runner starts it: `bash` and `sh` are names of command lines of its own, everything else
 * is the command line. Without the key it takes `bash -e {0}`, or `sh -e {0}` in a container that has no bash.
 * Source: GitHub's "Workflow syntax", `jobs.<job_id>.steps[*].shell`.
 */
export function shellOptions(named: string | undefined): ShellOptions {
  const line = named?.trim() ?? '';
  if (line === '' || line === 'sh') return { errexit: true, pipefail: false, posix: line === 'sh' };
  if (line === 'bash') return { errexit: true, pipefail: true, posix: false };
  const words = line.split(/\s+/);
  const from = words.findIndex(word => shellName.test(word));
  return from < 0
    ? { errexit: undefined, pipefail: undefined, posix: false }
    : startedWith(words[from] ?? '', words.slice(from + 1), { errexit: false, pipefail: false });
}

/** `bash`, `/bin/sh`, `dash`. */
export const shellName = /^(?:\S*\/)?(?:bash|sh|dash|ksh|zsh|ash)$/;

/** A shell's options from its command line, `bash -euo pipefail -c`. */
export function startedWith(name: string, words: readonly string[], before: Omit<ShellOptions, 'posix'>): ShellOptions {
  return { ...withFlags(words, before), posix: !/(?:bash|zsh|ksh)$/.test(name) };
}

/** What `set` or a shell's own flags make of the options before. A word that is not known may be any of them. */
export function withFlags(
  words: readonly (string | undefined)[],
  before: Pick<ShellOptions, 'errexit' | 'pipefail'>,
): Pick<ShellOptions, 'errexit' | 'pipefail'> {
  let { errexit, pipefail } = before;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) return { errexit: undefined, pipefail: undefined };
    if (word === '--' || word === '-') break;
    if (!/^[-+][a-zA-Z]+$/.test(word)) continue;
    const on = word.startsWith('-');
    if (word.includes('e')) errexit = on;
    if (!word.includes('o')) continue;
    const option = words[++index];
    if (option === 'errexit') errexit = on;
    else if (option === 'pipefail') pipefail = on;
  }
  return { errexit, pipefail };
}
