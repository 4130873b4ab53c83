import * as vscode from 'vscode';
import { shortDigest } from '../../core/image/digest.ts';
import { type TagKind, tagKind } from '../../core/image/tagKind.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { DetailNode, ImageNode, TagNode } from './nodes.ts';
import { idOf } from './nodes.ts';
import { type RowContext, rowContext, rowDescription, rowFacts, rowSpoken, shortTag } from './rowText.ts';

const { Collapsed, None } = vscode.TreeItemCollapsibleState;

/** What a kind of tag looks like and is called. */
const kinds: Readonly<Record<TagKind | 'untagged', { readonly icon: string; readonly color?: string; readonly name: string }>> = {
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
  untagged: { icon: 'circle-slash', name: 'untagged' },
};

/** The icon of a tag's kind, as it is written in a quick pick's label. */
export function kindIcon(tag: string): string {
  return `$(${kinds[tagKind(tag)].icon})`;
}

export function imageItem(node: TagNode | ImageNode, context: RowContext, registry: Registry): vscode.TreeItem {
  const { row, host, repository, live, parent } = node;
  const kind = kinds[kindOf(node)];
  const label = node.kind === 'tag' ? shortTag(node.tag) : shortDigest(node.digest);
  const readable = row.digest !== undefined && row.state.status !== 'gone' && row.state.status !== 'failed';
  const item = new vscode.TreeItem(label, readable ? Collapsed : None);
  item.id = idOf(node);
  const page = registry.webPage(repository, node.kind === 'tag' ? node.tag : node.digest) !== undefined;
  item.contextValue = rowContext(node.kind, row, live, registry.abilities, page);
  item.iconPath = new vscode.ThemeIcon(pullIcon(context) ?? kind.icon, kind.color && live ? new vscode.ThemeColor(kind.color) : undefined);
  item.description = rowDescription(row, context);
  const name = node.kind === 'tag' ? `${host}/${repository}:${node.tag}` : `${host}/${repository}@${node.digest}`;
  item.tooltip = tooltip(node, name, kind.name, context);
  const place = parent.group === 'environments' && kind === kinds.other ? 'environment' : kind.name;
  item.accessibilityInformation = { label: rowSpoken(row, place, context) };
  return item;
}

/** A merged or closed pull request looks like one. */
function pullIcon({ pull }: RowContext): string | undefined {
  return pull && { open: 'git-pull-request', merged: 'git-merge', closed: 'git-pull-request-closed' }[pull.state];
}

function kindOf(node: TagNode | ImageNode): TagKind | 'untagged' {
  // A cache manifest says what it is, whatever its tag is called.
  if (node.row.details?.content === 'cache') return 'cache';
  if (node.parent.group === 'attached') return 'signature';
  if (node.kind === 'image') return 'untagged';
  const kind = tagKind(node.tag);
  return node.parent.group === 'environments' && kind !== 'trail' ? 'environment' : kind;
}

function tooltip({ row }: TagNode | ImageNode, name: string, kind: string, context: RowContext): vscode.MarkdownString | string {
  if (row.state.status === 'failed') return `${name}\n${row.state.message}`;
  if (row.digest === undefined) return name;
  const text = new vscode.MarkdownString();
  text.appendMarkdown('**').appendText(name).appendMarkdown('**\n\n| | |\n|---|---|\n');
  for (const [title, value] of rowFacts(row, kind, context)) {
    // Labels come from whoever built the image: appended as text, never as Markdown.
    text.appendMarkdown(`| ${title} | `).appendText(value.replaceAll('|', '¦')).appendMarkdown(' |\n');
  }
  return text;
}

export function detailItem(node: DetailNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, node.children.length > 0 ? Collapsed : None);
  item.id = idOf(node);
  item.contextValue = 'detail';
  item.iconPath = new vscode.ThemeIcon(node.icon);
  if (node.description !== undefined) item.description = node.description;
  item.tooltip = node.tooltip ?? [node.label, node.description].filter(Boolean).join(' ');
  item.accessibilityInformation = { label: node.spoken ?? [node.label, node.description].filter(Boolean).join(', ') };
  if (node.open) item.command = { ...node.open, arguments: [...node.open.arguments] };
  return item;
}
