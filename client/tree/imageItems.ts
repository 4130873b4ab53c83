import * as vscode from 'vscode';
import type { PullRequest } from '../../core/github/pullRequests.ts';
import { shortDigest } from '../../core/image/digest.ts';
import { type TagKind, tagKind } from '../../core/image/tagKind.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { attachmentLooks } from './attachmentLooks.ts';
import type { DetailNode, ImageNode, TagNode } from './nodes.ts';
import { idOf } from './nodes.ts';
import { type RowContext, rowContext, rowDescription, rowFacts, rowSpoken, shortTag, tooltipText } from './rowText.ts';

const { Collapsed, None } = vscode.TreeItemCollapsibleState;

interface KindLook {
  readonly icon: string;
  readonly color?: string;
  readonly name: string;
}

/** What a kind of tag looks like and is called. */
const kinds: Readonly<Record<TagKind | 'line' | 'part' | 'untagged', KindLook>> = {
  environment: { icon: 'rocket', color: 'charts.green', name: 'environment' },
  latest: { icon: 'star-empty', color: 'charts.yellow', name: 'latest' },
  moving: { icon: 'git-branch', color: 'charts.yellow', name: 'moving' },
  line: { icon: 'tag', color: 'charts.yellow', name: 'release line' },
  release: { icon: 'tag', color: 'charts.blue', name: 'release' },
  trail: { icon: 'history', name: 'trail' },
  commit: { icon: 'git-commit', name: 'commit' },
  pullRequest: { icon: 'git-pull-request', name: 'pull request' },
  cache: { icon: 'archive', name: 'build cache' },
  signature: { icon: 'verified', name: 'signature' },
  other: { icon: 'tag', name: 'tag' },
  part: { icon: 'chip', name: 'untagged' },
  untagged: { icon: 'circle-slash', name: 'untagged' },
};

/** As GitHub colours them. */
const pullLooks: Readonly<Record<PullRequest['state'], { readonly icon: string; readonly color: string }>> = {
  open: { icon: 'git-pull-request', color: 'charts.green' },
  merged: { icon: 'git-merge', color: 'charts.purple' },
  closed: { icon: 'git-pull-request-closed', color: 'charts.red' },
};

/** The icon of a tag's kind, as it is written in a quick pick's label. */
export function kindIcon(tag: string): string {
  return `$(${kinds[tagKind(tag)].icon})`;
}

export function imageItem(node: TagNode | ImageNode, context: RowContext, registry: Registry): vscode.TreeItem {
  const { row, host, repository, live } = node;
  const kind = lookOf(node, context);
  const label = node.kind === 'tag' ? shortTag(node.tag) : shortDigest(node.digest);
  const readable = row.digest !== undefined && row.state.status !== 'gone';
  const item = new vscode.TreeItem(label, readable ? Collapsed : None);
  item.id = idOf(node);
  const page = registry.webPage(repository, node.kind === 'tag' ? node.tag : node.digest) !== undefined;
  item.contextValue = rowContext(node.kind, row, live, registry.abilities, page);
  const { icon, color } = context.pull ? pullLooks[context.pull.state] : kind;
  item.iconPath = new vscode.ThemeIcon(icon, color !== undefined && live ? new vscode.ThemeColor(color) : undefined);
  item.description = rowDescription(row, context);
  const name = node.kind === 'tag' ? `${host}/${repository}:${node.tag}` : `${host}/${repository}@${node.digest}`;
  item.tooltip = tooltip(node, name, kind.name, context);
  item.accessibilityInformation = { label: rowSpoken(row, kind.name, context) };
  return item;
}

function lookOf(node: TagNode | ImageNode, { belongs }: RowContext): KindLook {
  const { group } = node.parent;
  // A cache manifest says what it is, whatever its tag is called.
  if (node.row.details?.content === 'cache') return kinds.cache;
  if (group === 'attached') {
    const { icon, name } = attachmentLooks[belongs && belongs.as !== 'part' && belongs.as !== 'attestation' ? belongs.as : 'other'];
    return { icon, name: name === 'SBOM' ? name : name.toLowerCase() };
  }
  if (node.kind === 'image') return belongs ? kinds.part : kinds.untagged;
  const kind = tagKind(node.tag);
  if (group === 'environments' && kind !== 'trail') return kinds.environment;
  return kinds[group === 'releases' && kind === 'moving' ? 'line' : kind];
}

function tooltip({ row }: TagNode | ImageNode, name: string, kind: string, context: RowContext): vscode.MarkdownString | string {
  if (row.digest === undefined) return row.state.status === 'failed' ? `${name}\n${row.state.message}` : name;
  return new vscode.MarkdownString(tooltipText(name, rowFacts(row, kind, context)));
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
