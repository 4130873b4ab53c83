import { type CodeLens, CodeLensRefreshRequest } from 'vscode-languageserver';
import { imageKey } from '../../core/live/answers.ts';
import type { ImageUse } from '../../core/live/uses.ts';
import { oneLine } from '../../core/live/words.ts';
import { printable } from '../../core/text/printable.ts';
import { connectRegistryCommand } from '../../protocol/index.ts';
import type { Analysed } from '../analysis.ts';
import type { Context } from '../context.ts';
import { toRange } from '../convert.ts';
import { aMoment } from './moment.ts';

/** References of one line that have a lens of their own. */
const mostALine = 3;

/** Above each reference: what it names now. Above the first of each host that nobody connected: the offer to. */
export function codeLens(context: Context): void {
  const { connection, analysis, live, client } = context;
  if (!live.enabled) return;
  connection.onCodeLens(async ({ textDocument: { uri } }) => {
    const { lenses } = analysis.settings;
    const analysed = lenses === 'off' ? undefined : await analysis.settled(uri, aMoment);
    return analysed ? lensesOf(analysed, context, lenses === 'all') : [];
  });
  live.onChange(() => {
    if (!client.workspace?.codeLens?.refreshSupport) return;
    connection
      .sendRequest(CodeLensRefreshRequest.type)
      .catch((error: Error) => connection.console.warn(`Lenses stay as they are: ${error.message}`));
  });
}

function lensesOf(analysed: Analysed, { live }: Context, offers: boolean): CodeLens[] {
  const { folder, path } = analysed;
  const lines = folder.workspace.lines(path);
  if (!lines) return [];
  const now = Date.now();
  const offered = new Set<string>();
  const said = new Map<number, Set<string>>();
  return live.uses(analysed).flatMap((use): CodeLens[] => {
    const { image, at, role } = use;
    const answer = image && live.answer(image);
    if (!image || !answer || isPassedOn(use, lines.text)) return [];
    const range = toRange(lines, at);
    if (answer.status === 'notConnected') {
      if (!offers || offered.has(image.host)) return [];
      offered.add(image.host);
      return [{ range, command: { title: `Connect ${printable(image.host)}…`, command: connectRegistryCommand, arguments: [image.host] } }];
    }
    const title = oneLine(image, answer, role, now);
    const here = said.get(range.start.line) ?? new Set<string>();
    said.set(range.start.line, here);
    if (title === undefined || here.has(imageKey(image)) || here.size >= mostALine) return [];
    here.add(imageKey(image));
    return [{ range, command: { title, command: '' } }];
  });
}

/** Tags that metadata-action made are said at its rows, not where a build takes them over. */
function isPassedOn({ at }: ImageUse, text: string): boolean {
  return /\.outputs\.(?:tags|json|bake-file[\w-]*)\b/.test(text.slice(at.start, at.end));
}
