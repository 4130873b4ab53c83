import type { Build } from '../../usage/usage.ts';
import { isSaidAlready, type RuleContext } from '../rule.ts';
import { placeOf } from './origin.ts';

/** What the runner calls by two names. */
const contexts: Readonly<Record<string, string>> = {
  GITHUB_SHA: 'github.sha',
  GITHUB_REF: 'github.ref',
  GITHUB_REF_NAME: 'github.ref_name',
  GITHUB_HEAD_REF: 'github.head_ref',
  GITHUB_REPOSITORY: 'github.repository',
  GITHUB_REPOSITORY_OWNER: 'github.repository_owner',
  GITHUB_RUN_ID: 'github.run_id',
  GITHUB_RUN_NUMBER: 'github.run_number',
  GITHUB_ACTOR: 'github.actor',
};

/** `tags: $IMAGE:latest` of an action: no shell reads it, and docker gets the `$`. */
export function unexpanded(build: Build, context: RuleContext): void {
  if (build.within) return;
  for (const { written, name, isImport } of build.unexpanded ?? []) {
    const span = written[0]?.at;
    if (!span) continue;
    const { at, related } = placeOf({ template: written, span }, context.path);
    if (isSaidAlready(context, at)) continue;
    const expression = expressionFor(name, build, context);
    // Where the value is used it would be another expression than where it is written.
    const isDirect = context.text.slice(span.start, span.end) === name && written.every(({ via }) => via.length === 0);
    const fix = isDirect && expression ? { title: `Write \`${expression}\``, safe: false, edits: [{ span, text: expression }] } : undefined;
    context.report({
      at,
      related,
      ...(isImport && { severity: 'warning' as const }),
      message:
        `No shell reads this, so nothing is put in the place of \`${name}\`: ${isImport ? 'the builder gets it as it stands, and no cache is found under such a name' : 'docker gets it as it stands, and the step fails with “invalid reference format”'}. ` +
        (isDirect && expression
          ? `An expression is what the runner replaces: \`${expression}\`.`
          : 'Put expressions together where the reference is used, or make the value in a step before and take it from its output.'),
      ...(fix && { fix }),
    });
  }
}

/** The expression that stands for a plain `$NAME`, where the workflow or the runner gives it. */
function expressionFor(written: string, { job, step }: Build, { usage }: RuleContext): string | undefined {
  const name = /^\$\{?(\w+)\}?$/.exec(written)?.[1];
  if (name === undefined) return undefined;
  const known = contexts[name];
  if (known !== undefined) return `\${{ ${known} }}`;
  const isSet = [step.env, job.env, usage.workflow.env].some(env => env?.entries.has(name));
  return isSet ? `\${{ env.${name} }}` : undefined;
}
