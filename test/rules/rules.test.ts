import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { pretty } from '../../cli/formats/pretty.ts';
import { lintFile } from '../../core/lint.ts';
import { rules } from '../../core/rules/index.ts';
import { docsUrl, type Finding } from '../../core/rules/rule.ts';
import { applyEdits } from '../../core/text/span.ts';
import { Workspace } from '../../core/workspace/workspace.ts';

const root = join(import.meta.dirname, '..', '..');

/** Files are linted where workflows lie, whatever their place among the fixtures. */
function lint(text: string, name = 'example.yml'): { findings: readonly Finding[]; workspace: Workspace; path: string } {
  const workspace = new Workspace();
  const path = `.github/workflows/${name}`;
  workspace.set(path, text);
  return { findings: lintFile(workspace, path), workspace, path };
}

function fixtures(id: string, kind: 'fire' | 'silent'): readonly string[] {
  const folder = join(root, 'test', 'rules', id, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(name => /(?<!\.fixed)\.yml$/.test(name))
    .map(name => join(folder, name));
}

/** The code block under a heading of a docs page. */
function example(page: string, heading: string): string | undefined {
  return new RegExp(`^## ${heading}\\n+\`\`\`yaml\\n([\\s\\S]*?)\`\`\``, 'm').exec(page)?.[1];
}

/** Applies one fix after the other, as a user would, until none of the rule is left that has one. */
function fixAll(text: string, id: string): string {
  let fixed = text;
  for (let round = 0; round < 100; round++) {
    const next = lint(fixed).findings.find(({ rule, fix }) => rule === id && fix);
    if (!next?.fix) return fixed;
    fixed = applyEdits(fixed, next.fix.edits);
  }
  throw new Error('fixes do not come to an end');
}

describe.each(rules)('$id', rule => {
  const page = readFileSync(join(root, 'docs', 'rules', `${rule.id}.md`), 'utf8');

  test('has a docs page that begins with its id and title', () => {
    expect(page.startsWith(`# ${rule.id}\n\n${rule.title}.\n`)).toBe(true);
    expect(page).toContain('## What happens');
    expect(page).toContain('## References');
    expect(/\| fix \| (?:yes|a suggestion)/.test(page)).toBe(rule.fixable);
  });

  // A file of half a megabyte is no example to print: test/core/lint.test.ts makes one.
  if (rule.id !== 'file-too-large') {
    test('the page’s wrong example fires and its right one does not', () => {
      const wrong = example(page, 'Wrong');
      const right = example(page, 'Right');
      expect(lint(wrong ?? '').findings.map(finding => finding.rule)).toContain(rule.id);
      expect(lint(right ?? '').findings.map(finding => finding.rule)).not.toContain(rule.id);
    });
  }

  test('has fixtures both ways', () => {
    if (rule.id !== 'file-too-large') expect(fixtures(rule.id, 'fire').length).toBeGreaterThan(0);
    expect(fixtures(rule.id, 'silent').length).toBeGreaterThan(0);
  });

  for (const file of fixtures(rule.id, 'fire')) {
    const text = readFileSync(file, 'utf8');

    test(`says in ${basename(file)} what the user reads`, async () => {
      const { findings, workspace } = lint(text, basename(file));
      const own = findings.filter(finding => finding.rule === rule.id);
      expect(own.length).toBeGreaterThan(0);
      const shown = pretty({ files: 1, findings: own, lines: path => workspace.lines(path) }, { color: false });
      await expect(shown).toMatchFileSnapshot(file.replace(/yml$/, 'out'));
    });

    if (rule.fixable) {
      test(`each fix in ${basename(file)} takes its own finding away and nothing else`, async () => {
        const { findings } = lint(text);
        for (const finding of findings) {
          if (finding.rule !== rule.id || !finding.fix) continue;
          const fixed = applyEdits(text, finding.fix.edits);
          const left = lint(fixed).findings;
          expect(left.length, finding.message).toBe(findings.length - 1);
          expect(parseDocument(fixed).errors).toEqual([]);
        }
        await expect(fixAll(text, rule.id)).toMatchFileSnapshot(file.replace(/yml$/, 'fixed.yml'));
      });
    }
  }

  test('is fixable exactly when a fixture shows a fix', () => {
    const fixes = fixtures(rule.id, 'fire').some(file =>
      lint(readFileSync(file, 'utf8')).findings.some(finding => finding.rule === rule.id && finding.fix),
    );
    expect(fixes).toBe(rule.fixable);
  });

  for (const file of fixtures(rule.id, 'silent')) {
    test(`stays silent in ${basename(file)}`, () => {
      const { findings } = lint(readFileSync(file, 'utf8'), basename(file));
      expect(findings.filter(finding => finding.rule === rule.id)).toEqual([]);
    });
  }
});

test('every page and every fixture folder belongs to a rule', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const pages = readdirSync(join(root, 'docs', 'rules')).map(name => name.replace(/\.md$/, ''));
  const folders = readdirSync(join(root, 'test', 'rules'), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name);
  expect([...pages, ...folders].filter(name => !ids.has(name))).toEqual([]);
});

test('a rule’s docs link leads into the repository that package.json names', () => {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: { url: string } };
  expect(docsUrl('x')).toBe(`${repository.url.replace(/\.git$/, '')}/blob/main/docs/rules/x.md`);
});
