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
/** Those with which GitHub fills `head_ref` and `base_ref`. */
const refEvents: ReadonlySet<string> = new Set(['pull_request', 'pull_request_target']);
const commentEvents: ReadonlySet<string> = new Set([
  'issue_comment',
  'pull_request_review_comment',
  'commit_comment',
  'discussion_comment',
]);
const issueEvents: ReadonlySet<string> = new Set(['issues', 'issue_comment']);
const discussionEvents: ReadonlySet<string> = new Set(['discussion', 'discussion_comment']);
const workflowRunEvents: ReadonlySet<string> = new Set(['workflow_run']);
const mergeGroupEvents: ReadonlySet<string> = new Set(['merge_group']);
const pushEvents: ReadonlySet<string> = new Set(['push']);
const editedEvents: ReadonlySet<string> = new Set([...pullRequestEvents, ...issueEvents, ...discussionEvents, ...commentEvents]);

/** Events whose run stands on a branch or tag that somebody chose; with the others it is the default branch, the base, or a number. */
export const chosenRefEvents: ReadonlySet<string> = new Set(['push', 'workflow_dispatch', 'release', 'create', 'delete', 'deployment']);

/** The object under `github.event` and the events that have it: below it everything is empty with the others. */
const objects: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['pull_request', pullRequestEvents],
  ['issue', issueEvents],
  ['comment', commentEvents],
  ['review', new Set(['pull_request_review'])],
  ['discussion', discussionEvents],
  ['workflow_run', workflowRunEvents],
  ['merge_group', mergeGroupEvents],
  ['head_commit', pushEvents],
  ['commits', pushEvents],
  ['pages', new Set(['gollum'])],
  ['release', new Set(['release'])],
  ['client_payload', new Set(['repository_dispatch'])],
  ['inputs', new Set(['workflow_dispatch'])],
]);

const trusted = (shape: Shape): ContextValue => ({ shape, author: 'trusted' });
const stranger = (shape: Shape, events: ReadonlySet<string>): ContextValue => ({ shape, author: 'stranger', events });
const pusher = (shape: Shape, events: ReadonlySet<string>): ContextValue => ({ shape, author: 'pusher', events });

/** What git records of a commit: message, author and committer. */
function commit(name: string, value: (shape: Shape) => ContextValue): readonly (readonly [string, ContextValue])[] {
  const people = ['author', 'committer'].flatMap(role => [`${name}.${role}.name`, `${name}.${role}.email`]);
  return [[`${name}.message`, value('anything')], ...people.map(path => [path, value('line')] as const)];
}

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
  ['base_ref', { ...trusted('gitRef'), events: refEvents }],
  ['ref', { shape: 'gitRef', author: 'pusher' }],
  ['ref_name', { shape: 'gitRef', author: 'pusher' }],
  ['head_ref', stranger('gitRef', refEvents)],
  ['event.action', trusted('tagSafe')],
  ['event.number', { ...trusted('integer'), events: pullRequestEvents }],
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
  ['event.changes.title.from', stranger('line', editedEvents)],
  ['event.changes.body.from', stranger('anything', editedEvents)],
  ['event.issue.title', stranger('line', issueEvents)],
  ['event.issue.body', stranger('anything', issueEvents)],
  ['event.comment.body', stranger('anything', commentEvents)],
  ['event.review.body', stranger('anything', new Set(['pull_request_review']))],
  ['event.review_comment.body', stranger('anything', new Set(['pull_request_review_comment']))],
  ['event.discussion.title', stranger('line', discussionEvents)],
  ['event.discussion.body', stranger('anything', discussionEvents)],
  ['event.pages.*.page_name', stranger('line', new Set(['gollum']))],
  ...commit('event.head_commit', shape => pusher(shape, pushEvents)),
  ...commit('event.commits.*', shape => pusher(shape, pushEvents)),
  // A merge commit's message quotes the pull request's title and branch.
  ...commit('event.merge_group.head_commit', shape => stranger(shape, mergeGroupEvents)),
  ['event.workflow_run.head_branch', stranger('gitRef', workflowRunEvents)],
  ['event.workflow_run.display_title', stranger('line', workflowRunEvents)],
  ...commit('event.workflow_run.head_commit', shape => stranger(shape, workflowRunEvents)),
  ['event.workflow_run.head_repository.description', stranger('anything', workflowRunEvents)],
  ['event.workflow_run.head_repository.homepage', stranger('line', workflowRunEvents)],
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
  const [root, object = ''] = name.split('.');
  const events = root === 'event' ? objects.get(object) : undefined;
  if (known) return known.events || !events ? known : { ...known, events };
  if (object === 'client_payload' && events) return { shape: 'anything', author: 'dispatcher', events };
  const shape = suffixShapes.find(([suffix]) => suffix.test(name))?.[1] ?? 'unknown';
  return { ...trusted(shape), ...(events && { events }) };
}

/** What people outside write below an object, so that `toJSON(github.event.pull_request)` is known to hold it; the most foreign first. */
export function writtenBelow(path: readonly string[]): readonly ContextValue[] {
  const prefix = path.length === 0 ? '' : `${path.map(part => part.toLowerCase()).join('.')}.`;
  const below = [...leaves].filter(([name]) => name.startsWith(prefix)).map(([, value]) => value);
  return (['stranger', 'pusher'] as const).flatMap(author => {
    const events = below.filter(value => value.author === author).flatMap(value => [...(value.events ?? [])]);
    return events.length > 0 ? [{ shape: 'anything', author, events: new Set(events) } satisfies ContextValue] : [];
  });
}
