import { alternatives, display, type HolePart, type Template, type TextPart } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { outputDigests } from './shared/outputDigests.ts';
import { templatesOf } from './shared/references.ts';

/** Digests come with their `sha256:`; cut off or written once more, they name no image. */
export const digestDoubled: Rule = {
  id: 'digest-doubled',
  title: 'A reference has `sha256:` twice, or not at all',
  severity: 'error',
  fixable: true,
  visit: {
    file(context) {
      if (!mayJoin(context.text)) return;
      const { usage } = context;
      for (const use of usage.usages) for (const template of templatesOf(use)) check(template, true, context);
      for (const script of usage.scripts) for (const template of wordsOf(script)) check(template, false, context);
      for (const { before, value } of outputDigests(context)) if (value.shape === 'digest') reportDoubled(before, value, true, context);
    },
  },
};

/** A value follows a `sha256:`, or an `@` in a file that speaks of digests. */
function mayJoin(text: string): boolean {
  return /sha256:["'\\]*[$%{]/.test(text) || (text.includes('digest') && /@["'\\]*[$%{]/.test(text));
}

/** What a script hands to programs and later steps. What it only says in the log harms nobody. */
function wordsOf({ commands, writes }: StepScript): readonly Template[] {
  const given = commands.flatMap(({ words, input, stdout }) => {
    const [name] = words[0]?.template ?? [];
    const says = stdout === 'log' && name?.kind === 'text' && /^(?:echo|printf)$/.test(name.text);
    return says ? [] : [...words.slice(1).map(({ template }) => template), ...(input ? [input] : [])];
  });
  return [...given, ...writes.map(({ text }) => text)];
}

/** Looks at what stands before each digest of a value; in one that may be no reference an `@` before any hash means nothing. */
function check(template: Template, isReference: boolean, context: RuleContext): void {
  if (!template.some(({ kind }) => kind !== 'text')) return;
  for (const form of alternatives(template)) {
    form.forEach((part, index) => {
      const before = form[index - 1];
      if (part.kind !== 'hole' || before?.kind !== 'text') return;
      if (part.shape === 'digest' && before.text.endsWith('sha256:')) {
        const at = endOf(before, 'sha256:', context);
        const isAlways = alternatives(template).every(other => other.includes(part) || !other.includes(before));
        reportDoubled(at ?? part.at, part, at !== undefined && isAlways, context);
      } else if (part.shape === 'digestHex' && before.text.endsWith('@') && (isReference || !/sha256sum/.test(part.source)))
        reportBare(before, part, context);
    });
  }
}

function reportDoubled(at: Span, part: HolePart, isMendable: boolean, context: RuleContext): void {
  if (isSaidAlready(context, at)) return;
  report(
    at,
    `${nameOf(part)} begins with \`sha256:\` already, so this becomes \`sha256:sha256:…\`: no registry and no tool takes that as a digest.`,
    part,
    isMendable ? { title: 'Leave out the second `sha256:`', safe: true, edits: [{ span: at, text: '' }] } : undefined,
    context,
  );
}

function reportBare(before: TextPart, part: HolePart, context: RuleContext): void {
  const at = endOf(before, '@', context);
  if (isSaidAlready(context, at ?? part.at)) return;
  const message = `${nameOf(part)} has lost its \`sha256:\` on the way here, and what follows an \`@\` has to begin with it: no registry and no tool takes this as a digest.`;
  const edits = at && [{ span: { start: at.end, end: at.end }, text: 'sha256:' }];
  report(at ?? part.at, message, part, edits && { title: 'Put `sha256:` before it', safe: true, edits }, context);
}

function report(at: Span, message: string, { via }: HolePart, fix: Problem['fix'], context: RuleContext): void {
  context.report({ at, message, via: via.filter(({ span }) => span.start !== at.start), ...(fix && { fix }) });
}

function nameOf(part: HolePart): string {
  return `\`${display([{ ...part, changes: [] }])}\``;
}

/** Where the last characters of a text part are written in this file: here, or where a variable holds them. */
function endOf({ at, via, derived }: TextPart, end: string, { text, path }: RuleContext): Span | undefined {
  const [origin] = via;
  if (derived || (origin && origin.path !== path)) return undefined;
  const written = (origin?.span ?? at).end;
  const span = { start: written - end.length, end: written };
  return text.slice(span.start, span.end) === end ? span : undefined;
}
