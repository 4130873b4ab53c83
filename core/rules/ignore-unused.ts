import type { Rule } from './rule.ts';

/** Said where comments are read, in core/suppress.ts: it needs to know what was found. */
export const ignoreUnused: Rule = {
  id: 'ignore-unused',
  title: 'A comment ignores what is not there',
  severity: 'hint',
  fixable: true,
  visit: {},
};
