import { type Answer, type Asked, json } from '../../../demo/registry/answer.ts';
import type { GitHubState } from './state.ts';

/** Answers the one query that is sent: pull requests of a repository by their numbers, each under an alias. docs.github.com, GraphQL, `Repository.pullRequest`. */
export function graphql(state: GitHubState, asked: Asked): Answer {
  const { query, variables } = JSON.parse(Buffer.from(asked.body).toString()) as {
    query: string;
    variables: { owner: string; name: string };
  };
  const all = state.pulls.get(`${variables.owner}/${variables.name}`.toLowerCase());
  const notFound = (path: readonly string[], what: string) => ({ type: 'NOT_FOUND', path, message: `Could not resolve to a ${what}.` });
  if (!all) {
    const missing = `Repository with the name '${variables.owner}/${variables.name}'`;
    return json(200, { data: { repository: null }, errors: [notFound(['repository'], missing)] });
  }
  const repository: Record<string, unknown> = {};
  const errors: unknown[] = [];
  for (const [, alias = '', number = ''] of query.matchAll(/(\w+):\s*pullRequest\(number:\s*(\d+)\)/g)) {
    const pull = all.find(one => String(one.number) === number);
    if (!pull) errors.push(notFound(['repository', alias], `PullRequest with the number of ${number}`));
    const shown = pull && {
      number: pull.number,
      title: pull.title,
      state: pull.merged ? 'MERGED' : pull.state.toUpperCase(),
      url: `https://github.com/${variables.owner}/${variables.name}/pull/${number}`,
    };
    repository[alias] = shown ?? null;
  }
  return json(200, { data: { repository }, ...(errors.length > 0 && { errors }) });
}
