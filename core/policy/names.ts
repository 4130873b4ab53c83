import { isTag } from '../image/reference.ts';
import { alternatives, render } from '../image/template.ts';
import { expandBraces, globProblem, type Token, tokens } from '../text/glob.ts';
import type { Name } from './policy.ts';

/** `surely`: whatever the unknown parts of a name are. `perhaps`: some text in their place would do. */
export type Certainty = 'surely' | 'perhaps';

/** Whether a name is one of those that a pattern stands for. */
export type NameMatcher = (name: Name, certainty: Certainty) => boolean;

/** Stands for an unknown part; no name has it. */
const unknown = '\u0000';
/** Longer names are none. */
const maximumLength = 1024;

/** A pattern of tags, repositories or identities, against the whole name: `*` and `?` stop at `/`, `**` does not, `{a,b}`, `[a-z]`. */
export function nameMatcher(pattern: string): NameMatcher {
  // `**/app` is `app` too, as in a path.
  const all = expandBraces(pattern).flatMap(one => (one.startsWith('**/') ? [one, one.slice(3)] : [one]).map(nameTokens));
  return (name, certainty) => forms(name).some(form => all.some(one => follows(one, form, certainty)));
}

/** A pattern of repositories. Docker Hub has several names for one place, and registries take no capitals. */
export function repositoryMatcher(pattern: string): NameMatcher {
  const matches = nameMatcher(onDockerHub(pattern).toLowerCase());
  return (name, certainty) => forms(name).some(form => matches(onDockerHub(form).toLowerCase(), certainty));
}

/** Whether a tag of a repository is meant. */
export type TagMatcher = (repository: Name, tag: Name, certainty: Certainty) => boolean;

/** `TAG`, in any repository, or `REPOSITORY:TAG`, both as patterns. A repository that nobody knows may be the one that is meant. */
export function tagMatcher(pattern: string): TagMatcher {
  const [repository, tag] = splitPattern(pattern);
  const isTagged = nameMatcher(tag ?? pattern);
  if (tag === undefined || repository === undefined) return (_, name, certainty) => isTagged(name, certainty);
  const isRepository = repositoryMatcher(repository);
  return (name, tagName, certainty) => isTagged(tagName, certainty) && isRepository(name, 'perhaps');
}

/** `REPOSITORY` with any tag, or `REPOSITORY:TAG`, both as patterns; the name is a whole reference. */
export function referenceMatcher(pattern: string): NameMatcher {
  const [repository, tag] = splitPattern(pattern);
  const isRepository = repositoryMatcher(repository ?? pattern);
  const isTagged = tag === undefined ? () => true : nameMatcher(tag);
  return (name, certainty) =>
    forms(name).some(form => {
      const [of, tagged = of.endsWith(unknown) ? unknown : 'latest'] = splitReference(form);
      return isRepository(of, certainty) && isTagged(tagged, certainty);
    });
}

/** Why a pattern of tags is none, in words that follow it; `undefined` where it is fine. */
export function tagPatternProblem(pattern: string): string | undefined {
  const [repository, tag] = splitPattern(pattern);
  if (tag === undefined) return pattern.includes('/') ? 'names a repository: write `REPOSITORY:TAG`' : patternProblem(pattern, /[\s@:]/);
  return repositoryPatternProblem(repository ?? '') ?? patternProblem(tag, /[\s@:/]/);
}

/** The same for a pattern of repositories, which have no tag. */
export function repositoryPatternProblem(pattern: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(pattern)) return 'begins with a scheme: a repository is written as in `docker pull`';
  if (splitPattern(pattern)[1] !== undefined) return 'has a tag: only the repository is meant here';
  return patternProblem(pattern, /[\s@]/);
}

/** The same for a pattern of references, with or without a tag. */
export function referencePatternProblem(pattern: string): string | undefined {
  const [, tag] = splitPattern(pattern);
  return tag === undefined ? repositoryPatternProblem(pattern) : tagPatternProblem(pattern);
}

/** Why a text is no tag; `undefined` where it is one. */
export function tagProblem(tag: string): string | undefined {
  if (isTag(tag)) return undefined;
  return /[*?[\]{}]/.test(tag) ? 'is a pattern: an environment has one tag' : 'is no valid tag';
}

function patternProblem(pattern: string, forbidden: RegExp): string | undefined {
  const bad = forbidden.exec(pattern)?.[0];
  return (
    globProblem(pattern) ?? (bad === undefined ? undefined : `has ${/\s/.test(bad) ? 'a space' : `\`${bad}\``}, which no such name has`)
  );
}

/** At the last `:` behind the last `/`, unless it begins a port. */
function splitPattern(pattern: string): readonly [string, string | undefined] | readonly [undefined, undefined] {
  const [repository, tag] = splitReference(pattern);
  return tag === undefined ? [undefined, undefined] : [repository, tag];
}

function splitReference(reference: string): readonly [string, string | undefined] {
  const [name = ''] = reference.split('@', 1);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon < 0 ? [name, undefined] : [name.slice(0, colon), name.slice(colon + 1)];
}

function onDockerHub(name: string): string {
  return name.replace(/^(?:(?:index\.|registry-1\.)?docker\.io\/)/i, '').replace(/^library\//i, '');
}

/** A name as text, once for each of its choices. */
function forms(name: Name): readonly string[] {
  if (typeof name === 'string') return [name.replace(/\$\{\{[^{}]*\}\}|\$\([^()]*\)|\$\{\w+\}|\$\w+/g, unknown)];
  return alternatives(name).map(option => render(option, () => unknown));
}

type NameToken = Token | '**';

function nameTokens(pattern: string): readonly NameToken[] {
  return pattern.split('**').flatMap((piece, index): readonly NameToken[] => {
    const own = tokens(piece).map((token): Token => {
      // What accepts a character that no name has is `?` or `[!a]`, and stops at `/`.
      if (token === '*' || !token('\uffff')) return token;
      return character => character !== '/' && token(character);
    });
    return index > 0 ? ['**', ...own] : own;
  });
}

/** Follows every possible place in the pattern at once: at most pattern times name steps. */
function follows(pattern: readonly NameToken[], name: string, certainty: Certainty): boolean {
  if (name.length > maximumLength) return false;
  const isRun = (at: number) => pattern[at] === '*' || pattern[at] === '**';
  const reach = (places: ReadonlySet<number>): ReadonlySet<number> => {
    const all = new Set(places);
    // A set visits what is added to it on the way.
    for (const at of all) if (isRun(at)) all.add(at + 1);
    return all;
  };
  let places = reach(new Set([0]));
  for (const character of name) {
    const next = new Set<number>();
    if (character === unknown && certainty === 'perhaps') {
      // Some text leads from the first place to any later one.
      for (let at = Math.min(...places); at <= pattern.length; at++) next.add(at);
    } else
      for (const at of places) {
        const token = pattern[at];
        if (character === unknown) {
          if (isRun(at)) next.add(at);
        } else if (token === '**' || (token === '*' && character !== '/')) next.add(at);
        else if (typeof token === 'function' && token(character)) next.add(at + 1);
      }
    places = reach(next);
  }
  return places.has(pattern.length);
}
