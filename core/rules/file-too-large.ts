import type { Rule } from './rule.ts';

/** Said by the walk over the rules itself, since such a file is not read. */
export const fileTooLarge: Rule = {
  id: 'file-too-large',
  title: 'The file is too large to be checked',
  severity: 'info',
  fixable: false,
  visit: {},
};
