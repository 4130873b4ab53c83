import { type CodeLens, CodeLensRefreshRequest } from 'vscode-languageserver';
import { type ImageAnswer, type ImageName, imageKey } from '../../core/live/answers.ts';
import type { ImageUse } from '../../core/live/uses.ts';
import { namesApart, oneLine, shortName } from '../../core/live/words.ts';
import { printable } from '../../core/text/printable.ts';
import { connectRegistryCommand } from '../../protocol/index.ts';
import type { Analysed } from '../analysis.ts';
import type { Context } from '../context.ts';
import { toRange } from '../convert.ts';
import { aMoment } from './moment.ts';

/** References of one line that have a lens of their own. */
const mostALine = 3;
/** References of one line that also have room for the other tags of their image. */
const mostInFull = 2;

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
  const offered = new Set<string>();
  const offersToConnect: CodeLens[] = [];
  const byLine = new Map<number, Map<string, Said>>();
  for (const { image, at, role } of live.uses(analysed).filter(use => !isPassedOn(use, lines.text))) {
    const answer = image && live.answer(image);
    if (!image || !answer) continue;
    const range = toRange(lines, at);
    if (answer.status !== 'notConnected') {
      const said = byLine.get(range.start.line) ?? new Map<string, Said>();
      if (!said.has(imageKey(image))) byLine.set(range.start.line, said.set(imageKey(image), { image, answer, role, range }));
    } else if (offers && !offered.has(image.host)) {
      offered.add(image.host);
      offersToConnect.push({
        range,
        command: { title: `Connect ${printable(image.host)}…`, command: connectRegistryCommand, arguments: [image.host] },
      });
    }
  }
  const now = Date.now();
  return [...[...byLine.values()].flatMap(said => lensesOfLine([...said.values()], now)), ...offersToConnect];
}

interface Said {
  readonly image: ImageName;
  readonly answer: ImageAnswer;
  readonly role: ImageUse['role'];
  readonly range: CodeLens['range'];
}

/** Of more forms than a line has room for, the hover tells. */
function lensesOfLine(said: readonly Said[], now: number): readonly CodeLens[] {
  const names = namesApart(said.map(({ image }) => image));
  const told = said.flatMap(({ image, answer, role, range }) => {
    const name = names.get(imageKey(image)) ?? shortName(image);
    const title = oneLine(image, answer, { role, now, name, brief: said.length > mostInFull });
    return title === undefined ? [] : [{ range, title }];
  });
  const rest = told.length - mostALine;
  const [first] = told;
  const shown = [...told.slice(0, mostALine), ...(rest > 0 && first ? [{ range: first.range, title: `${rest} more` }] : [])];
  return shown.map(({ range, title }) => ({ range, command: { title, command: '' } }));
}

/** Tags that metadata-action made are said at its rows, not where a build takes them over. */
function isPassedOn({ at }: ImageUse, text: string): boolean {
  return /\.outputs\.(?:tags|json|bake-file[\w-]*)\b/.test(text.slice(at.start, at.end));
}
