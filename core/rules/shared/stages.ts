/** What people call the place where everybody uses what runs: `prod`, `production-eu`, `live`. */
const production = /(?:^|[^a-z])(?:prod|production|prd|live)(?![a-z])/i;
const before =
  /(?:^|[^a-z])(?:pre-?prod(?:uction)?|non-?prod(?:uction)?|staging|stage|stg|dev|devel|development|test|testing|qa|uat|sandbox|integration|preview|canary)(?![a-z])/i;

/** Whether an environment or tag is where everybody uses what runs, or one that comes before it; `undefined` where its name does not say. */
export function stageOf(name: string): 'production' | 'before' | undefined {
  if (before.test(name)) return 'before';
  return production.test(name) ? 'production' : undefined;
}
