import type { Redirection } from 'unbash';
import { join, split, splitOnce, trim } from '../image/split.ts';
import { choice, derived, literal, type Template } from '../image/template.ts';
import type { Sink } from './state.ts';

interface Line {
  readonly template: Template;
  readonly conditional: boolean;
}

/** Stands for the name of an output whose name nobody knows (`cat versions.env >> "$GITHUB_OUTPUT"`): there may be any others. */
export const namelessOutput = '';

/** What a step appends to `$GITHUB_OUTPUT` or `$GITHUB_ENV`, read as GitHub reads it: `name=value`, or `name<<DELIMITER` up to that line. */
export class SinkText {
  readonly #lines: Line[] = [];

  append(text: Template, conditional: boolean): void {
    const lines = split(text, /\n/);
    for (const [index, template] of lines.entries()) {
      if (template.length > 0 || index < lines.length - 1) this.#lines.push({ template, conditional });
    }
  }

  entries(): ReadonlyMap<string, Template> {
    const entries = new Map<string, Template>();
    for (let index = 0; index < this.#lines.length; index++) {
      const { template, conditional } = this.#lines[index] as Line;
      const [name, value, next] = this.#entry(template, index);
      if (!name) {
        if (template.some(part => part.kind !== 'text')) entries.set(namelessOutput, template);
        continue;
      }
      index = next;
      const before = entries.get(name);
      const at = (value[0] ?? template[0])?.at;
      // A write that may not happen adds a possibility; one that does happen replaces what was written before.
      if (!conditional) entries.set(name, value);
      else entries.set(name, before && at ? choice([before, value], at) : value.map(part => ({ ...part, unset: true as const })));
    }
    return entries;
  }

  #entry(line: Template, index: number): readonly [name: string | undefined, value: Template, next: number] {
    const heredoc = splitOnce(line, '<<');
    const name = heredoc && literal(trim(heredoc[0]));
    const delimiter = heredoc && literal(trim(heredoc[1]));
    if (name && /^[\w-]+$/.test(name)) {
      const value: Template[] = [];
      let at = index + 1;
      for (; at < this.#lines.length; at++) {
        const { template } = this.#lines[at] as Line;
        if (delimiter !== undefined ? literal(template) === delimiter : sameText(template, heredoc?.[1] ?? [])) break;
        value.push(template);
      }
      return [name, join(value, '\n'), at];
    }
    const pair = splitOnce(line, '=');
    const key = pair && literal(trim(pair[0]));
    return key && pair ? [key, pair[1], index] : [undefined, [], index];
  }
}

/** A random delimiter is a hole: the line that ends the value is the same hole again. */
function sameText(a: Template, b: Template): boolean {
  const write = (template: Template) =>
    template.map(part => (part.kind === 'text' ? part.text : part.kind === 'hole' ? `\u0001${part.source}` : '\u0002')).join('');
  return write(a) === write(b);
}

/** `::set-output name=NAME::VALUE`, the older way to write `NAME=VALUE` to `$GITHUB_OUTPUT`. */
export function legacyOutput(printed: Template): Template | undefined {
  // Without quotes the command and its name are two words.
  const command = splitOnce(printed, '::set-output');
  const name = command?.[0].length === 0 ? splitOnce(trim(command[1]), 'name=') : undefined;
  const pair = name?.[0].length === 0 ? splitOnce(name[1], '::') : undefined;
  const at = printed[0]?.at;
  return pair && at ? [...pair[0], ...derived('=', at), ...pair[1], ...derived('\n', at)] : undefined;
}

/** The file among a command's redirections that later steps read. */
export function sinkOf(redirects: readonly Redirection[]): Sink | undefined {
  for (const redirect of redirects) {
    const sink = redirect.type === 'Redirect' && redirect.operator.startsWith('>') ? namedSink(redirect.target?.text ?? '') : undefined;
    if (sink) return sink;
  }
  return undefined;
}

/** The file that a word names, `"$GITHUB_OUTPUT"`. */
export function namedSink(word: string): Sink | undefined {
  const name = /\$\{?GITHUB_(OUTPUT|ENV|STEP_SUMMARY)\b/.exec(word)?.[1];
  return name === 'OUTPUT' ? 'output' : name === 'ENV' ? 'env' : name ? 'summary' : undefined;
}
