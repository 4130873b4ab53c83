import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { liveRules } from '../../../core/live/index.ts';
import { findLive } from './world.ts';

const docs = join(import.meta.dirname, '..', '..', '..', 'docs', 'rules');

/** The files under a heading of a page, and what the registry says. */
function example(page: string, heading: string): { readonly files: Readonly<Record<string, string>>; readonly registry: string } {
  const section = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## )`, 'm').exec(page)?.[1] ?? '';
  const blocks = [...section.matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const isRegistry = (text: string) => text.startsWith('# what the registry says\n');
  const files = blocks
    .filter(text => !isRegistry(text))
    .map(text => [/^# (\S*[/.]\S+)\n/.exec(text)?.[1] ?? '.github/workflows/example.yml', text] as const);
  return { files: Object.fromEntries(files), registry: blocks.find(isRegistry) ?? '' };
}

describe.each(liveRules)('$id', rule => {
  const page = readFileSync(join(docs, `${rule.id}.md`), 'utf8');

  test('has a page that begins with its id and title, and says its severity', () => {
    expect(page.startsWith(`# ${rule.id}\n\n${rule.title}.\n`)).toBe(true);
    expect(page).toContain(`| severity | ${rule.severity} |\n| fix | no |`);
    expect(page).toContain('## What happens');
    expect(page).toContain('## References');
  });

  test('finds the page’s wrong example, and nothing else does', () => {
    const { files, registry } = example(page, 'Wrong');
    const found = findLive(files, registry);
    expect(found.map(finding => finding.rule)).toEqual([rule.id]);
    expect(found[0]?.severity).toBe(rule.severity);
    // When the registry was read is part of what is said.
    expect(found[0]?.message).toMatch(/\(as of .*\d\d:\d\d\)/);
  });

  test('is silent about the right one, and where the registry says nothing', () => {
    const { files, registry } = example(page, 'Right');
    expect(findLive(files, registry)).toEqual([]);
    expect(findLive(example(page, 'Wrong').files, '')).toEqual([]);
  });
});
