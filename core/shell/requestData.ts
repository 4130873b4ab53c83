import { githubValue } from '../expression/contexts.ts';
import { display, hole, literal, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { Argument } from './words.ts';

/** What GitHub's REST API gives for one of these, as the event of the same name holds it. */
type Kind = 'pull_request' | 'issue' | 'comment';

/** Fields of `gh pr view --json` and `gh issue view --json` that the API calls otherwise. */
const names: ReadonlyMap<string, string> = new Map([
  ['headRefName', 'head.ref'],
  ['headRefOid', 'head.sha'],
  ['baseRefName', 'base.ref'],
  ['baseRefOid', 'base.sha'],
  ['author.login', 'user.login'],
  ['headRepository.name', 'head.repo.name'],
  ['headRepositoryOwner.login', 'head.user.login'],
]);

/** `/pulls/12`, with an expression or a variable for the number, and nothing below it; `/issues/comments/12`. */
const place = /\/(pulls|issues|comments)\/(?:\$\{\{[^{}]*\}\}|\$\{\w+\}|\$\w+|\d+|…)(?![\w/])/;

/** What a command line asks GitHub for, where that is one pull request, issue or comment. */
function asked(line: string): Kind | undefined {
  const [, noun] = /\bgh (pr|issue) view\b/.exec(line) ?? [];
  if (noun) return noun === 'pr' ? 'pull_request' : 'issue';
  if (!/\bgh api\b|\bcurl\b/.test(line)) return undefined;
  const what = place.exec(line)?.[1];
  if (what === undefined) return undefined;
  return what === 'pulls' ? 'pull_request' : what === 'issues' ? 'issue' : 'comment';
}

/**
 * What `gh pr view --json title --jq .title`, `gh api repos/acme/web/pulls/12` or a `curl` for the same prints: a field as the event gives
 * it, written by the same people, or JSON that `fieldOf` can be asked. `undefined` for other commands.
 */
export function requestData(name: string, args: readonly Argument[], at: Span): Template | undefined {
  const words = args.map(({ template }) => literal(template) ?? display(template));
  const line = [name, ...words].join(' ');
  const kind = asked(line);
  if (!kind) return undefined;
  const query = words.flatMap((word, index) =>
    /^(?:--jq|-q)$/.test(word) ? [words[index + 1] ?? ''] : (/^--jq=(.*)/.exec(word)?.[1] ?? []),
  );
  if (words.some(word => /^(?:--template|-t|-o|--output|-X|--method)$/.test(word))) return undefined;
  if (query.length > 0) return field(kind, query[0] ?? '', `$(${line})`, at);
  return hole(`$(${line})`, 'unknown', at);
}

/** `jq -r .head.ref` of such JSON; `undefined` for other input, and for more than a path. */
export function fieldOf(args: readonly Argument[], stdin: Template | undefined, at: Span): Template | undefined {
  const [json] = stdin ?? [];
  if (json?.kind !== 'hole' || !json.source.startsWith('$(') || json.source.includes('|')) return undefined;
  const kind = asked(json.source);
  const words = args.map(({ template }) => literal(template) ?? '…').filter(word => !/^-[a-z]+$|^--[a-z-]+$/.test(word));
  if (!kind || words.length !== 1) return undefined;
  return field(kind, words[0] ?? '', `${json.source.slice(0, -1)} | jq ${words[0]})`, at);
}

function field(kind: Kind, query: string, source: string, at: Span): Template | undefined {
  const path = /^\.(\w+(?:\.\w+)*)$/.exec(query)?.[1];
  if (path === undefined) return undefined;
  const { shape, author } = githubValue(['event', kind, ...(names.get(path) ?? path).split('.')]);
  return shape === 'unknown' ? undefined : hole(source, shape, at, author);
}
