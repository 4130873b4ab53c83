import { MarkupKind } from 'vscode-languageserver';
import { ruleTitles } from '../../core/allRules.ts';
import { absoluteLinks, docsUrl, whatHappens } from '../../core/text/rulePages.ts';
import { intersects } from '../../core/text/span.ts';
import { showRuleCommand } from '../../protocol/index.ts';
import type { Context } from '../context.ts';
import { toRange, toSpan } from '../convert.ts';
import { aboutImages } from './imageHover.ts';
import { aMoment } from './moment.ts';

/** On a reference: what it names now. On a finding: what its rule is about, why that is trouble, and the way to the rule's page. */
export function hover({ connection, analysis, live, client, pages, showsRules }: Context): void {
  const markdown = client.textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) === true;
  const link = (rule: string) =>
    showsRules() ? `command:${showRuleCommand}?${encodeURIComponent(JSON.stringify([rule]))}` : docsUrl(rule);
  const about = (rule: string) => {
    const page = pages().get(rule);
    const why = page && whatHappens(absoluteLinks(page));
    const title = ruleTitles.get(rule);
    const end = markdown ? `[More about ${rule}](${link(rule)})` : docsUrl(rule);
    return [...(title ? [markdown ? `**${title}**` : `${title}.`] : []), ...(why ? [why] : []), end].join('\n\n');
  };
  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const analysed = analysis.last(uri) ?? (await analysis.settled(uri, aMoment));
    const lines = analysed?.folder.workspace.lines(analysed.path);
    if (!analysed || !lines) return null;
    const at = toSpan(lines, { start: position, end: position });
    const here = live.findings(analysed).filter(({ span }) => intersects(span, at));
    const uses = live.enabled ? live.uses(analysed).filter(use => intersects(use.at, at)) : [];
    const images = aboutImages(
      uses.map(use => ({ use, answer: use.image && live.answer(use.image) })),
      markdown,
      Date.now(),
    );
    const parts = [...(images === undefined ? [] : [images]), ...[...new Set(here.map(({ rule }) => rule))].map(about)];
    const span = here[0]?.span ?? uses[0]?.at;
    if (!span || parts.length === 0) return null;
    const value = parts.join(markdown ? '\n\n---\n\n' : '\n\n');
    return { range: toRange(lines, span), contents: { kind: markdown ? MarkupKind.Markdown : MarkupKind.PlainText, value } };
  });
}
