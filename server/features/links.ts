import type { DocumentLink } from 'vscode-languageserver';
import { type ImageName, imageKey } from '../../core/live/answers.ts';
import type { ImageUse } from '../../core/live/uses.ts';
import type { Span } from '../../core/text/span.ts';
import { type WebPagesAnswer, type WebPagesParams, webPagesRequest } from '../../protocol/registries.ts';
import type { Context } from '../context.ts';
import { toRange } from '../convert.ts';
import { aMoment } from './moment.ts';

/** From the name in a reference to the registry's page about it; the tag is left to go to its writers. The client knows the pages and contacts nothing. */
export function links({ connection, analysis, live }: Context): void {
  if (!live.enabled) return;
  connection.onDocumentLinks(async ({ textDocument: { uri } }, token) => {
    const analysed = await analysis.settled(uri, aMoment);
    const lines = analysed?.folder.workspace.lines(analysed.path);
    if (!analysed || !lines) return [];
    const places = new Map<string, { readonly span: Span; readonly image: ImageName }>();
    for (const use of live.uses(analysed)) {
      const span = nameIn(use, lines.text);
      if (use.image && span) places.set(`${span.start} ${span.end}`, { span, image: use.image });
    }
    const references = [...new Map([...places.values()].map(({ image }) => [imageKey(image), image])).values()];
    if (references.length === 0 || token.isCancellationRequested) return [];
    const params: WebPagesParams = { references };
    const answer = await connection.sendRequest<WebPagesAnswer>(webPagesRequest, params, token).catch(() => undefined);
    const pages = new Map(references.map((image, index) => [imageKey(image), answer?.pages?.[index]]));
    return [...places.values()].flatMap(({ span, image }): DocumentLink[] => {
      const target = pages.get(imageKey(image));
      return isPage(target) ? [{ range: toRange(lines, span), target, tooltip: `Open ${image.repository} at ${image.host}` }] : [];
    });
  });
}

function isPage(target: unknown): target is string {
  return typeof target === 'string' && /^https?:\/\//.test(target) && URL.canParse(target);
}

/** Where the reference's name is written out, without its tag. */
function nameIn({ at, image, forms }: ImageUse, text: string): Span | undefined {
  if (!image || forms > 1) return undefined;
  const written = text.slice(at.start, at.end);
  const start = written.indexOf(image.repository);
  if (start < 0) return undefined;
  const host = written.slice(0, start).endsWith(`${image.host}/`) ? image.host.length + 1 : 0;
  return { start: at.start + start - host, end: at.start + start + image.repository.length };
}
