import type { Job } from '../workflow/model.ts';

/** GitHub's own machines and larger ones that keep its names: `ubuntu-24.04-arm`, `windows-latest-8-cores`, `macos-15-xlarge`. */
const hosted = /^(?:ubuntu|windows|macos)-(?:latest|slim|\d[\d.]*)(?:-(?:arm|intel|large|xlarge|\d+-?cores?|vs\d+))*$/i;

/** Whether a job runs on a machine that GitHub makes for it and throws away; `undefined` where nobody can tell. */
export function isGitHubHosted({ runsOn, matrix }: Job): boolean | undefined {
  if (runsOn.length === 0) return undefined;
  const answers = runsOn.map(({ value }) => {
    const axis = /^\$\{\{\s*matrix\.([\w.-]+)\s*\}\}$/.exec(value.trim())?.[1];
    const labels = axis === undefined ? [value] : matrix.get(axis)?.map(item => item.value);
    if (!labels || labels.length === 0 || labels.some(label => label.includes('${{'))) return undefined;
    return labels.every(label => hosted.test(label.trim()));
  });
  return answers.includes(undefined) ? undefined : answers.every(answer => answer === true);
}
