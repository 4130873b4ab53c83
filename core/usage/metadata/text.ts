import { chosenRefEvents } from '../../expression/contexts.ts';
import type { Shape } from '../../image/shape.ts';
import { changedHole, derived, hole, literal, type Part, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { callerEvent } from '../events.ts';
import type { RefKind, Start } from '../starts.ts';

/** The commit that the action names, and how many characters a short hash has. */
export interface CommitNaming {
  readonly headOfPullRequest: boolean;
  readonly length: number;
}

/** What the action takes a run to stand on: `pull_request_target` counts as its pull request (src/context.ts). */
export function standsOn({ event, on }: Start): RefKind {
  return event === 'pull_request_target' ? 'pullRequest' : on;
}

/** The commit's hash as a tag part. */
export function commitHash(format: 'long' | 'short', start: Start, naming: CommitNaming, at: Span): Template {
  const source = naming.headOfPullRequest && standsOn(start) === 'pullRequest' ? 'github.event.pull_request.head.sha' : 'github.sha';
  if (format === 'long') return hole(source, 'sha40', at);
  return hole(source, 'shortSha', at).map(part => (part.kind === 'hole' ? { ...part, length: naming.length } : part));
}

/** A date in moment's format: to the day or finer it names one build, otherwise it moves with each. */
export function date(format: string, at: Span): Template {
  return hole('the date', /[DdHhXx]|L|ll/.test(format) ? 'timestamp' : 'partialVersion', at);
}

/** `{{branch}}` and its like in a start's run; those that it does not have are empty. */
export function handlebars(template: Template, start: Start, naming: CommitNaming): Template {
  return template.flatMap((part): Template => {
    if (part.kind !== 'text' || !part.text.includes('{{')) return [part];
    return part.text.split(/(\{\{[^{}]*\}\})/).flatMap((piece): Template => {
      const inside = /^\{\{([^{}]*)\}\}$/.exec(piece)?.[1];
      if (inside === undefined) return piece === '' ? [] : [{ ...part, text: piece, derived: true }];
      return expression(inside.trim(), start, naming, part.at);
    });
  });
}

function expression(source: string, start: Start, naming: CommitNaming, at: Span): Template {
  const on = standsOn(start);
  const only = (kind: RefKind, name: string, shape: Shape) => (on === kind ? hole(name, shape, at) : []);
  switch (/^\w+/.exec(source)?.[0]) {
    case 'branch':
      return only('branch', 'github.ref_name', 'branchTag');
    case 'tag':
      return only('tag', 'the git tag', 'semver');
    case 'sha':
      return commitHash('short', start, naming, at);
    case 'base_ref':
      return on === 'branch' ? [] : hole('github.base_ref', 'branchTag', at);
    case 'date':
    case 'commit_date':
      return date(/['"]([^'"]*)['"]/.exec(source)?.[1] ?? '', at);
    case 'is_default_branch': {
      const known = isDefaultBranch(start);
      return known === undefined ? hole('is_default_branch', 'boolean', at) : derived(String(known), at);
    }
    default:
      return hole(`{{${source}}}`, 'unknown', at);
  }
}

/** Whether a start's run stands on the default branch; `undefined` where its name is not known. */
function isDefaultBranch(start: Start): boolean | undefined {
  if (standsOn(start) !== 'branch' || start.event === 'merge_group') return false;
  return start.event === callerEvent || chosenRefEvents.has(start.event) ? undefined : true;
}

/** The action replaces everything outside `[a-zA-Z0-9._-]` by `-`. */
export function sanitized(template: Template): Template {
  return template.map((part): Part => {
    if (part.kind === 'text')
      return /[^\w.-]/.test(part.text) ? { ...part, text: part.text.replace(/[^\w.-]+/g, '-'), derived: true } : part;
    if (part.kind === 'choice') return { ...part, options: part.options.map(sanitized) };
    const shape = part.shape === 'gitRef' ? 'branchTag' : part.shape === 'line' || part.shape === 'anything' ? 'tagSafe' : part.shape;
    return { ...part, shape };
  });
}

/** The action writes image names in lower case. */
export function lowerCase(template: Template): Template {
  return template.map((part): Part => {
    if (part.kind === 'text') return /[A-Z]/.test(part.text) ? { ...part, text: part.text.toLowerCase(), derived: true } : part;
    if (part.kind === 'choice') return { ...part, options: part.options.map(lowerCase) };
    return changedHole(part, 'lower case', part.shape);
  });
}

/** A boolean attribute in a start's run; `undefined` where an expression decides. */
export function isEnabled(value: Template | undefined, start: Start, naming: CommitNaming): boolean | undefined {
  if (!value) return true;
  const known = literal(handlebars(value, start, naming));
  return known === 'true' ? true : known === undefined ? undefined : false;
}
