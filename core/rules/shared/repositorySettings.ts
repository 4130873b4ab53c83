import { patternCertainty } from '../../ecrPolicy/wildcard.ts';
import { match } from '../../image/match.ts';
import { referenceParts } from '../../image/mobility.ts';
import { splitAt } from '../../image/split.ts';
import { derived, display, literal, type Template } from '../../image/template.ts';
import { accountRegistry, isEcrHost } from '../../usage/ecr.ts';
import type { RepositorySettings } from '../../usage/usage.ts';
import type { CacheUse, TagRead, TagUse, TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';

type Where = Pick<RuleContext, 'workspace' | 'path'>;

/** One call that sets something on a repository of Amazon ECR. */
export interface Settings {
  readonly path: string;
  readonly usage: RepositorySettings;
}

/** Where a reference without choices lies at Amazon ECR: the repository's name, which `aws ecr` takes. `undefined` where it lies elsewhere. */
export function ecrName(reference: Template): Template | undefined {
  const { name } = referenceParts(reference);
  if (name[0]?.kind === 'text' && !isEcrHost(reference)) return undefined;
  const tail = splitAt(name, (text, from) => text.indexOf('/', from))?.after;
  return tail && tail.length > 0 ? tail : undefined;
}

/** The repositories of Amazon ECR that the workspace writes to, each once. */
export function ecrNames({ workspace }: Pick<Where, 'workspace'>): readonly Template[] {
  const names = new Map<string, Template>();
  for (const { reference } of workspace.flow.writes) {
    const name = isEcrHost(reference) ? ecrName(reference) : undefined;
    if (name) names.set(display(name), name);
  }
  return [...names.values()];
}

/** What the workspace sets on the repository of this name, in the order of the files. */
export function settingsOf(name: Template, { workspace, path }: Where): readonly Settings[] {
  return workspace.flow.settings.filter(
    ({ path: from, usage }) => match(usage.repository.template, name, from === path ? 'run' : 'repository') === 'same',
  );
}

/**
 * The setting that keeps a tag of the repository from being written again; `undefined` where there is none, where another call allows it,
 * or where a filter that nobody can read may.
 */
export function frozenBy(name: Template, tag: Template, context: Where): Settings | undefined {
  const settings = settingsOf(name, context).filter(({ usage }) => usage.mutability);
  const last = settings.at(-1);
  return last && settings.every(({ usage }) => freezes(usage, tag)) ? last : undefined;
}

function freezes({ mutability, exclusions }: RepositorySettings, tag: Template): boolean {
  const certainties = exclusions.map(({ template }) => {
    const filter = literal(template);
    return filter === undefined ? 'perhaps' : patternCertainty(filter, tag);
  });
  switch (literal(mutability ?? [])) {
    case 'IMMUTABLE':
    case 'IMMUTABLE_WITH_EXCLUSION':
      return certainties.every(certainty => certainty === 'never');
    case 'MUTABLE_WITH_EXCLUSION':
      return certainties.includes('surely');
    default:
      return false;
  }
}

/** How a repository's tags are frozen, as the end of a sentence that begins with them. */
export function howFrozen({ mutability }: RepositorySettings): string {
  const set = literal(mutability ?? []);
  if (set === 'IMMUTABLE') return 'immutable';
  return set === 'MUTABLE_WITH_EXCLUSION' ? 'mutable, but a filter freezes this one' : 'immutable, and no exclusion matches this one';
}

/** What the workspace writes to the repository of this name, which `aws ecr` gives without its registry. */
export function writesAt(name: Template, { workspace, path }: Where): readonly TagWrite[] {
  return workspace.flow.writesTo(anywhere(name), 'maybe', path).filter(use => isAt(use, name, path));
}

/** What it deploys, pulls, copies or asks for there. */
export function readsAt(name: Template, { workspace, path }: Where): readonly TagRead[] {
  return workspace.flow.readsOf(anywhere(name), 'maybe', path).filter(use => isAt(use, name, path));
}

/** The caches that it keeps there. */
export function cachesAt(name: Template, { workspace, path }: Where): readonly CacheUse[] {
  return workspace.flow.cachesAt(anywhere(name), 'maybe', path).filter(use => isAt(use, name, path));
}

function anywhere(name: Template): Template {
  const at = name[0]?.at ?? { start: 0, end: 0 };
  return [...accountRegistry(at, false), ...derived('/', at), ...name];
}

function isAt(use: TagUse, name: Template, path: string): boolean {
  const own = ecrName(use.reference);
  return own !== undefined && match(own, name, use.path === path ? 'run' : 'repository') === 'same';
}
