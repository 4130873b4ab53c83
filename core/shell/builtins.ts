import type { Command } from 'unbash';
import { type Facts, noFacts } from '../image/facts.ts';
import { hole, literal, type Template } from '../image/template.ts';
import { forgetCounted } from './arithmetic.ts';
import { withFlags } from './options.ts';
import { output } from './output.ts';
import { read } from './reading.ts';
import type { ShellState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import type { Argument, WordReader } from './words.ts';

/** What `set`, `shift`, `unset`, `read`, `exit` and their like change for the commands that follow. */
export function changeState(
  name: string,
  words: readonly Argument[],
  node: Command,
  state: ShellState,
  around: Surroundings,
  reader: WordReader,
  exits: Facts[],
): void {
  const text = (index: number) => literal(words[index]?.template ?? []);
  switch (name) {
    case 'set':
      Object.assign(
        state,
        withFlags(
          words.slice(1).map(({ template }) => literal(template)),
          state,
        ),
      );
      state.setArguments(setArguments(words, state.arguments));
      return;
    case 'shift':
      state.setArguments(state.arguments?.slice(Number(text(1) || '1') || 1));
      return;
    case 'unset':
      for (const { template } of words.slice(1)) state.unset(literal(template) ?? '');
      return;
    case 'read':
    case 'mapfile':
    case 'readarray':
      read(name, node, state, around.stdin, reader);
      return;
    case 'printf': {
      const target = text(1) === '-v' ? text(2) : undefined;
      const [span] = [reader.source.span(node.pos, node.end)];
      if (target)
        state.set(target, {
          kind: 'string',
          value: output('printf', words.slice(3), undefined, span) ?? hole(`$${target}`, 'unknown', span),
        });
      return;
    }
    case 'let':
      for (const { template, span } of words.slice(1)) forgetCounted(literal(template) ?? '', state, span);
      return;
    case 'getopts':
      state.set(text(2) ?? '', { kind: 'string', value: hole(`$${text(2)}`, 'unknown', reader.source.span(node.pos, node.end)) });
      return;
    case 'trap':
      // What the trap does decides: `trap 'exit 1' ERR`.
      if (words.some(({ template }) => /\bexit\b/.test(literal(template) ?? 'exit'))) exits.push(noFacts);
      if (state.errexit === false && words.some(({ template }) => literal(template) === 'ERR')) state.errexit = undefined;
      return;
    case 'exit':
      state.ended = true;
      if (/^[1-9]\d*$/.test(text(1) ?? '')) return;
      state.mayHaveEnded = true;
      if (!around.apart) exits.push(state.facts());
      return;
    case 'exec':
      if (words.length > 1 && !around.apart) exits.push(state.facts());
  }
}

/** The arguments after `set -- A B`; what they were without `--`. */
function setArguments(words: readonly Argument[], before: readonly Template[] | undefined): readonly Template[] | undefined {
  const start = words.findIndex(({ template }) => literal(template) === '--');
  return start < 0 ? before : words.slice(start + 1).map(({ template }) => template);
}
