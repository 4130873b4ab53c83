import type { Template } from '../../../core/image/template.ts';
import { derived, hole } from '../../../core/image/template.ts';
import { interpret, type ShellResult } from '../../../core/shell/interpret.ts';
import { shellOptions } from '../../../core/shell/options.ts';
import { Script } from '../../../core/shell/script.ts';

const scope = { lookup: () => undefined };

/** The script stands in the file as it is, from offset 0. */
export function script(value: string): Script {
  const source = {
    value,
    segments: [{ value: 0, source: 0, length: value.length }],
    spanOf: (start: number, end: number) => ({ start, end }),
  };
  return new Script(source, 'w.yml', scope);
}

/** Reads a script with these variables set, and `REF` as a stranger's branch name. */
export function run(value: string, env: Readonly<Record<string, string>> = {}, shell?: string): ShellResult {
  const at = { start: 0, end: 0 };
  const environment = new Map<string, Template>([
    ...Object.entries(env).map(([name, text]) => [name, derived(text, at)] as const),
    ['REF', hole('github.head_ref', 'gitRef', at, 'stranger')],
  ]);
  return interpret(script(value), environment, shellOptions(shell));
}
