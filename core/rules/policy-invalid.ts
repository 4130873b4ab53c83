import type { Rule } from './rule.ts';

/** Said where the policy file is read, in core/policyFindings.ts: it is no workflow. */
export const policyInvalid: Rule = {
  id: 'policy-invalid',
  title: 'The policy file cannot be read as one',
  severity: 'error',
  fixable: false,
  visit: {},
};
