import { liveRules } from './live/index.ts';
import { catalogue } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';

/** What people read of a rule in a list. */
export type ListedRule = Pick<Rule, 'id' | 'title' | 'severity' | 'fixable'>;

/** The rules by section: those that read files, then those that ask registries. The order of docs/rules.md. */
export const wholeCatalogue: readonly { readonly title: string; readonly rules: readonly ListedRule[] }[] = [
  ...catalogue,
  { title: 'Live findings', rules: liveRules },
];

/** The titles by id: what a policy may name. */
export const ruleTitles: ReadonlyMap<string, string> = new Map(
  wholeCatalogue.flatMap(({ rules }) => rules.map(({ id, title }) => [id, title] as const)),
);
