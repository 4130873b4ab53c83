import { type Digest, shortDigest } from '../../core/image/digest.ts';
import type { Plan } from '../../core/promotion/model.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';
import { escaped } from '../../core/text/markdown.ts';

/** Commits that the question shows; the plan's page has them all. */
const fewCommits = 5;

/** `Promote acme/api: staging → prod`; a digest as source is shortened. */
export function titleOf({ kind, repository, source, tag }: Plan): string {
  const from = source.startsWith('sha256:') ? shortDigest(source as Digest) : source;
  return kind === 'promote' ? `Promote ${repository}: ${from} → ${tag}` : `Roll back ${repository}: ${tag} → ${from}`;
}

/** What the question before the write says: from where to where, what lies between, and what it does not do. */
export function confirmation(plan: Plan): string {
  const { current, next, tag, checks, requests, host } = plan;
  const { head, lines } = commits(plan, fewCommits);
  const writes = requests.filter(({ method }) => method === 'PUT').length;
  const paragraphs = [
    `${tag} now: ${current ? brief(current) : 'not there yet'}\n${tag} then: ${brief(next)}`,
    [head, ...lines.map(line => `• ${line}`)].join('\n'),
    ...checks.filter(({ result }) => result === 'warning').map(({ message }) => `⚠ ${message}`),
    `${writes} ${writes === 1 ? 'write' : 'writes'} to ${host}; the plan's page lists every request.`,
    afterwards(plan),
  ];
  return paragraphs
    .filter(text => text !== '')
    .join('\n\n')
    .replaceAll('`', '');
}

/** The whole plan as a Markdown page. */
export function planPage(plan: Plan): string {
  const { host, repository, tag, source, current, next, checks, trail, requests, createdAt } = plan;
  const between = commits(plan, Number.POSITIVE_INFINITY);
  const marks = { passed: '✓', warning: '⚠', refused: '✗' } as const;
  return [
    `# ${titleOf(plan)}`,
    `In \`${host}/${repository}\`, looked at ${createdAt.slice(0, 19).replace('T', ' ')} UTC. Nothing is written before you confirm.`,
    '## The tag',
    [
      '| | digest | built | version | platforms |',
      '|---|---|---|---|---|',
      current ? row(`\`${tag}\` now`, current) : `| \`${tag}\` now | not there yet | | | |`,
      row(`\`${tag}\` then (${source.startsWith('sha256:') ? 'as chosen' : `\`${source}\``})`, next),
    ].join('\n'),
    afterwards(plan),
    '## Commits between them',
    between.head,
    between.lines.map(line => `- ${escaped(line)}`).join('\n'),
    ...(checks.length > 0
      ? ['## Checks', checks.map(({ result, message }) => `- ${marks[result]} ${escaped(message.replaceAll('`', ''))}`).join('\n')]
      : []),
    ...(trail.length > 0
      ? ['## Kept findable', trail.map(({ tag: name, digest }) => `- \`${name}\` names \`${shortDigest(digest)}\``).join('\n')]
      : []),
    '## Exact requests',
    `\`\`\`http\n${requests.map(({ method, url, purpose }) => `# ${purpose}\n${method} ${url}`).join('\n')}\n\`\`\``,
    '',
  ].join('\n\n');
}

function afterwards({ tag, next }: Plan): string {
  return `\`${tag}\` will name ${shortDigest(next.digest)}. Moving a tag redeploys nothing: running workloads change only when they are redeployed.`;
}

/** A sentence, and one line for each commit as it is (not yet Markdown). */
function commits({ history, current }: Plan, most: number): { readonly head: string; readonly lines: readonly string[] } {
  const { direction, commits, total } = history;
  const count = `${total} ${total === 1 ? 'commit' : 'commits'}`;
  const heads = {
    same: 'Both were built from the same commit.',
    forward: `${count} forward:`,
    backward: `${count} taken back:`,
    diverged: `They lie on different branches; ${count} that the present one has not:`,
    unknown: current ? 'The commits between them are not known: no revision label, or not in a folder that is open.' : 'It is a new tag.',
  } as const;
  const shown = commits.slice(0, most).map(({ id, subject, author }) => `${id.slice(0, 7)} ${subject} (${author})`);
  const more = total - shown.length;
  return { head: heads[direction], lines: more > 0 && shown.length > 0 ? [...shown, `and ${more} more`] : shown };
}

function brief({ digest, version, created }: ImageDetails): string {
  return [shortDigest(digest), version, created && `built ${created.slice(0, 10)}`].filter(Boolean).join(', ');
}

function row(title: string, { digest, created, version, platforms }: ImageDetails): string {
  return `| ${title} | \`${shortDigest(digest)}\` | ${created?.slice(0, 10) ?? ''} | ${escaped(version ?? '')} | ${escaped(platforms.join(', '))} |`;
}
