import { split, splitOnce, trim } from '../image/split.ts';
import { display, extent, type HolePart, holes, literal, type Template } from '../image/template.ts';
import type { ShellWrite } from '../shell/command.ts';
import type { Span } from '../text/span.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';

/** `NAME=VALUE` is one line of the runner's file: what follows a line break in the value is read as another line. */
export const shellOutputUnquoted: Rule = {
  id: 'shell-output-unquoted',
  title: 'A value that may hold a line break is written to one line of an output',
  severity: 'hint',
  fixable: false,
  visit: {
    script({ writes }, context) {
      // Few values may hold a line break: the lines are read only then.
      if (!writes.some(({ text }) => holes(text).some(mayBreak))) return;
      for (const sink of ['output', 'env'] as const) {
        const own = writes.filter(write => write.sink === sink);
        for (const entry of lineEntries(own)) {
          const breaks = holes(entry.value).find(mayBreak);
          if (breaks && !isSaidAlready(context, entry.span))
            report(entry, breaks, sink === 'env' ? '$GITHUB_ENV' : '$GITHUB_OUTPUT', context);
        }
      }
    },
  },
};

interface Entry {
  readonly name: string;
  readonly value: Template;
  readonly span: Span;
}

/** `NAME=VALUE` lines; those between `NAME<<DELIMITER` and the delimiter are a value of any number of lines. */
function lineEntries(writes: readonly ShellWrite[]): readonly Entry[] {
  const entries: Entry[] = [];
  let delimiter: Template | undefined;
  for (const { text, span } of writes) {
    for (const line of split(text, /\n/)) {
      if (delimiter) {
        if (display(line) === display(delimiter)) delimiter = undefined;
        continue;
      }
      const opened = splitOnce(line, '<<');
      if (opened && /^[\w-]+$/.test(literal(trim(opened[0])) ?? '')) {
        delimiter = trim(opened[1]);
        continue;
      }
      const pair = splitOnce(line, '=');
      const name = pair && literal(trim(pair[0]));
      if (pair && name) entries.push({ name, value: pair[1], span: within(extent(pair[1]), span) });
    }
  }
  return entries;
}

/** The value where it is written in the command, else the command. */
function within(value: Span | undefined, command: Span): Span {
  return value && value.start >= command.start && value.end <= command.end ? value : command;
}

/** Commands that print a list or a text of several lines, by the substitution that holds them. */
const lists =
  /^\$\(\s*(?:git (?:(?:diff|diff-tree|ls-files|ls-tree|status|tag|branch|for-each-ref|ls-remote)\b(?!.*(?:--show-current|--shortstat|--points-at|--quiet|--exit-code))|log\b(?!.*(?:-1\b|-n ?1\b|--max-count)))|ls\b|find\b|cat [^|]*\.(?:md|json|txt|ya?ml)\b|docker (?:images|ps)\b)[^|]*(?:\|\s*(?:sort|uniq|grep)\b[^|]*)*\)$/;

/**
 * Texts that people write on several lines, and what lists print. The form for a workflow's inputs has one line for each. A value that
 * nobody understands is not judged.
 */
function mayBreak({ shape, source, author, changes }: HolePart): boolean {
  // Sorting and picking lines leaves several.
  if (changes?.some(change => !/^(?:sort|uniq|grep)\b/.test(change))) return false;
  return (
    (shape === 'anything' && (author === 'stranger' || author === 'pusher')) ||
    (shape === 'unknown' && source.length < 400 && lists.test(source.replace(/\s+/g, ' ')))
  );
}

function report({ name, value, span }: Entry, breaks: HolePart, file: string, { report: say }: RuleContext): void {
  const stranger = breaks.author === 'stranger';
  const harm = stranger
    ? `Whoever writes it can add a line \`other=value\` and so set another ${file === '$GITHUB_ENV' ? 'variable' : 'output'} of this step`
    : 'From the second line on it is read as further entries, and the step fails with “Invalid format” or sets something else';
  const what = breaks.source.startsWith('$(') ? `\`${breaks.source}\`` : `\`${display([breaks])}\``;
  say({
    at: span,
    message:
      `${what} may hold a line break, and \`${name}=…\` in \`${file}\` is one line. ${harm}. ` +
      `Write \`${name}<<DELIMITER\`, the value and the delimiter on lines of their own.`,
    via: value.flatMap(part => part.via),
  });
}
