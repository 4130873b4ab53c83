import { alternatives, display, type Template } from '../../../../core/image/template.ts';
import { analyze } from '../../../../core/usage/analyze.ts';
import { noFiles } from '../../../../core/usage/files.ts';
import type { Removal } from '../../../../core/usage/upkeep.ts';
import type { Usage } from '../../../../core/usage/usage.ts';
import { parseWorkflow } from '../../../../core/workflow/parse.ts';

type Of<K extends Usage['kind']> = Extract<Usage, { kind: K }>;

/** What a step's script does with images, and the text behind its places. */
export interface ScriptUsages {
  readonly all: readonly Usage[];
  of<K extends Usage['kind']>(kind: K): readonly Of<K>[];
  /** The characters of the file. */
  at(span: { readonly start: number; readonly end: number }): string;
}

/** Analyses a workflow whose one step runs `script`, in a repository with these other files. */
export function usagesOf(script: string, files: Readonly<Record<string, string>> = {}, before = ''): ScriptUsages {
  const text = `on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${before}      - run: |\n${script.replace(/^/gm, '          ')}\n`;
  const { usages } = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'), { ...noFiles, text: textIn(files) });
  return {
    all: usages,
    of: <K extends Usage['kind']>(kind: K) => usages.filter((usage): usage is Of<K> => usage.kind === kind),
    at: ({ start, end }) => text.slice(start, end),
  };
}

/** The text of a file, and the names in a folder. */
export function textIn(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return path => {
    if (!path.endsWith('/')) return files[path];
    const inner = Object.keys(files).filter(name => name.startsWith(path));
    const names = inner.map(name => /^[^/]*\/?/.exec(name.slice(path.length))?.[0] ?? '');
    return inner.length > 0 ? [...new Set(names)].sort().join('\n') : undefined;
  };
}

/** A Template with all its forms. */
export function shown(template: Template | undefined): string {
  return alternatives(template ?? [])
    .map(display)
    .join(' | ');
}

/** The usages as lines: `push a/b:1`, `retag a/b:1 → a/b:2`, `deploy a/b:1 to deployment/web`. */
export function lines(script: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return usagesOf(script, files).all.map(line);
}

function line(usage: Usage): string {
  const names = (items: readonly { readonly template: Template }[]) => items.map(({ template }) => shown(template)).join(' + ');
  switch (usage.kind) {
    case 'build':
      return `build ${names(usage.tags)}${usage.pushes ? ', pushed' : usage.pushes === undefined ? ', perhaps pushed' : ''}`.trim();
    case 'retag': {
      const sources = names([usage.from, ...(usage.others ?? [])]);
      const platforms = usage.allPlatforms === undefined ? '' : usage.allPlatforms ? ', all platforms' : ', one platform';
      return `retag ${sources} → ${shown(usage.to.template)}${usage.remote ? '' : ' here'}${platforms}`;
    }
    case 'deploy':
      return `deploy ${shown(usage.reference.template)} to ${usage.target}`.trim();
    case 'restart':
      return `restart ${usage.target}`;
    case 'login':
      return `login ${shown(usage.registry)}${usage.ecr ? ' (ECR)' : ''} by ${usage.passwordBy}`.replace('  ', ' ');
    case 'cacheExport':
    case 'cacheImport':
      return `${usage.kind} ${usage.type} ${shown(usage.entry.template)}`;
    case 'opaque':
      return `opaque ${usage.name}`;
    case 'builder':
      return `builder${usage.buildkit ? ` ${usage.buildkit.join('.')}` : ''}`;
    case 'repositorySettings':
      return `settings ${shown(usage.repository.template)}${usage.creates ? ', created' : ''}${usage.mutability ? `, ${shown(usage.mutability)}` : ''}`;
    case 'delete':
      return `delete ${shown(usage.reference.template)}${removed(usage.removal)}`;
    case 'push':
    case 'pull':
    case 'inspect':
    case 'sign':
    case 'verify':
      return `${usage.kind} ${shown(usage.reference.template)}`;
    default:
      return usage.kind;
  }
}

/** ` of tagged and untagged, not latest`: what a clean-up chooses. */
export function removed(removal: Removal | undefined): string {
  if (!removal) return '';
  const { tagged, untagged, takes, spares, sparesChildren } = removal;
  const all = (patterns: Removal['takes']) => patterns?.map(({ item, syntax }) => `${syntax} ${shown(item.template)}`).join(', ');
  const said = (what: string, is: boolean | undefined) => (is === undefined ? `perhaps ${what}` : is ? what : '');
  const chosen = [said('tagged', tagged), said('untagged', untagged)].filter(Boolean).join(' and ');
  const not = spares === undefined ? ', who knows which' : spares.length > 0 ? `, not ${all(spares)}` : '';
  return ` of ${chosen}${takes ? ` with ${all(takes)}` : ''}${not}${sparesChildren ? ', no children' : sparesChildren === undefined ? ', perhaps children' : ''}`;
}
