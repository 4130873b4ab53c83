import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

const schema = z.record(z.string(), z.string());

/** The rule's page in the repository that package.json names. */
export function docsUrl(rule: string): string {
  return `https://github.com/tallyman/tallyman/blob/main/docs/rules/${rule}.md`;
}

/**
 * The rules' pages (Markdown) by id, from the file that the build puts beside the programs in `dist`. Empty where that file was left
 * behind: what explains a rule is worth having, not worth failing for.
 */
export function readRulePages(dist: string): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(schema.parse(JSON.parse(readFileSync(join(dist, 'rulePages.json'), 'utf8')))));
  } catch {
    return new Map();
  }
}

/** A page with its links to other pages as they are on the web, for where it is read without those. */
export function absoluteLinks(page: string): string {
  return withLinks(page, target => new URL(target, docsUrl('index')).href);
}

/** A page with each link to another page of ours as `link` has it. */
export function withLinks(page: string, link: (target: string) => string): string {
  return page.replace(/\]\((?!https?:|#)([^()\s]+)\)/g, (_, target: string) => `](${link(target)})`);
}

/** The first paragraph under the page's "What happens": the failure that the rule keeps from happening. */
export function whatHappens(page: string): string | undefined {
  const [, section] = page.split('\n## What happens\n');
  return section
    ?.split(/\n{2,}/)
    .map(paragraph => paragraph.trim())
    .find(paragraph => paragraph !== '');
}
