import type { Commit } from '../../core/git/history.ts';
import type { PullRequest } from '../../core/github/pullRequests.ts';
import { shortDigest } from '../../core/image/digest.ts';
import { bytes, plural } from '../../core/inspection/blocks.ts';
import type { Inspection, PlatformImage } from '../../core/inspection/inspect.ts';
import type { Attachment } from '../../core/registry/attachments.ts';
import { age } from '../../core/text/age.ts';
import { printable } from '../../core/text/printable.ts';
import type { TagUse } from '../../protocol/tags.ts';
import { attachmentLooks } from './attachmentLooks.ts';
import type { DetailNode, ImageNode, TagNode } from './nodes.ts';
import { vulnerabilities } from './rowText.ts';

/** What is known of an image beside what its registry says. */
export interface Known {
  readonly commit?: Commit;
  readonly uses: readonly TagUse[];
  readonly pullRequest?: PullRequest;
  readonly now: number;
}

/** A detail but for where it stands. */
interface Detail extends Pick<DetailNode, 'name' | 'icon' | 'label' | 'description' | 'tooltip' | 'spoken' | 'open'> {
  readonly children?: readonly Detail[];
}

/** The rows below an image's own: what it is, what is attached to it, and what the workspace does with it. */
export function detailsOf(node: TagNode | ImageNode, inspection: Inspection, known: Known): readonly DetailNode[] {
  const all: readonly (Detail | undefined)[] = [
    pullRequest(known),
    { name: 'digest', icon: 'symbol-constant', label: shortDigest(inspection.digest), description: 'digest', tooltip: inspection.digest },
    revision(inspection, known),
    dates(node, inspection, known.now),
    platforms(inspection),
    layers(inspection),
    labels(inspection),
    ...inspection.attachments.map((one, index) => attachment(one, index, inspection)),
    scan(node),
    ...known.uses.map(use),
    ...inspection.troubles.map((text, index): Detail => ({ name: `trouble ${index}`, icon: 'warning', label: text })),
  ];
  return all.flatMap(detail => (detail ? [below(node, detail)] : []));
}

function below(parent: DetailNode['parent'], { children = [], ...detail }: Detail): DetailNode {
  const node: DetailNode = { kind: 'detail', parent, children: [], ...detail };
  node.children = children.map(child => below(node, child));
  return node;
}

function pullRequest({ pullRequest: found }: Known): Detail | undefined {
  if (!found) return undefined;
  const icon = found.state === 'open' ? 'git-pull-request' : found.state === 'merged' ? 'git-merge' : 'git-pull-request-closed';
  const label = `#${found.number} ${printable(found.title)}`;
  return { name: 'pull request', icon, label, description: found.state, ...(found.url !== undefined && { open: openLink(found.url) }) };
}

function revision({ revision: id, source }: Inspection, { commit, now }: Known): Detail | undefined {
  if (id === undefined) return undefined;
  const short = /^[0-9a-f]{40,64}$/.test(id) ? id.slice(0, 7) : id;
  const words = commit ? `${commit.subject} (${commit.author}, ${age(commit.time, now).long})` : 'revision';
  const tooltip = [id, commit?.subject, commit && `${commit.author}, ${commit.time}`, source].filter(Boolean).join('\n');
  return { name: 'revision', icon: 'git-commit', label: short, description: words, tooltip, spoken: `revision ${short}, ${words}` };
}

function dates({ row }: TagNode | ImageNode, { created }: Inspection, now: number): Detail | undefined {
  const { pushedAt, pulledAt } = row.listed;
  const parts = [
    pushedAt && `pushed ${age(pushedAt, now).long}`,
    created && `built ${age(created, now).long}`,
    pulledAt && `last pulled ${age(pulledAt, now).long}`,
  ].filter(part => part !== undefined && part !== '');
  if (parts.length === 0) return undefined;
  const exact = Object.entries({ pushed: pushedAt, built: created, 'last pulled': pulledAt });
  const tooltip = exact.flatMap(([word, date]) => (date ? [`${word} ${date}`] : [])).join('\n');
  return { name: 'dates', icon: 'clock', label: parts[0] ?? '', description: parts.slice(1).join(' · '), tooltip };
}

function platforms({ images, content, omitted }: Inspection): Detail | undefined {
  if (content !== 'index') return undefined;
  const children = images.map((image, index) => ({
    name: `${image.platform ?? 'platform'} ${index}`,
    icon: image.missing ? 'warning' : 'chip',
    label: image.platform ?? shortDigest(image.digest),
    description: image.missing ? 'no longer in the registry' : `${plural(image.layers.length, 'layer')}, ${bytes(image.size)}`,
    tooltip: image.digest,
  }));
  const description = images.map(({ platform }) => platform ?? 'unknown').join(', ');
  const label = plural(images.length + omitted, 'platform');
  return { name: 'platforms', icon: 'chip', label, description, children };
}

function layers({ images }: Inspection): Detail | undefined {
  const image = images.find(({ missing }) => !missing);
  if (!image || image.layers.length === 0) return undefined;
  const total = images.length === 1 ? undefined : `of ${image.platform ?? 'one platform'}`;
  const label = plural(image.layers.length, 'layer');
  const description = [bytes(image.size), total].filter(Boolean).join(' ');
  return { name: 'layers', icon: 'layers', label, description, children: image.layers.map(layer) };
}

function layer({ digest, size, createdBy }: PlatformImage['layers'][number], index: number): Detail {
  const label = createdBy ?? shortDigest(digest);
  return {
    name: `layer ${index}`,
    icon: 'circle-small',
    label,
    description: bytes(size),
    tooltip: [createdBy, digest].filter(Boolean).join('\n'),
  };
}

function labels({ images, annotations }: Inspection): Detail | undefined {
  const texts = new Map([...annotations, ...(images.find(({ config }) => config)?.config?.labels ?? [])]);
  if (texts.size === 0) return undefined;
  const children = [...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({
      name,
      icon: 'circle-small',
      label: name.replace(/^org\.opencontainers\.image\./, ''),
      description: value,
      tooltip: `${name}\n${value}`,
    }));
  return { name: 'labels', icon: 'tag', label: plural(texts.size, 'label'), children };
}

function attachment(one: Attachment, index: number, { images }: Inspection): Detail {
  const { kind, digest, subject, artifactType, predicateType, inIndex } = one;
  const type = predicateType ?? artifactType ?? '';
  const platform = images.length > 1 ? images.find(image => image.digest === subject)?.platform : undefined;
  const short = type.replace(/^https?:\/\//, '').replace(/^application\/vnd\./, '');
  return {
    name: `attachment ${index}`,
    icon: attachmentLooks[kind].icon,
    label: attachmentLooks[kind].name,
    description: [short, platform].filter(Boolean).join(' · '),
    tooltip: [type, inIndex ? 'in the index, as BuildKit writes it' : 'a referrer', digest, 'It is not verified here.'].join('\n'),
  };
}

function scan({ row }: TagNode | ImageNode): Detail | undefined {
  const found = vulnerabilities(row.listed.vulnerabilities);
  return found === undefined ? undefined : { name: 'scan', icon: 'shield', label: 'Vulnerabilities', description: found };
}

function use({ does, uri, line, character, path, words }: TagUse, index: number): Detail {
  return {
    name: `use ${index}`,
    icon: does === 'writes' ? 'edit' : 'eye',
    label: words,
    description: `${path}:${line + 1}`,
    open: { command: 'tallyman.openUse', title: 'Open', arguments: [{ uri, line, character }] },
  };
}

function openLink(url: string): NonNullable<Detail['open']> {
  return { command: 'tallyman.openUse', title: 'Open', arguments: [{ uri: url }] };
}
