import { type CompletionItem, CompletionItemKind, type CompletionList, type Range } from 'vscode-languageserver';
import { shortDigest } from '../../core/image/digest.ts';
import { referenceParts } from '../../core/image/mobility.ts';
import { compareTags } from '../../core/image/tagKind.ts';
import { literal } from '../../core/image/template.ts';
import { completing, keysAround } from '../../core/live/completing.ts';
import { imageNamed } from '../../core/live/settle.ts';
import { age } from '../../core/text/age.ts';
import { printable } from '../../core/text/printable.ts';
import { intersects } from '../../core/text/span.ts';
import {
  type ListedTag,
  type ListRepositoriesAnswer,
  type ListTagsAnswer,
  type ListTagsParams,
  listRepositoriesRequest,
  listTagsRequest,
} from '../../protocol/registries.ts';
import type { Analysed } from '../analysis.ts';
import type { Context } from '../context.ts';
import { toSpan } from '../convert.ts';
import { aMoment } from './moment.ts';

/** Repositories whose tags are offered where none is named. */
const mostRepositories = 4;
const mostItems = 500;

/** Repositories and tags of connected registries, where a reference or a tag is being written. */
export function completion(context: Context): void {
  const { connection, analysis, live, loaded } = context;
  if (!live.enabled) return;
  connection.onCompletion(async ({ textDocument: { uri }, position }, token): Promise<CompletionList> => {
    const none: CompletionList = { isIncomplete: false, items: [] };
    await loaded();
    const analysed = await analysis.settled(uri, aMoment);
    const lines = analysed?.folder.workspace.lines(analysed.path);
    if (!analysed || !lines || token.isCancellationRequested) return none;
    const line = lines.line(position.line).slice(0, position.character);
    const at = toSpan(lines, { start: position, end: position });
    const use = live.uses(analysed).find(one => intersects(one.at, at));
    const name = use && literal(referenceParts(use.form).name);
    const isPolicy = analysed.folder.workspace.isPolicy(analysed.path);
    const keys = keysAround(index => lines.line(index), position.line);
    const wanted = completing({ line, keys, isPolicy, ...(name !== undefined && { name }) });
    if (!wanted) return none;
    const start = { line: position.line, character: position.character - wanted.typed.length };
    const range = { start, end: position };
    const ask = <T>(method: string, params: object) => connection.sendRequest<T>(method, params, token).catch(() => undefined);
    if (wanted.kind === 'repositories') {
      const answer = await ask<ListRepositoriesAnswer>(listRepositoriesRequest, {});
      const names = [...new Set([...workspaceNames(analysed), ...(answer?.repositories ?? [])].map(printable))];
      const { shown, isIncomplete } = fitting(names, wanted.typed, name => name);
      return { isIncomplete, items: repositoryItems(shown, answer?.hosts ?? [], range) };
    }
    const repositories: ListTagsParams[] = wanted.kind === 'tags' ? [wanted] : ownRepositories(analysed);
    const params = repositories.map(({ host, repository }) => ({ host, repository }));
    const lists = await Promise.all(params.map(one => ask<ListTagsAnswer>(listTagsRequest, one)));
    const listed = lists.flatMap(list => list?.tags ?? []);
    // What is half typed here is one of them.
    const own = repositories.flatMap(one => workspaceTags(one, analysed)).flatMap(tag => (tag === wanted.typed ? [] : { tag }));
    const tags = [...new Map([...own, ...listed].map(one => [one.tag, one])).values()].sort((a, b) => compareTags(a.tag, b.tag));
    const { shown, isIncomplete } = fitting(tags, wanted.typed, ({ tag }) => tag);
    return { isIncomplete, items: tagItems(shown, range) };
  });
}

/** Names that the workspace's workflows use, as they are written. */
function workspaceNames({ folder }: Analysed): readonly string[] {
  const { flow } = folder.workspace;
  return [...flow.writes, ...flow.reads].flatMap(({ parts }) => literal(parts.name) ?? []).filter(name => name.includes('/'));
}

/** The repositories that the workspace pushes to. */
function ownRepositories({ folder }: Analysed): ListTagsParams[] {
  const found = new Map<string, ListTagsParams>();
  for (const { parts } of folder.workspace.flow.writes) {
    const image = imageNamed(parts.name);
    if (image && found.size < mostRepositories)
      found.set(`${image.host}/${image.repository}`, { host: image.host, repository: image.repository });
  }
  return [...found.values()];
}

/** Tags that the workspace's workflows push there and its policy calls environments, whether or not a registry tells of them. */
function workspaceTags({ host, repository }: ListTagsParams, { folder: { workspace } }: Analysed): readonly string[] {
  const name = `${host}/${repository}`;
  const { environments } = workspace.policy;
  const written = workspace.flow.writes.flatMap(({ reference }) => {
    const image = imageNamed(reference);
    return image?.tag !== undefined && image.host === host && image.repository === repository ? [image.tag] : [];
  });
  return [
    ...written,
    ...environments.filter(({ tag }) => workspace.policy.environmentOf(name, tag)).flatMap(({ tag, aliases }) => [tag, ...aliases]),
  ];
}

/** Those that a list has room for; where that is not all, those that have what is typed, and the client is to ask again with the next key. */
function fitting<T>(
  all: readonly T[],
  typed: string,
  nameOf: (one: T) => string,
): { readonly shown: readonly T[]; readonly isIncomplete: boolean } {
  if (all.length <= mostItems) return { shown: all, isIncomplete: false };
  const wanted = typed.toLowerCase();
  return { shown: all.filter(one => nameOf(one).toLowerCase().includes(wanted)).slice(0, mostItems), isIncomplete: true };
}

function tagItems(tags: readonly ListedTag[], range: Range): CompletionItem[] {
  return tags.map(({ tag, digest, pushedAt }, index) => {
    const label = printable(tag);
    const detail = [
      digest?.startsWith('sha256:') ? shortDigest(digest as `sha256:${string}`) : '',
      pushedAt === undefined ? '' : age(pushedAt).long,
    ];
    return {
      label,
      kind: CompletionItemKind.Constant,
      detail: detail.filter(one => one !== '').join(' · '),
      sortText: String(index).padStart(5, '0'),
      textEdit: { range, newText: label },
    };
  });
}

function repositoryItems(names: readonly string[], hosts: readonly string[], range: Range): CompletionItem[] {
  const item = (label: string, kind: CompletionItemKind, text = label): CompletionItem => ({
    label,
    kind,
    filterText: text,
    textEdit: { range, newText: text },
  });
  return [
    ...names.map(name => item(name, CompletionItemKind.Module)),
    ...hosts.map(host => item(printable(host), CompletionItemKind.Folder, `${printable(host)}/`)),
  ];
}
