import * as vscode from 'vscode';
import { isTag } from '../../core/image/reference.ts';
import { compareTags, type TagKind, tagKind } from '../../core/image/tagKind.ts';
import type { Connection, Registries } from '../registries.ts';
import { kindIcon } from '../tree/imageItems.ts';

export interface Repository {
  readonly host: string;
  readonly repository: string;
}

/** Asks for one of the connected registries. */
export async function pickHost(registries: Registries, title: string): Promise<string | undefined> {
  const connections = await connected(registries);
  const items = connections.map(({ host }) => ({ label: `$(server) ${host}`, host }));
  return items.length === 0 ? undefined : (await vscode.window.showQuickPick(items, { title, placeHolder: 'Registry' }))?.host;
}

/** Asks for one of the connected registries' repositories. */
export async function pickRepository(registries: Registries, title: string): Promise<Repository | undefined> {
  const connections = await connected(registries);
  if (connections.length === 0) return undefined;
  return choose({ title, placeHolder: 'Repository', matchOnDescription: true }, signal =>
    connections.map(async ({ host, repositories }) => {
      const names = repositories.length > 0 ? repositories : await collect(registries.at(host).repositories({ signal }));
      const ordered = registries.inOrder(host, names);
      return ordered.map(repository => ({ label: `$(package) ${repository}`, description: host, host, repository }));
    }),
  );
}

/** Offers to connect one where there is none. */
async function connected(registries: Registries): Promise<readonly Connection[]> {
  const connections = registries.connections();
  if (connections.length > 0) return connections;
  const answer = await vscode.window.showInformationMessage('No registry is connected yet.', 'Connect a Registry…');
  if (answer) await vscode.commands.executeCommand('tallyman.connectRegistry');
  return [];
}

export interface PickTagOptions {
  /** Left out. */
  readonly exclude?: string;
  readonly placeHolder?: string;
  /** Machinery too: signatures and caches, which are never promoted. */
  readonly all?: boolean;
}

/** Asks for a tag that is there. */
export async function pickTag(
  registries: Registries,
  at: Repository,
  title: string,
  { exclude, placeHolder = 'Promote which tag?', all = false }: PickTagOptions = {},
): Promise<string | undefined> {
  const wanted = (kind: TagKind) => all || (kind !== 'cache' && kind !== 'signature');
  return (await choose({ title, placeHolder }, signal => [tagItems(registries, at, wanted, exclude, signal)]))?.tag;
}

/** Asks for the tag to move: one that is there and is meant to move, or any name that is typed. */
export async function pickTarget(registries: Registries, at: Repository, title: string, source: string): Promise<string | undefined> {
  const movable: readonly TagKind[] = ['environment', 'latest', 'moving', 'other'];
  const typed = (value: string, known: readonly TagItem[]): readonly TagItem[] => {
    const isNew = isTag(value) && value !== source && !known.some(({ tag }) => tag === value);
    return isNew ? [{ label: `$(add) ${value}`, description: 'new tag', tag: value, alwaysShow: true }] : [];
  };
  const options = { title, placeHolder: 'To which tag? Choose one, or type a new name' };
  const lists = (signal: AbortSignal) => [tagItems(registries, at, kind => movable.includes(kind), source, signal)];
  return (await choose(options, lists, typed))?.tag;
}

interface TagItem extends vscode.QuickPickItem {
  readonly tag: string;
}

async function tagItems(
  registries: Registries,
  { host, repository }: Repository,
  wanted: (kind: TagKind) => boolean,
  exclude: string | undefined,
  signal: AbortSignal,
): Promise<TagItem[]> {
  const tags = await collect(registries.at(host).tags(repository, { signal }));
  return tags
    .filter(tag => tag !== exclude && wanted(tagKind(tag)))
    .sort(compareTags)
    .map(tag => ({ label: `${kindIcon(tag)} ${tag}`, tag }));
}

/**
 * Shows items as soon as each list of them is there; what is still read ends once the person has chosen. Trouble with one list does not
 * hide the others: it is thrown where there is nothing to choose. `typed` makes further items from what is typed.
 */
async function choose<T extends vscode.QuickPickItem>(
  { title, placeHolder, matchOnDescription = false }: vscode.QuickPickOptions,
  read: (signal: AbortSignal) => readonly Promise<readonly T[]>[],
  typed?: (value: string, known: readonly T[]) => readonly T[],
): Promise<T | undefined> {
  const controller = new AbortController();
  const picker = vscode.window.createQuickPick<T>();
  Object.assign(picker, { title, placeholder: placeHolder, matchOnDescription, keepScrollPosition: true, busy: true });
  const found: (readonly T[])[] = [];
  const show = () => {
    const known = found.flat();
    picker.items = [...known, ...(typed?.(picker.value, known) ?? [])];
  };
  try {
    return await new Promise<T | undefined>((resolve, reject) => {
      if (typed) picker.onDidChangeValue(show);
      picker.onDidAccept(() => picker.selectedItems[0] && resolve(picker.selectedItems[0]));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
      const lists = read(controller.signal).map(async (list, index) => {
        found[index] = await list;
        show();
      });
      void Promise.allSettled(lists).then(results => {
        picker.busy = false;
        const failed = results.find(result => result.status === 'rejected');
        if (failed && found.flat().length === 0 && picker.items.length === 0) reject(failed.reason);
      });
    });
  } finally {
    controller.abort();
    picker.dispose();
  }
}

async function collect(names: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const name of names) collected.push(name);
  return collected;
}
