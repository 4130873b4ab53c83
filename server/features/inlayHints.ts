import { type InlayHint, InlayHintRefreshRequest } from 'vscode-languageserver';
import { shortDigest } from '../../core/image/digest.ts';
import { intersects } from '../../core/text/span.ts';
import type { Context } from '../context.ts';
import { toRange, toSpan } from '../convert.ts';
import { aMoment } from './moment.ts';

/** Behind each reference by a tag the digest that it names now, for users who want that. */
export function inlayHints({ connection, analysis, live, client }: Context): void {
  if (!live.enabled) return;
  connection.languages.inlayHint.on(async ({ textDocument: { uri }, range }) => {
    const analysed = analysis.settings.inlayDigests ? await analysis.settled(uri, aMoment) : undefined;
    const lines = analysed?.folder.workspace.lines(analysed.path);
    if (!analysed || !lines) return [];
    const asked = toSpan(lines, range);
    return live.uses(analysed).flatMap(({ at, image, forms }): InlayHint[] => {
      // Of several forms at one place nobody could tell whose digest it is.
      const answer = image && !image.digest && forms === 1 && intersects(at, asked) ? live.answer(image) : undefined;
      if (answer?.status !== 'found') return [];
      return [{ position: toRange(lines, at).end, label: shortDigest(answer.digest), tooltip: answer.digest, paddingLeft: true }];
    });
  });
  live.onChange(() => {
    if (!client.workspace?.inlayHint?.refreshSupport) return;
    connection
      .sendRequest(InlayHintRefreshRequest.type)
      .catch((error: Error) => connection.console.warn(`Hints stay as they are: ${error.message}`));
  });
}
