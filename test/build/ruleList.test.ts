import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wholeCatalogue } from '../../core/allRules.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

/** What the rule's page says of its fix, in a word; test/rules holds the page to what the fixes are. */
function fixOf(id: string): string {
  const page = readFileSync(join(docs, 'rules', `${id}.md`), 'utf8');
  const [said] = /(?<=\| fix \| )(?:yes|a suggestion|no)/.exec(page) ?? [];
  return said === 'no' ? '—' : said === 'yes' ? 'yes' : 'suggestion';
}

/** The page that lists all rules, by section. */
function list(): string {
  const sections = wholeCatalogue.map(({ title, rules }) => {
    const rows = rules.map(({ id, title, severity }) => `| [${id}](rules/${id}.md) | ${title} | ${severity} | ${fixOf(id)} |`);
    return `## ${title}\n\n${['| rule | finds | severity | fix |', '|---|---|---|---|', ...rows].join('\n')}\n`;
  });
  const count = wholeCatalogue.reduce((sum, { rules }) => sum + rules.length, 0);
  return `# The rules

All ${count} of them. The severity is what a finding has where the rule's page says nothing else of its case; [the policy file](policy.md) can change
it, for a rule or for some paths, and switch a rule off. Where the fix says *yes*, some of the rule's fixes are right as they are: \`tallyman check --fix\` writes them. A
*suggestion* is offered in the editor, for you to look at; \`--fix=all\` writes those too.

${sections.join('\n')}`;
}

// `npm run generate` writes the file by updating this snapshot.
test('the list of rules is fresh: `npm run generate` writes it', async () => {
  await expect(list()).toMatchFileSnapshot(join(docs, 'rules.md'));
});
