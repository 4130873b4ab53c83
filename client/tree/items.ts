import * as vscode from 'vscode';
import { isLoopback } from '../../core/registry/hosts.ts';
import { age } from '../../core/text/age.ts';
import type { Group } from '../listing/groups.ts';
import type { Progress } from '../listing/listing.ts';
import { type Look, usualLook } from '../listing/view.ts';
import type { Remedy } from '../trouble.ts';
import type { GroupNode, NoteNode, RegistryNode, RepositoryNode, TroubleNode } from './nodes.ts';
import { idOf } from './nodes.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

const remedies: Readonly<Record<Remedy, { readonly icon: string; readonly command: string; readonly title: string }>> = {
  retry: { icon: 'refresh', command: 'tallyman.retry', title: 'Try Again' },
  signIn: { icon: 'key', command: 'tallyman.signIn', title: 'Sign In…' },
  trustRealm: { icon: 'question', command: 'tallyman.trustRealm', title: 'Decide…' },
  awsLogin: { icon: 'key', command: 'tallyman.awsLogin', title: 'Sign In to AWS…' },
  nameRepository: { icon: 'add', command: 'tallyman.nameRepository', title: 'Name a Repository…' },
};

const groupLooks: Readonly<Record<Group, { readonly icon: string; readonly title: string; readonly tooltip?: string }>> = {
  environments: { icon: 'rocket', title: 'Environments', tooltip: 'What runs where, and what ran there before' },
  releases: { icon: 'tag', title: 'Releases' },
  branches: { icon: 'git-branch', title: 'Branches' },
  commits: { icon: 'git-commit', title: 'Commits' },
  pullRequests: { icon: 'git-pull-request', title: 'Pull requests' },
  other: { icon: 'symbol-misc', title: 'Other tags' },
  caches: { icon: 'archive', title: 'Caches' },
  attached: { icon: 'verified', title: 'Signatures and attestations' },
  untagged: {
    icon: 'circle-slash',
    title: 'Untagged',
    tooltip: 'Images that no tag names: what tags named before, and the parts of multi-platform images',
  },
};

const sortWords: Readonly<Record<Look['sort'], string>> = {
  newest: 'newest first',
  oldest: 'oldest first',
  name: 'by name',
  nameDown: 'by name, Z first',
  size: 'by size',
};

export function registryItem(
  node: RegistryNode,
  progress?: { readonly loaded: number; readonly complete: boolean; readonly asOf?: number },
) {
  const { host } = node;
  const item = new vscode.TreeItem(host, Expanded);
  item.id = idOf(node);
  item.contextValue = 'registry';
  item.iconPath = new vscode.ThemeIcon('server');
  const reading = progress && !progress.complete && progress.loaded > 0 ? `${count(progress.loaded)} repositories so far…` : undefined;
  item.description = [isLoopback(host) ? 'this machine' : undefined, progress?.asOf === undefined ? reading : asOf(progress.asOf)]
    .filter(Boolean)
    .join(' · ');
  item.accessibilityInformation = { label: ['Registry', host, item.description].filter(Boolean).join(' ') };
  return item;
}

/** What a repository's row says of its list: how it is sorted and filtered, what is still to come, how old it is. */
export interface RepositoryState {
  readonly look: Look;
  readonly progress?: Progress;
  readonly sorting: boolean;
  readonly pinned: boolean;
  /** What can be done with it: `live`, `remove`, `web`; the menus go by these words. */
  readonly can: string;
}

export function repositoryItem(node: RepositoryNode, { look, progress, sorting, pinned, can }: RepositoryState): vscode.TreeItem {
  const { host, repository, trouble } = node;
  const item = new vscode.TreeItem(repository, Collapsed);
  item.id = idOf(node);
  const filtered = look.filter === '' ? undefined : 'filtered';
  item.contextValue = ['repository', filtered, pinned ? 'pinned' : 'unpinned', can].filter(Boolean).join(' ');
  item.iconPath = new vscode.ThemeIcon(pinned ? 'pinned' : 'package');
  const told = trouble ? progress?.at : progress?.asOf;
  const words = [
    look.filter === '' ? undefined : `“${look.filter}”`,
    look.sort === usualLook.sort ? undefined : sortWords[look.sort],
    told === undefined ? undefined : asOf(told),
    trouble && progress && progress.loaded > 0 ? 'cannot be read now' : undefined,
    !trouble && sorting && progress && progress.pages > 0 ? `sorting… ${count(progress.loaded)} loaded` : undefined,
  ];
  item.description = words.filter(Boolean).join(' · ');
  item.tooltip = [`${host}/${repository}`, trouble?.message].filter(Boolean).join('\n');
  item.accessibilityInformation = {
    label: ['Repository', repository, pinned ? 'pinned' : undefined, item.description].filter(Boolean).join(' '),
  };
  return item;
}

/** `can` as for a repository. */
export function groupItem(node: GroupNode, complete: boolean, can: string): vscode.TreeItem {
  const { icon, title, tooltip = title } = groupLooks[node.group];
  const item = new vscode.TreeItem(title, node.group === 'environments' ? Expanded : Collapsed);
  item.id = idOf(node);
  item.contextValue = `group ${node.group} ${can}`;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.description = `${count(node.rows.length)}${complete ? '' : '+'}`;
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: `${title}, ${count(node.rows.length)}${complete ? '' : ' so far'}` };
  return item;
}

export function troubleItem(node: TroubleNode): vscode.TreeItem {
  const { part, trouble } = node;
  const { command, title, icon } = remedies[trouble.remedy];
  const isMessage = part === 'message';
  const item = new vscode.TreeItem(isMessage ? shortMessage(node) : title, None);
  item.id = idOf(node);
  item.contextValue = isMessage ? 'trouble' : `trouble.${trouble.remedy}`;
  item.iconPath = isMessage ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')) : new vscode.ThemeIcon(icon);
  item.tooltip = isMessage ? trouble.message : title;
  // The message is narrow there; as a notification all of it can be read.
  item.command = isMessage
    ? { command: 'tallyman.showTrouble', title: 'Show the Whole Message', arguments: [node] }
    : { command, title, arguments: [node] };
  item.accessibilityInformation = { label: isMessage ? trouble.message : title, role: isMessage ? 'treeitem' : 'button' };
  return item;
}

export function noteItem(node: NoteNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.more ? node.text : '', None);
  item.id = idOf(node);
  if (!node.more) item.description = node.text;
  item.accessibilityInformation = { label: node.text, role: node.more ? 'button' : 'treeitem' };
  if (node.more) {
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = { command: 'tallyman.showMore', title: 'Show More', arguments: [node] };
  }
  return item;
}

/** Which host it is stands in the rows above, and a long name of it would leave no room for what it is about. */
function shortMessage({ parent, trouble }: TroubleNode): string {
  const host = `${parent.host} `;
  if (!trouble.message.startsWith(host)) return trouble.message;
  const rest = trouble.message.slice(host.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** `as of 3 hours ago` */
function asOf(time: number): string {
  return `as of ${age(new Date(time).toISOString()).long}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
