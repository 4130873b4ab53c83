import { ruleTitles } from './allRules.ts';
import { loadPolicy } from './policy/load.ts';
import { policyInvalid } from './rules/policy-invalid.ts';
import type { Finding } from './rules/rule.ts';
import type { Span } from './text/span.ts';
import type { Workspace } from './workspace/workspace.ts';

/** What is wrong with a policy file of the workspace. */
export function policyFindings(workspace: Workspace, path: string, text: string): readonly Finding[] {
  const finding = (span: Span, message: string): Finding => ({
    rule: policyInvalid.id,
    severity: policyInvalid.severity,
    path,
    span,
    message,
    related: [],
  });
  const { policyPath } = workspace;
  if (policyPath !== undefined && policyPath !== path) {
    return [finding({ start: 0, end: text.search(/[\r\n]|$/) }, `This file is not read: the policy is \`${policyPath}\`.`)];
  }
  const { problems } = loadPolicy(text, ruleTitles);
  // A rule that does not exist is of no account; with any other mistake nothing of the file is.
  const counts = loadPolicy(text).problems.length === 0;
  const harm = counts ? '' : ' Until that is mended, nothing in this file counts.';
  return problems.map(({ span, message }) => finding(span, message + harm));
}
