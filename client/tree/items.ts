import * as vscode from 'vscode';
import { shortDigest } from '../../core/image/digest.ts';
import { type TagKind, tagKind } from '../../core/image/tagKind.ts';
import { isLoopback } from '../../core/registry/hosts.ts';
import { age } from '../../core/text/age.ts';
import type { Remedy } from '../trouble.ts';
import type { Node, NoteNode, RegistryNode, RepositoryNode, TagNode, TroubleNode } from './nodes.ts';

/** What a kind of tag looks like and is called. */
const kinds: Readonly<Record<TagKind, { readonly icon: string; readonly color?: string; readonly name: string }>> = {
  environment: { icon: 'rocket', color: 'charts.green', name: 'environment' },
  latest: { icon: 'star-empty', color: 'charts.yellow', name: 'latest' },
  moving: { icon: 'git-branch', color: 'charts.yellow', name: 'moving' },
  release: { icon: 'tag', color: 'charts.blue', name: 'release' },
  trail: { icon: 'history', name: 'trail' },
  commit: { icon: 'git-commit', name: 'commit' },
  pullRequest: { icon: 'git-pull-request', color: 'charts.purple', name: 'pull request' },
  cache: { icon: 'archive', name: 'build cache' },
  signature: { icon: 'verified', name: 'signature' },
  other: { icon: 'tag', name: 'tag' },
};

const remedies: Readonly<Record<Remedy, { readonly icon: string; readonly command: string; readonly title: string }>> = {
  retry: { icon: 'refresh', command: 'tallyman.retry', title: 'Try Again' },
  signIn: { icon: 'key', command: 'tallyman.signIn', title: 'Sign In…' },
  trustRealm: { icon: 'question', command: 'tallyman.trustRealm', title: 'Decide…' },
  nameRepository: { icon: 'add', command: 'tallyman.nameRepository', title: 'Name a Repository…' },
};

/** How a node looks. Its id is where it is, so that selection and expansion survive a refresh. */
export function treeItem(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(node);
    case 'repository':
      return repositoryItem(node);
    case 'tag':
      return tagItem(node);
    case 'trouble':
      return troubleItem(node);
    case 'note':
      return noteItem(node);
  }
}

/** The icon of a tag's kind, as it is written in a quick pick's label. */
export function kindIcon(tag: string): string {
  return `$(${kinds[tagKind(tag)].icon})`;
}

function registryItem({ host }: RegistryNode): vscode.TreeItem {
  const item = new vscode.TreeItem(host, vscode.TreeItemCollapsibleState.Expanded);
  item.id = host;
  item.contextValue = 'registry';
  item.iconPath = new vscode.ThemeIcon('server');
  if (isLoopback(host)) item.description = 'this machine';
  item.accessibilityInformation = { label: `Registry ${host}` };
  return item;
}

function repositoryItem({ host, repository }: RepositoryNode): vscode.TreeItem {
  const item = new vscode.TreeItem(repository, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${host}/${repository}`;
  item.contextValue = 'repository';
  item.iconPath = new vscode.ThemeIcon('package');
  item.tooltip = `${host}/${repository}`;
  item.accessibilityInformation = { label: `Repository ${repository}` };
  return item;
}

function tagItem(node: TagNode): vscode.TreeItem {
  const { host, repository, tag, state } = node;
  const image = state.status === 'known' ? state.image : undefined;
  // A cache manifest says what it is, whatever its tag is called.
  const kind = kinds[image?.content === 'cache' ? 'cache' : tagKind(tag)];
  // A whole commit would push the digest out of sight; the tooltip has it.
  const label = tag.replace(/([0-9a-f]{7})[0-9a-f]{33}$/, '$1…');
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  item.id = `${host}/${repository}:${tag}`;
  item.contextValue = 'tag';
  item.iconPath = new vscode.ThemeIcon(kind.icon, kind.color ? new vscode.ThemeColor(kind.color) : undefined);
  item.description = tagDescription(node);
  item.tooltip = tagTooltip(node, kind.name);
  const built = image?.created === undefined ? '' : `, built ${age(image.created).long}`;
  const digest = state.status === 'known' ? `digest ${shortDigest(state.digest)}` : item.description;
  item.accessibilityInformation = { label: `${tag}, ${kind.name}, ${digest}${built}` };
  return item;
}

function tagDescription({ state }: TagNode): string {
  switch (state.status) {
    case 'loading':
      return '…';
    case 'gone':
      return 'no longer there';
    case 'failed':
      return 'could not be read';
    case 'known': {
      const built = state.image?.created;
      return built === undefined ? shortDigest(state.digest) : `${shortDigest(state.digest)} · ${age(built).short}`;
    }
  }
}

function tagTooltip({ host, repository, tag, state }: TagNode, kind: string): vscode.MarkdownString | string {
  const name = `${host}/${repository}:${tag}`;
  if (state.status === 'failed') return `${name}\n${state.message}`;
  if (state.status !== 'known') return name;
  const { digest, image } = state;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Kind', kind],
    ['Digest', digest],
    ['Built', image?.created && `${image.created.slice(0, 16).replace('T', ' ')} UTC, ${age(image.created).long}`],
    ['Platforms', image?.platforms.join(', ')],
    ['Version', image?.version],
    ['Revision', image?.revision],
    ['Source', image?.source],
  ];
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**').appendText(name).appendMarkdown('**\n\n| | |\n|---|---|\n');
  for (const [title, value] of rows) {
    // Labels come from whoever built the image: appended as text, never as Markdown.
    if (value) tooltip.appendMarkdown(`| ${title} | `).appendText(value.replaceAll('|', '¦')).appendMarkdown(' |\n');
  }
  return tooltip;
}

function troubleItem(node: TroubleNode): vscode.TreeItem {
  const { parent, part, trouble } = node;
  const { command, title, icon } = remedies[trouble.remedy];
  const isMessage = part === 'message';
  const item = new vscode.TreeItem(isMessage ? trouble.message : title, vscode.TreeItemCollapsibleState.None);
  item.id = `${idOf(parent)}#${part}`;
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

function noteItem(node: NoteNode): vscode.TreeItem {
  const item = new vscode.TreeItem('', vscode.TreeItemCollapsibleState.None);
  item.id = `${idOf(node.parent)}#note`;
  item.description = node.text;
  item.accessibilityInformation = { label: node.text };
  if (node.more) item.command = { command: 'tallyman.showMore', title: 'Show More', arguments: [node] };
  return item;
}

function idOf(node: RegistryNode | RepositoryNode): string {
  return node.kind === 'registry' ? node.host : `${node.host}/${node.repository}`;
}
