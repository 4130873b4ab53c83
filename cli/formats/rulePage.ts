import { docsUrl } from '../../core/rules/rule.ts';

/** A rule's page with its links to other pages as they are on the web: it is read where those pages are not. */
export function absoluteLinks(page: string): string {
  return page.replace(/\]\((?!https?:|#)([^()\s]+)\)/g, (_, target: string) => `](${new URL(target, docsUrl('index'))})`);
}
