import { MarkupKind } from 'vscode-languageserver';
import { rules } from '../../core/rules/index.ts';
import { absoluteLinks, docsUrl, whatHappens } from '../../core/text/rulePages.ts';
import { intersects } from '../../core/text/span.ts';
import { showRuleCommand } from '../../protocol/index.ts';
import type { Context } from '../context.ts';
import { toRange, toSpan } from '../convert.ts';
import { aMoment } from './moment.ts';

const titles = new Map(rules.map(({ id, title }) => [id, title]));

/** On a finding: what its rule is about, why that is trouble, and the way to the rule's page. */
export function hover({ connection, analysis, client, pages, showsRules }: Context): void {
  const markdown = client.textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) === true;
  const link = (rule: string) =>
    showsRules() ? `command:${showRuleCommand}?${encodeURIComponent(JSON.stringify([rule]))}` : docsUrl(rule);
  const about = (rule: string) => {
    const page = pages().get(rule);
    const why = page && whatHappens(absoluteLinks(page));
    const title = titles.get(rule);
    const end = markdown ? `[More about ${rule}](${link(rule)})` : docsUrl(rule);
    return [...(title ? [markdown ? `**${title}**` : `${title}.`] : []), ...(why ? [why] : []), end].join('\n\n');
  };
  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const analysed = await analysis.settled(uri, aMoment);
    const lines = analysed?.folder.workspace.lines(analysed.path);
    if (!analysed || !lines) return null;
    const at = toSpan(lines, { start: position, end: position });
    const here = analysed.findings.filter(({ span }) => intersects(span, at));
    const [first] = here;
    if (!first) return null;
    const value = [...new Set(here.map(({ rule }) => rule))].map(about).join(markdown ? '\n\n---\n\n' : '\n\n');
    return { range: toRange(lines, first.span), contents: { kind: markdown ? MarkupKind.Markdown : MarkupKind.PlainText, value } };
  });
}
