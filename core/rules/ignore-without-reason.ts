import type { Rule } from './rule.ts';

/** Said where comments are read, in core/suppress.ts; the comment still ignores. */
export const ignoreWithoutReason: Rule = {
  id: 'ignore-without-reason',
  title: 'A comment ignores a finding and does not say why',
  severity: 'hint',
  fixable: false,
  visit: {},
};
