/** A repository has at most this many filters: ImageTagMutabilityExclusionFilters in the API reference. */
export const maximumFilters = 5;
const maximumWildcards = 2;
const maximumLength = 128;

/** Why Amazon ECR refuses an exclusion filter, in words that follow it; `undefined` where it takes it. */
export function filterProblem(filter: string): string | undefined {
  if (filter === '') return 'is empty';
  if (filter.length > maximumLength) return `is longer than ${maximumLength} characters`;
  const bad = /[^0-9A-Za-z._*-]/u.exec(filter)?.[0];
  if (bad !== undefined)
    return `has ${/\s/.test(bad) ? 'a space' : `\`${bad}\``}: letters, digits, \`.\`, \`_\`, \`-\` and \`*\` are taken`;
  return filter.split('*').length - 1 > maximumWildcards ? `has more than ${maximumWildcards} \`*\`` : undefined;
}
