import { glob } from '../text/glob.ts';
import { type NameMatcher, nameMatcher, referenceMatcher, repositoryMatcher, type TagMatcher, tagMatcher } from './names.ts';
import type { Environment, Name, Policy, PolicySeverity, Signature } from './policy.ts';
import type { PolicyFile } from './schema.ts';

/** The questions that a policy file answers. */
export function answers(file: PolicyFile): Policy {
  const environments = Object.entries(file.environments ?? {}).map(([name, given]) => environment(name, given ?? {}));
  const places = environments.map(one => ({ one, has: placeMatcher(one) }));
  const tags = (patterns: readonly string[] = []) => anyTag(patterns.map(tagMatcher));
  const repositories = (patterns: readonly string[] = []) => anyName(patterns.map(repositoryMatcher));
  const isNamedProtected = tags(file['protected-tags']);
  const isCacheTag = tags(file['cache-tags']);
  const isPreviewTag = tags(file['preview-tags']);
  const isExternalTag = tags(file['external-tags']);
  const isExternalCache = anyName((file['external-caches'] ?? []).map(referenceMatcher));
  const isPublic = repositories(file['public-repositories']);
  const isBaseImage = repositories(file['base-images']);
  const says = environments.length > 0 || (file['protected-tags'] ?? []).length > 0;
  const environmentOf = (repository: Name, tag: Name) => places.find(({ has }) => has(repository, tag, 'surely'))?.one;
  return {
    severity: severities(file),
    environments,
    environmentOf,
    isProtected: (repository, tag) =>
      says ? environmentOf(repository, tag) !== undefined || isNamedProtected(repository, tag, 'surely') : undefined,
    isCacheTag: (repository, tag) => isCacheTag(repository, tag, 'surely'),
    isPreviewTag: (repository, tag) => isPreviewTag(repository, tag, 'surely'),
    isExternalTag: (repository, tag) => isExternalTag(repository, tag, 'perhaps'),
    isExternalCache: reference => isExternalCache(reference, 'perhaps'),
    isPublic: repository => isPublic(repository, 'perhaps'),
    isBaseImage: repository => isBaseImage(repository, 'perhaps'),
    checkout: repository => file.checkouts?.[repository],
    strict: file.strict ?? false,
  };
}

type Given = NonNullable<NonNullable<PolicyFile['environments']>[string]>;

function environment(name: string, given: Given): Environment {
  return {
    name,
    repositories: many(given.repositories),
    tag: given.tag ?? name,
    aliases: many(given.aliases),
    from: many(given.from),
    ...(given.branch !== undefined && { branch: given.branch }),
    ...(given.audit !== undefined && { audit: given.audit }),
    promoters: many(given.promoters),
    signatures: many(given.signature).flatMap(({ issuer, identity, key }): readonly Signature[] => {
      if (key !== undefined) return [{ kind: 'key', key }];
      return issuer !== undefined && identity !== undefined ? [{ kind: 'keyless', issuer, identity }] : [];
    }),
  };
}

function many<T>(given: T | readonly T[] | undefined): readonly T[] {
  return given === undefined ? [] : Array.isArray(given) ? given : [given as T];
}

function placeMatcher({ repositories, tag, aliases }: Environment): TagMatcher {
  const isPlace = anyName(repositories.map(repositoryMatcher));
  const isTag = anyName([tag, ...aliases].map(nameMatcher));
  return (repository, name, certainty) => isTag(name, certainty) && (repositories.length === 0 || isPlace(repository, 'perhaps'));
}

function anyName(matchers: readonly NameMatcher[]): NameMatcher {
  return (name, certainty) => matchers.some(matches => matches(name, certainty));
}

function anyTag(matchers: readonly TagMatcher[]): TagMatcher {
  return (repository, tag, certainty) => matchers.some(matches => matches(repository, tag, certainty));
}

/** What was said last for a file counts; `rules` for all files is said first. */
function severities({ rules = {}, paths = [] }: PolicyFile): Policy['severity'] {
  const overrides = paths.map(({ paths: patterns, rules: chosen }) => ({ matches: many(patterns).map(glob), chosen }));
  const byPath = new Map<string, Readonly<Record<string, PolicySeverity | undefined>>>();
  return (rule, path) => {
    let chosen = byPath.get(path);
    if (!chosen) {
      const here = overrides.filter(({ matches }) => matches.some(match => match(path)));
      chosen = Object.assign({}, rules, ...here.map(override => override.chosen)) as Readonly<Record<string, PolicySeverity | undefined>>;
      byPath.set(path, chosen);
    }
    return Object.hasOwn(chosen, rule) ? chosen[rule] : undefined;
  };
}
