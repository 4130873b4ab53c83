import { alternatives, hole } from '../image/template.ts';
import { splitFields } from './fields.ts';
import type { Argument } from './words.ts';

/** A command is told apart in this many forms. */
const maxForms = 8;

/** The argument lists that a command may get where an unquoted value has several forms of different length: `docker build $TAGS .`. */
export function variants(words: readonly Argument[]): readonly (readonly Argument[])[] {
  if (!words.some(isApart)) return [words];
  let forms: readonly (readonly Argument[])[] = [[]];
  for (const word of words) {
    const options = isApart(word) ? formsOf(word) : [[word]];
    if (forms.length * options.length > maxForms) return [words.map(each => (isApart(each) ? unknown(each) : each))];
    forms = forms.flatMap(form => options.map(option => [...form, ...option]));
  }
  return forms;
}

/** One that is a flag or another or nothing in each form is left whole: who reads the flags takes all of them for possible. */
function isApart({ splits, template }: Argument): boolean {
  if (!splits) return false;
  const flags =
    template.length === 1 && alternatives(template).every(([first]) => !first || (first.kind === 'text' && first.text.startsWith('-')));
  return !flags;
}

function formsOf({ template, span }: Argument): readonly (readonly Argument[])[] {
  return alternatives(template).map(form =>
    splitFields([{ template: form, kind: 'splits' }], ' \t\n').map(field => ({ template: field.template, span })),
  );
}

function unknown({ span }: Argument): Argument {
  return { template: hole('too many alternatives', 'unknown', span), span };
}
