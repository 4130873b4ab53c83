import { derived, type HolePart, hole, type Template } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import { githubValue } from './contexts.ts';
import type { Scope } from './scope.ts';

/** What a name means by itself, where the scope does not know its value. */
export function defaultValue(path: readonly string[], { events, assumed }: Scope, at: Span): Template {
  const [context, ...rest] = path;
  const name = path.join('.');
  switch (context?.toLowerCase()) {
    case 'github':
    case 'gitea':
    case 'forgejo': {
      if (rest[0]?.toLowerCase() === 'event_name' && assumed && events?.length === 1) return derived(events[0] ?? '', at);
      const value = githubValue(rest);
      // With an event that does not carry the value, GitHub gives the empty string.
      if (assumed && events && value.events && !events.some(event => value.events?.has(event))) return [];
      const isSure = assumed && events?.every(event => value.events?.has(event));
      return hole(name, value.shape, at, value.author, isSure ? undefined : value.events);
    }
    case 'runner':
      return hole(name, /^runner\.(?:os|arch|environment)$/i.test(name) ? 'tagSafe' : 'line', at);
    case 'job':
      return hole(name, name.toLowerCase() === 'job.status' ? 'tagSafe' : 'line', at);
    case 'strategy':
      return hole(name, /^strategy\.fail-fast$/i.test(name) ? 'boolean' : 'integer', at);
    default:
      return hole(name, 'unknown', at);
  }
}

/** Whether the events fill a name that stands alone (`head_ref` is there with pull requests alone); `undefined` where that is not known. */
export function isCarried(template: Template, events: readonly string[] | undefined): boolean | undefined {
  const [part] = template;
  if (template.length !== 1 || part?.kind !== 'hole' || !events || events.length === 0) return undefined;
  const path = /^(?:github|gitea|forgejo)\.([\w.-]+)$/i.exec(part.source)?.[1];
  // Where the events are assumed the part itself no longer says which it needs.
  const carrying = part.events ?? (path === undefined ? undefined : githubValue(path.split('.')).events);
  if (!carrying) return undefined;
  if (!events.some(event => carrying.has(event))) return false;
  return isFilled(part) && events.every(event => carrying.has(event)) ? true : undefined;
}

/** A branch, a number or a commit of an event is never empty; a body or a title may be. */
function isFilled({ shape, source }: HolePart): boolean {
  if (!/^(?:github|gitea|forgejo)\./i.test(source) || /merge_commit_sha$/i.test(source)) return false;
  return shape === 'gitRef' || shape === 'integer' || shape === 'sha40' || shape === 'repository' || shape === 'login';
}
