import * as vscode from 'vscode';
import { isTag } from '../../core/image/reference.ts';
import { compareTags, type TagKind, tagKind } from '../../core/image/tagKind.ts';
import type { Registries } from '../registries.ts';
import { kindIcon } from '../tree/imageItems.ts';

export interface Repository {
  readonly host: string;
  readonly repository: string;
}

/** Asks for one of the connected registries' repositories. */
export async function pickRepository(registries: Registries, title: string): Promise<Repository | undefined> {
  const connections = registries.connections();
  if (connections.length === 0) {
    const answer = await vscode.window.showInformationMessage('No registry is connected yet.', 'Connect a Registry…');
    if (answer) await vscode.commands.executeCommand('tallyman.connectRegistry');
    return undefined;
  }
  const lists = connections.map(async ({ host, repositories }) => {
    const names = repositories.length > 0 ? repositories : await collect(registries.at(host).repositories());
    return names.map(repository => ({ label: `$(package) ${repository}`, description: host, host, repository }));
  });
  // One registry that does not answer must not hide the others; only when there is nothing to choose is it told.
  const items = Promise.allSettled(lists).then(results => {
    const found = results.flatMap(result => (result.status === 'fulfilled' ? result.value : []));
    const failed = results.find(result => result.status === 'rejected');
    if (found.length === 0 && failed) throw failed.reason;
    return found;
  });
  return choose(items, { title, placeHolder: 'Repository', matchOnDescription: true });
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
  const items = tagItems(registries, at, kind => all || (kind !== 'cache' && kind !== 'signature'), exclude);
  return (await choose(items, { title, placeHolder }))?.tag;
}

/** Asks for the tag to move: one that is there and is meant to move, or any name that is typed. */
export async function pickTarget(registries: Registries, at: Repository, title: string, source: string): Promise<string | undefined> {
  const movable: readonly TagKind[] = ['environment', 'latest', 'moving', 'other'];
  const known = await tagItems(registries, at, kind => movable.includes(kind), source);
  const picker = vscode.window.createQuickPick<TagItem>();
  picker.title = title;
  picker.placeholder = 'To which tag? Choose one, or type a new name';
  picker.items = known;
  picker.onDidChangeValue(value => {
    const isNew = isTag(value) && value !== source && !known.some(({ tag }) => tag === value);
    picker.items = isNew ? [...known, { label: `$(add) ${value}`, description: 'new tag', tag: value, alwaysShow: true }] : known;
  });
  return new Promise(resolve => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.tag);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

interface TagItem extends vscode.QuickPickItem {
  readonly tag: string;
}

async function tagItems(
  registries: Registries,
  { host, repository }: Repository,
  wanted: (kind: TagKind) => boolean,
  exclude?: string,
): Promise<TagItem[]> {
  const tags = await collect(registries.at(host).tags(repository));
  return tags
    .filter(tag => tag !== exclude && wanted(tagKind(tag)))
    .sort(compareTags)
    .map(tag => ({ label: `${kindIcon(tag)} ${tag}`, tag }));
}

/** Shows items as soon as they are there; trouble with reading them closes the list and is thrown. */
async function choose<T extends vscode.QuickPickItem>(items: Promise<T[]>, options: vscode.QuickPickOptions): Promise<T | undefined> {
  const source = new vscode.CancellationTokenSource();
  items.catch(() => source.cancel());
  const chosen = await vscode.window.showQuickPick(items, options, source.token);
  if (source.token.isCancellationRequested) await items;
  return chosen;
}

async function collect(names: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const name of names) collected.push(name);
  return collected;
}
