import type { Rule } from './rule.ts';

/** The file cannot be read as the author meant it, so the other checks see only a part of it. */
export const invalidYaml: Rule = {
  id: 'invalid-yaml',
  title: 'The file is not valid YAML, or not as GitHub reads it',
  severity: 'error',
  fixable: false,
  visit: {
    file({ usage, report }) {
      for (const { message, span } of usage.workflow.problems) report({ at: span, message });
    },
  },
};
