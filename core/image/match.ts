import { languageOf, mayMeet } from './language.ts';
import { memo } from './memo.ts';
import { alternatives, type HolePart, type Part, type Template } from './template.ts';

/** `never`: no value of one is a value of the other. `same`: part for part the same text or the same source. `maybe`: anything between, and all that is not understood. */
export type Match = 'same' | 'maybe' | 'never';

/**
 * How near two values stand to each other, which decides where one source is one value: in one job, where also steps and the matrix are
 * the same; in one run of a workflow, where `github.sha` and the inputs are; or only in one repository, whose secrets, variables and
 * name they share.
 */
export type Nearness = 'job' | 'run' | 'repository';

/**
 * Whether two values may become the same string; of several forms the best match counts. `never` is said only where that is sure: shapes
 * are taken as wide as they may be. `same` holds between the two places that `nearness` names: `github.sha` of two workflows is a
 * `maybe`.
 */
export function match(a: Template, b: Template, nearness: Nearness = 'repository'): Match {
  return best(a, b, (one, other) => matchForms(one, other, nearness));
}

/**
 * Whether two image names (no tag) name one repository. Compared as registries do: without case, and Docker Hub's short names are what
 * they stand for. Secrets, variables, environment and the repository's own name are the same in all workflows; what a step, an input or
 * a shell gives is the same only in one workflow (`nearness` `run` or `job`), but for the registry that a login gives back.
 */
export function matchNames(a: Template, b: Template, nearness: Nearness = 'repository'): Match {
  return best(a, b, (one, other) => {
    // Most names are told apart by their last segment, before more is made of them.
    if (!lastSegmentsMayMeet(one, other)) return 'never';
    const [left, right] = [plainName(one), plainName(other)];
    const key = nameKey(left, nearness);
    return key !== undefined && key === nameKey(right, nearness) ? 'same' : meet(left, right);
  });
}

/** Whether known text behind the last `/` allows it; what a registry's short names leave out stands before that. */
function lastSegmentsMayMeet(a: Template, b: Template): boolean {
  const [left, right] = [a.at(-1), b.at(-1)];
  if (left?.kind !== 'text' || right?.kind !== 'text') return true;
  const [one, other] = [left, right].map(({ text }) => text.slice(text.lastIndexOf('/') + 1).toLowerCase()) as [string, string];
  return one.endsWith(other) || other.endsWith(one);
}

function best(a: Template, b: Template, compare: (one: Template, other: Template) => Match): Match {
  let found: Match = 'never';
  for (const one of alternatives(a)) {
    for (const other of alternatives(b)) {
      const match = compare(one, other);
      if (match === 'same') return 'same';
      if (match === 'maybe') found = 'maybe';
    }
  }
  return found;
}

function matchForms(a: Template, b: Template, nearness: Nearness): Match {
  if (!endsMayMeet(a, b)) return 'never';
  const key = valueKey(a, nearness);
  return key !== undefined && key === valueKey(b, nearness) ? 'same' : meet(a, b);
}

/** Whether two forms, of names as `plainName` makes them, may become the same. */
export function meet(a: Template, b: Template): Exclude<Match, 'same'> {
  if (!endsMayMeet(a, b) || !startsMayMeet(a, b)) return 'never';
  return mayMeet(languageOf(a), languageOf(b)) === false ? 'never' : 'maybe';
}

/** Known text at the end decides most pairs at once. */
function endsMayMeet(a: Template, b: Template): boolean {
  const [left, right] = [a.at(-1), b.at(-1)];
  if (left?.kind !== 'text' || right?.kind !== 'text') return true;
  return left.text.endsWith(right.text) || right.text.endsWith(left.text);
}

/** Known text at the start, as languages are compared: characters beyond ASCII are not told apart. */
function startsMayMeet([left]: Template, [right]: Template): boolean {
  if (left?.kind !== 'text' || right?.kind !== 'text') return true;
  const length = Math.min(left.text.length, right.text.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [left.text.charCodeAt(at), right.text.charCodeAt(at)];
    if (one !== other && (one < 128 || other < 128)) return false;
  }
  return true;
}

/** Equal for two values that are the same within `nearness`; `undefined` where one part is no value that can be named. */
function valueKey(template: Template, nearness: Nearness): string | undefined {
  return keyOf(template, part => {
    if (!isShared(part, nearness)) return undefined;
    // The first characters of a hash are the same ones, however they were cut.
    const made = part.shape === 'shortSha' && part.length !== undefined ? part.length : (part.changes ?? '');
    return `${sourceName(part)}\u0002${part.shape}\u0002${made}`;
  });
}

/** As `valueKey`, for a name that `plainName` has made; what stands for one repository in all workflows counts whatever its shape. */
export function nameKey(template: Template, nearness: Nearness = 'repository'): string | undefined {
  return keyOf(template, part =>
    // Within one workflow, jobs that name a repository by the same step or input mean the same.
    isStanding(part) || isShared(part, nearness === 'run' ? 'job' : nearness)
      ? `${sourceName(part)}\u0002${beyondCase(part)}`.toLowerCase()
      : undefined,
  );
}

function keyOf(template: Template, name: (part: HolePart) => string | undefined): string | undefined {
  let key = '';
  for (const part of template) {
    if (part.kind === 'choice') return undefined;
    const written = part.kind === 'text' ? part.text : name(part);
    if (written === undefined) return undefined;
    key += part.kind === 'text' ? written : `\u0001${written}\u0001`;
  }
  return key;
}

/** One secret, variable or environment entry names one registry or repository wherever it is used. */
function isStanding(part: HolePart): boolean {
  return isEnvironment(part) || standing.test(part.source);
}

const standing = /^(?:secrets|vars|env|github\.(?:event\.)?repository(?:_owner|\.\w+)?)(?:$|\.)|^steps\.[\w-]+\.outputs\.registry$/i;

/** A shell variable that nothing in its script or workflow sets. */
function isEnvironment({ source, via }: HolePart): boolean {
  return via.length === 0 && /^\$\{?[A-Z_][A-Z0-9_]*\}?$/.test(source);
}

/** What was done to a value but for making it lower case. */
function beyondCase({ changes = [] }: HolePart): readonly string[] {
  return changes.filter(change => !/^\$\{\w+,,\}$|^tr '?(?:\[:upper:\]|A-Z)'? '?(?:\[:lower:\]|a-z)'?$/.test(change));
}

/** A path in a context: `github.sha`, `steps.meta.outputs.version`. Anything else is what was done to get a value. */
const contextPath = /^[A-Za-z_][\w-]*(?:\.[\w*-]+)+$/;
const ofRepository = /^(?:secrets|vars|github\.(?:repository|repository_\w+|event\.repository(?:\.\w+)*|server_url|api_url)$)/i;
const ofJob = /^(?:steps|matrix|job|runner|strategy|env)\./i;

/** Whether the source has one value for both. What a command or a row makes is the same where it comes from one place. */
function isShared(part: HolePart, nearness: Nearness): boolean {
  const { source, via } = part;
  if (!contextPath.test(source)) return nearness !== 'repository' && via.length > 0;
  if (ofRepository.test(source)) return !/^secrets\.GITHUB_TOKEN$/i.test(source);
  return nearness === 'job' || (nearness === 'run' && !ofJob.test(source));
}

/** Contexts' names compare without case; what a command or a row makes is told by where that stands. */
function sourceName(part: HolePart): string {
  const {
    source,
    via: [origin],
  } = part;
  if (isEnvironment(part)) return `env.${source.replace(/[${}]/g, '')}`;
  if (contextPath.test(source)) return source.toLowerCase();
  return origin ? `${source}\u0003${origin.path}\u0003${origin.span.start}` : source;
}

/** A name in the form that names are compared in: lower case, without Docker Hub's host and its `library/`. */
export const plainName: (name: Template) => Template = memo(inPlainForm);

function inPlainForm(name: Template): Template {
  const lower = merged(name);
  const [first, ...rest] = lower;
  if (first?.kind !== 'text') return lower;
  const slash = first.text.indexOf('/');
  const bare = hub.test(first.text) ? first.text.slice(slash + 1) : first.text;
  const official = bare.replace(/^library\//, '');
  return official === '' ? rest : [{ ...first, text: official }, ...rest];
}

const hub = /^(?:(?:index\.|registry-1\.|registry\.hub\.)?docker\.(?:io|com))\//;

function merged(name: Template): Template {
  const parts: Part[] = [];
  for (const part of name) {
    const last = parts.at(-1);
    if (part.kind !== 'text') parts.push(part);
    else if (last?.kind === 'text') parts[parts.length - 1] = { ...last, text: last.text + part.text.toLowerCase() };
    else parts.push({ ...part, text: part.text.toLowerCase() });
  }
  return parts;
}
