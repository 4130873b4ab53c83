import { commonFacts } from '../image/facts.ts';
import type { Template } from '../image/template.ts';
import type { FindScript, ShellResult } from './command.ts';
import { type ShellOptions, shellOptions } from './options.ts';
import type { ShellSource } from './source.ts';
import { ShellState } from './state.ts';
import { outermost } from './surroundings.ts';
import { Trace } from './trace.ts';
import { Walk } from './walk.ts';

export type { ShellCommand, ShellResult } from './command.ts';

/**
 * Walks a script once, in order: commands with their values, and what is written for later steps. Never throws on bad shell.
 * `environment` holds what the script finds set; `options` are those of the shell that runs it, a `run:` without `shell:` by default.
 * `find` finds the scripts of the repository that commands run, which are followed then.
 */
export function interpret(
  script: ShellSource,
  environment: { get(name: string): Template | undefined },
  options: ShellOptions = shellOptions(undefined),
  find?: FindScript,
): ShellResult {
  const outer = (name: string) => environment.get(name);
  const trace = new Trace();
  const files = find && { find, before: [], chain: [] };
  const state = ShellState.start(options, outer);
  new Walk(script, trace, outer, 0, files).statements(script.tree.commands, state, outermost);
  const { commands, writes, announcements, checks, exits, sinks } = trace;
  const facts = commonFacts(state.ended ? exits : [...exits, state.facts()]);
  return { commands, writes, announcements, checks, facts, outputs: sinks.output.entries(), env: sinks.env.entries() };
}
