import { shortDigest } from '../../core/image/digest.ts';
import type { Check, Plan } from '../../core/promotion/model.ts';
import { refusals } from '../../core/promotion/plan.ts';
import { redeployNote } from '../../core/promotion/words.ts';
import type { ImageDetails } from '../../core/registry/describe.ts';
import { type Layout, paint, type Style } from '../terminal.ts';
import { age } from './age.ts';
import { displayWidth } from './cells.ts';

const mostCommits = 20;
const checkStyles: Readonly<Record<Check['result'], Style>> = { passed: 'green', warning: 'yellow', refused: 'red' };

/** A plan as people read it before they confirm: from what to what, the commits between, the checks, the exact requests. */
export function planText(plan: Plan, because: string | undefined, look: Layout, now: Date): string {
  const { kind, host, repository, tag, current, next, source, alreadyThere } = plan;
  const verb = kind === 'promote' ? 'Promote' : 'Roll back';
  const named = source === next.digest ? '' : `, as \`${source}\` does`;
  const parts = [
    `${paint(look, 'bold', `${verb} ${tag}`)} in ${host}/${repository}\n${because ? `${because}\n` : ''}`,
    imageText('from', current, look, now) + (alreadyThere ? '' : imageText('to', next, look, now)),
  ];
  if (alreadyThere) return `${parts.join('\n')}\n\`${tag}\` names ${shortDigest(next.digest)} already${named}; there is nothing to do.\n`;
  parts.push(commitsText(plan, look), checksText(plan, look));
  if (refusals(plan).length === 0) parts.push(requestsText(plan, look), `When it is done: ${redeployNote(plan)}\n`);
  return parts.filter(Boolean).join('\n');
}

function imageText(label: string, image: ImageDetails | undefined, look: Layout, now: Date): string {
  const head = `  ${paint(look, 'bold', label.padEnd(4))}  `;
  if (!image) return `${head}no such tag yet\n`;
  const { digest, created, revision, platforms, content } = image;
  const facts = [
    created === undefined ? undefined : `built ${created.slice(0, 10)} (${age(created, now)})`,
    revision === undefined ? undefined : `revision ${revision.slice(0, 12)}`,
    content === 'cache' ? 'build cache' : platforms.join(', '),
  ].filter(Boolean);
  return `${head}${digest}\n${facts.length > 0 ? `        ${facts.join(' · ')}\n` : ''}`;
}

function commitsText({ history, current, next }: Plan, look: Layout): string {
  const { direction, commits, total } = history;
  if (direction === 'same') return '';
  if (direction === 'unknown') {
    if (!current) return '';
    const why =
      current.revision === undefined || next.revision === undefined
        ? 'an image names no revision'
        : 'this clone does not know both revisions';
    return `${paint(look, 'bold', 'Commits')}\n  not known: ${why}\n`;
  }
  const meaning = { forward: 'new', backward: 'taken back', diverged: 'new, on another branch' }[direction];
  const shown = commits.slice(0, mostCommits).map(({ id, subject }) => `  ${id.slice(0, 7)} ${cut(subject, look, 10)}`);
  if (total > shown.length) shown.push(`  … and ${total - shown.length} more`);
  return `${paint(look, 'bold', 'Commits')}, ${total} ${meaning}\n${shown.map(line => `${line}\n`).join('')}`;
}

function checksText({ checks }: Plan, look: Layout): string {
  const lines = checks.map(({ result, message }) => `  ${paint(look, checkStyles[result], result.padEnd(7))}  ${message}\n`);
  return `${paint(look, 'bold', 'Checks')}\n${lines.join('')}`;
}

function requestsText({ requests }: Plan, look: Layout): string {
  const purposes = requests.map(({ method, url, purpose }) => ({ purpose, line: `  ${method.padEnd(4)} ${url}` }));
  const body = purposes.map(({ purpose, line }) => `${line}\n       ${paint(look, 'dim', purpose)}\n`).join('');
  return `${paint(look, 'bold', 'Requests')}, in this order\n${body}`;
}

/** Cut to the terminal, which would break the line elsewhere; whole in a pipe. */
function cut(text: string, { width }: Layout, indent: number): string {
  if (width === undefined || displayWidth(text) + indent <= width) return text;
  let kept = text;
  while (kept !== '' && displayWidth(kept) + indent + 1 > width) kept = [...kept].slice(0, -1).join('');
  return `${kept}…`;
}
