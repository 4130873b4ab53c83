import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { pretty } from '../../cli/formats/pretty.ts';
import { lintFile } from '../../core/lint.ts';
import { liveRules } from '../../core/live/index.ts';
import { rules } from '../../core/rules/index.ts';
import type { FileEdit, Finding } from '../../core/rules/rule.ts';
import { docsUrl } from '../../core/text/rulePages.ts';
import { applyEdits } from '../../core/text/span.ts';
import { fileKind, isHeld } from '../../core/workspace/paths.ts';
import { Workspace } from '../../core/workspace/workspace.ts';

const root = join(import.meta.dirname, '..', '..');

type Files = ReadonlyMap<string, string>;

/** A workspace of these files; those that are no workflow, action or policy are there for what names them. */
function lint(files: Files): { findings: readonly Finding[]; workspace: Workspace } {
  const workspace = new Workspace();
  for (const [path, text] of files) {
    if (isHeld(path)) workspace.set(path, text);
    else workspace.setOther(path, text);
  }
  const findings = [...files.keys()].filter(isHeld).flatMap(path => lintFile(workspace, path));
  return { findings, workspace };
}

interface Fixture {
  /** What its snapshots are called after. */
  readonly base: string;
  readonly files: Files;
}

/** `x.yml` is a workflow by itself; a folder is a repository with several files. */
function fixtures(id: string, kind: 'fire' | 'silent'): readonly Fixture[] {
  const folder = join(root, 'test', 'rules', id, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly Fixture[] => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) {
      const paths = readdirSync(full, { recursive: true, withFileTypes: true }).filter(file => file.isFile());
      const files = paths.map(file => {
        const path = join(file.parentPath, file.name);
        return [relative(full, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')] as const;
      });
      return [{ base: full, files: new Map(files.sort(([a], [b]) => (a < b ? -1 : 1))) }];
    }
    if (!/(?<!\.fixed)\.yml$/.test(entry.name)) return [];
    return [{ base: full.replace(/\.yml$/, ''), files: new Map([[`.github/workflows/${entry.name}`, readFileSync(full, 'utf8')]]) }];
  });
}

/** The files under a heading of a docs page: each code block is one, named by a comment in its first line where there are several. */
function example(page: string, heading: string): Files {
  const section = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(page)?.[1] ?? '';
  const blocks = [...section.matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  return new Map(blocks.map(text => [/^# (\S*[/.]\S+|Dockerfile)\n/.exec(text)?.[1] ?? '.github/workflows/example.yml', text]));
}

function applyTo(files: Files, edits: readonly FileEdit[]): Files {
  return new Map(
    [...files].map(([path, text]) => [
      path,
      applyEdits(
        text,
        edits.filter(edit => edit.path === path),
      ),
    ]),
  );
}

/** Applies one fix after the other, as a user would, until none of the rule is left that has one. */
function fixAll(files: Files, id: string): Files {
  let fixed = files;
  for (let round = 0; round < 100; round++) {
    const next = lint(fixed).findings.find(({ rule, fix }) => rule === id && fix);
    if (!next?.fix) return fixed;
    fixed = applyTo(fixed, next.fix.edits);
  }
  throw new Error('fixes do not come to an end');
}

/** One file as it is, several with their paths above them. */
function written(files: Files): string {
  const workflows = [...files].filter(([path]) => fileKind(path));
  return workflows.length === 1 ? (workflows[0]?.[1] ?? '') : workflows.map(([path, text]) => `# --- ${path}\n${text}`).join('');
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
      expect(lint(example(page, 'Wrong')).findings.map(finding => finding.rule)).toContain(rule.id);
      expect(lint(example(page, 'Right')).findings.map(finding => finding.rule)).not.toContain(rule.id);
    });
  }

  test('has fixtures both ways', () => {
    if (rule.id !== 'file-too-large') expect(fixtures(rule.id, 'fire').length).toBeGreaterThan(0);
    expect(fixtures(rule.id, 'silent').length).toBeGreaterThan(0);
  });

  for (const { base, files } of fixtures(rule.id, 'fire')) {
    test(`says in ${basename(base)} what the user reads`, async () => {
      const { findings, workspace } = lint(files);
      const own = findings.filter(finding => finding.rule === rule.id);
      expect(own.length).toBeGreaterThan(0);
      const shown = pretty({ files: files.size, findings: own, lines: path => workspace.lines(path) }, { color: false });
      await expect(shown).toMatchFileSnapshot(`${base}.out`);
    });

    if (rule.fixable) {
      test(`each fix in ${basename(base)} takes its own finding away and nothing else`, async () => {
        const { findings } = lint(files);
        for (const finding of findings) {
          if (finding.rule !== rule.id || !finding.fix) continue;
          const fixed = applyTo(files, finding.fix.edits);
          const left = lint(fixed).findings;
          expect(left.length, finding.message).toBe(findings.length - 1);
          for (const [path, text] of fixed) if (fileKind(path)) expect(parseDocument(text).errors).toEqual([]);
        }
        await expect(written(fixAll(files, rule.id))).toMatchFileSnapshot(`${base}.fixed.yml`);
      });
    }
  }

  test('is fixable exactly when a fixture shows a fix, and its page says yes exactly when one is safe', () => {
    const findings = fixtures(rule.id, 'fire').flatMap(({ files }) => lint(files).findings.filter(found => found.rule === rule.id));
    expect(findings.some(({ fix }) => fix)).toBe(rule.fixable);
    expect(page.includes('\n| fix | yes')).toBe(findings.some(({ fix }) => fix?.safe));
  });

  for (const { base, files } of fixtures(rule.id, 'silent')) {
    test(`stays silent in ${basename(base)}`, () => {
      expect(lint(files).findings.filter(finding => finding.rule === rule.id)).toEqual([]);
    });
  }
});

test('every page and every fixture folder belongs to a rule', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const pages = readdirSync(join(root, 'docs', 'rules')).map(name => name.replace(/\.md$/, ''));
  const folders = readdirSync(join(root, 'test', 'rules'), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name);
  expect(folders.filter(name => !ids.has(name))).toEqual([]);
  // test/core/live holds the rules that ask registries to their pages.
  const live = new Set(liveRules.map(({ id }) => id));
  expect(pages.filter(name => !ids.has(name) && !live.has(name))).toEqual([]);
});

test('a rule’s docs link leads into the repository that package.json names', () => {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: { url: string } };
  expect(docsUrl('x')).toBe(`${repository.url.replace(/\.git$/, '')}/blob/main/docs/rules/x.md`);
});
