import type { Template } from '../../image/template.ts';
import type { Usage } from '../../usage/usage.ts';

/** The references that a usage names, as they are given: what it writes, reads, signs or checks. */
export function templatesOf(usage: Usage): readonly Template[] {
  switch (usage.kind) {
    case 'build':
      return usage.tags.map(({ template }) => template);
    case 'retag':
      return [usage.from, ...(usage.others ?? []), usage.to].map(({ template }) => template);
    case 'push':
    case 'pull':
    case 'inspect':
    case 'verify':
    case 'sign':
    case 'deploy':
      return [usage.reference.template];
    default:
      return [];
  }
}
