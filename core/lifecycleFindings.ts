import { ecrLifecycleExpiresProtected } from './rules/ecr-lifecycle-expires-protected.ts';
import { ecrLifecycleUntaggedMissing } from './rules/ecr-lifecycle-untagged-missing.ts';
import { ecrRepositoryUnprotected } from './rules/ecr-repository-unprotected.ts';
import type { Finding, Problem, Rule } from './rules/rule.ts';
import { lossesBy } from './rules/shared/lifecycleLosses.ts';
import { type GivenPolicy, lifecycleFile } from './rules/shared/lifecycleText.ts';
import { ecrNames } from './rules/shared/repositorySettings.ts';
import { standingAt } from './rules/shared/standingImages.ts';
import { untaggedLeft } from './rules/shared/untaggedLeft.ts';
import { isLifecycleText } from './workspace/paths.ts';
import type { Workspace } from './workspace/workspace.ts';

/**
 * What a lifecycle policy in a file of its own does to the images of the workspace. Which repository has it, nobody says: it is judged by
 * what holds for all of them. One that a workflow puts is judged there.
 */
export function lifecycleFindings(workspace: Workspace, path: string, text: string): readonly Finding[] {
  if (!isLifecycleText(text) || workspace.flow.settings.some(({ usage }) => usage.lifecycleFile === path)) return [];
  const given = lifecycleFile(text);
  const found = (rule: Rule, { at, message, severity = rule.severity, related = [] }: Problem): Finding => ({
    rule: rule.id,
    severity,
    message,
    path,
    span: at,
    related: related.map(({ path: from = path, ...place }) => ({ path: from, ...place })),
  });
  const [wrong] = given.problems;
  if (wrong) {
    const message = `Amazon ECR refuses this lifecycle policy: ${wrong.message}`;
    return [found(ecrRepositoryUnprotected, { at: wrong.span, message, severity: 'warning' })];
  }
  const left = leftBehind(given, workspace, path);
  return [
    ...lossesEverywhere(given, workspace, path).map(problem => found(ecrLifecycleExpiresProtected, problem)),
    ...(left ? [found(ecrLifecycleUntaggedMissing, left)] : []),
  ];
}

/** What the policy does to each of the repositories in which something has to stay. */
function lossesEverywhere(given: GivenPolicy, workspace: Workspace, path: string): readonly Problem[] {
  const where = { workspace, path };
  const names = ecrNames(where);
  const standing = names.filter(name => standingAt(name, where).length > 0);
  const judged = standing.length > 0 ? standing : names.length === 1 ? names : [];
  const [first = [], ...others] = judged.map(name => lossesBy(given, name, where));
  return first.filter(({ at }) => others.every(problems => problems.some(other => other.at.start === at.start)));
}

function leftBehind({ policy }: GivenPolicy, workspace: Workspace, path: string): Problem | undefined {
  const where = { workspace, path };
  const at = policy?.rules[0]?.span;
  if (!policy || !at) return undefined;
  // The first rule as a whole is no place: where it begins is.
  const begin = { start: at.start, end: at.start + 1 };
  return ecrNames(where)
    .map(name => untaggedLeft(policy, name, begin, where))
    .find(problem => problem !== undefined);
}
