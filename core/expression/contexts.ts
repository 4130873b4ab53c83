import type { Author, Shape } from '../image/shape.ts';

/** What is known of a context's leaf: its shape, who writes it, and the events that fill it (`undefined`: every event). */
export interface ContextValue {
  readonly shape: Shape;
  readonly author: Author;
  readonly events?: ReadonlySet<string>;
}

export const pullRequestEvents: ReadonlySet<string> = new Set([
  'pull_request',
  'pull_request_target',
  'pull_request_review',
  'pull_request_review_comment',
]);
const commentEvents: ReadonlySet<string> = new Set([
  'issue_comment',
  'pull_request_review_comment',
  'commit_comment',
  'discussion_comment',
]);
const issueEvents: ReadonlySet<string> = new Set(['issues', 'issue_comment']);
const discussionEvents: ReadonlySet<string> = new Set(['discussion', 'discussion_comment']);
const workflowRunEvents: ReadonlySet<string> = new Set(['workflow_run']);
const pushEvents: ReadonlySet<string> = new Set(['push']);

const trusted = (shape: Shape): ContextValue => ({ shape, author: 'trusted' });
const stranger = (shape: Shape, events: ReadonlySet<string>): ContextValue => ({ shape, author: 'stranger', events });

/**
 * Leaves of `github.*` that are strings, after GitHub's webhook documentation; `*` stands for one name or index.
 * What is not here is `unknown` by `githubValue` below, but for the suffixes that are numbers, dates or hashes everywhere.
 */
const leaves: ReadonlyMap<string, ContextValue> = new Map<string, ContextValue>([
  ['actor', trusted('login')],
  ['triggering_actor', trusted('login')],
  ['sha', trusted('sha40')],
  ['event_name', trusted('tagSafe')],
  ['ref_type', trusted('tagSafe')],
  ['repository', trusted('repository')],
  ['repository_owner', trusted('login')],
  ['repository_id', trusted('integer')],
  ['run_id', trusted('integer')],
  ['run_number', trusted('integer')],
  ['run_attempt', trusted('integer')],
  ['workflow', trusted('line')],
  ['job', trusted('tagSafe')],
  ['action', trusted('line')],
  ['token', trusted('tagSafe')],
  ['workspace', trusted('line')],
  ['server_url', trusted('line')],
  ['api_url', trusted('line')],
  ['ref_protected', trusted('boolean')],
  ['base_ref', trusted('gitRef')],
  ['ref', { shape: 'gitRef', author: 'pusher' }],
  ['ref_name', { shape: 'gitRef', author: 'pusher' }],
  ['head_ref', stranger('gitRef', new Set(['pull_request', 'pull_request_target']))],
  ['event.action', trusted('tagSafe')],
  ['event.number', trusted('integer')],
  ['event.before', trusted('sha40')],
  ['event.after', trusted('sha40')],
  ['event.repository.full_name', trusted('repository')],
  ['event.repository.default_branch', trusted('gitRef')],
  ['event.ref', { shape: 'gitRef', author: 'pusher' }],
  ['event.base_ref', { shape: 'gitRef', author: 'pusher' }],
  ['event.pull_request.number', { ...trusted('integer'), events: pullRequestEvents }],
  ['event.pull_request.title', stranger('line', pullRequestEvents)],
  ['event.pull_request.body', stranger('anything', pullRequestEvents)],
  ['event.pull_request.head.ref', stranger('gitRef', pullRequestEvents)],
  ['event.pull_request.head.label', stranger('gitRef', pullRequestEvents)],
  ['event.pull_request.head.repo.default_branch', stranger('gitRef', pullRequestEvents)],
  ['event.pull_request.head.repo.description', stranger('anything', pullRequestEvents)],
  ['event.pull_request.head.repo.homepage', stranger('line', pullRequestEvents)],
  ['event.pull_request.head.repo.full_name', trusted('repository')],
  ['event.pull_request.head.repo.name', trusted('tagSafe')],
  ['event.pull_request.base.ref', trusted('gitRef')],
  ['event.pull_request.user.login', trusted('login')],
  ['event.pull_request.merged', trusted('boolean')],
  ['event.pull_request.draft', trusted('boolean')],
  ['event.pull_request.merge_commit_sha', trusted('sha40')],
  ['event.changes.title.from', stranger('line', pullRequestEvents)],
  ['event.changes.body.from', stranger('anything', pullRequestEvents)],
  ['event.issue.title', stranger('line', issueEvents)],
  ['event.issue.body', stranger('anything', issueEvents)],
  ['event.comment.body', stranger('anything', commentEvents)],
  ['event.review.body', stranger('anything', new Set(['pull_request_review']))],
  ['event.discussion.title', stranger('line', discussionEvents)],
  ['event.discussion.body', stranger('anything', discussionEvents)],
  ['event.pages.*.page_name', stranger('line', new Set(['gollum']))],
  ['event.head_commit.message', { shape: 'anything', author: 'pusher', events: pushEvents }],
  ['event.head_commit.author.email', { shape: 'line', author: 'pusher', events: pushEvents }],
  ['event.head_commit.author.name', { shape: 'line', author: 'pusher', events: pushEvents }],
  ['event.commits.*.message', { shape: 'anything', author: 'pusher', events: pushEvents }],
  ['event.commits.*.author.email', { shape: 'line', author: 'pusher', events: pushEvents }],
  ['event.commits.*.author.name', { shape: 'line', author: 'pusher', events: pushEvents }],
  ['event.workflow_run.head_branch', stranger('gitRef', workflowRunEvents)],
  ['event.workflow_run.display_title', stranger('line', workflowRunEvents)],
  ['event.workflow_run.head_commit.message', stranger('anything', workflowRunEvents)],
  ['event.workflow_run.head_commit.author.name', stranger('line', workflowRunEvents)],
  ['event.workflow_run.head_commit.author.email', stranger('line', workflowRunEvents)],
  ['event.workflow_run.head_repository.description', stranger('anything', workflowRunEvents)],
  ['event.workflow_run.pull_requests.*.head.ref', stranger('gitRef', workflowRunEvents)],
  ['event.release.tag_name', { shape: 'gitRef', author: 'pusher' }],
  ['event.release.name', { shape: 'line', author: 'pusher' }],
  ['event.release.body', { shape: 'anything', author: 'pusher' }],
]);

const suffixShapes: readonly [RegExp, Shape][] = [
  [/(?:^|[._])sha$/, 'sha40'],
  [/(?:^|[._])(?:id|number)$/, 'integer'],
  [/_at$/, 'timestamp'],
  [/(?:^|\.)login$/, 'login'],
  [/(?:^|\.)node_id$/, 'tagSafe'],
];

/** What `github.<path>` holds; names compare without case, as in GitHub. An object or an unlisted leaf is `unknown` and trusted. */
export function githubValue(path: readonly string[]): ContextValue {
  const name = path.map(part => (/^\d+$/.test(part) ? '*' : part.toLowerCase())).join('.');
  const known = leaves.get(name);
  if (known) return known;
  if (name.startsWith('event.client_payload')) return { shape: 'anything', author: 'dispatcher', events: new Set(['repository_dispatch']) };
  for (const [suffix, shape] of suffixShapes) if (suffix.test(name)) return trusted(shape);
  return trusted('unknown');
}

/** Leaves that strangers write below an object, so that `toJSON(github.event.pull_request)` is known to hold them. */
export function strangersBelow(path: readonly string[]): ContextValue | undefined {
  const prefix = path.length === 0 ? '' : `${path.map(part => part.toLowerCase()).join('.')}.`;
  for (const [name, value] of leaves) {
    if (value.author === 'stranger' && name.startsWith(prefix))
      return { shape: 'anything', author: 'stranger', ...(value.events && { events: value.events }) };
  }
  return undefined;
}
