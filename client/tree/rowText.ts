import type { PullRequest } from '../../core/github/pullRequests.ts';
import { shortDigest } from '../../core/image/digest.ts';
import { tagKind } from '../../core/image/tagKind.ts';
import { bytes } from '../../core/inspection/blocks.ts';
import type { Abilities } from '../../core/registry/listing.ts';
import { age } from '../../core/text/age.ts';
import { escaped } from '../../core/text/markdown.ts';
import { printable } from '../../core/text/printable.ts';
import { dateOf, platformsOf, type Row, sizeOf } from '../listing/row.ts';
import { attachmentLooks } from './attachmentLooks.ts';
import type { Belonging } from './relations.ts';

/** Other tags of the same image that a row names; the tooltip has all. */
const fewTags = 2;

export interface RowContext {
  /** Other tags of the same image. */
  readonly sameAs: readonly string[];
  /** Something attached to it is a signature, as far as somebody looked. */
  readonly signed: boolean;
  /** The image that it is a part of or attached to, where that is known. */
  readonly belongs?: Belonging;
  /** The pull request that it is a preview of, where that is known. */
  readonly pull?: PullRequest;
  readonly now: number;
}

/** What stands behind a tag's name: digest, age, platforms, size, signature, and the tags that name the same. */
export function rowDescription(row: Row, { sameAs, signed, belongs, pull, now }: RowContext): string {
  const { state, digest } = row;
  if (state.status === 'gone') return 'no longer there';
  if (digest === undefined) return state.status === 'failed' ? 'could not be read' : '…';
  const date = dateOf(row);
  const size = sizeOf(row);
  const parts = [
    state.status === 'failed' ? 'could not be read again' : undefined,
    pull && `#${pull.number} ${stateWords(pull)}`,
    pull?.title,
    belongs && belongingWords(belongs),
    row.tag === undefined ? undefined : shortDigest(digest),
    date && age(date, now).short,
    signed ? 'signed' : undefined,
    sameAs.length > 0 ? `= ${fewOf(sameAs)}` : undefined,
    shortPlatforms(platformsOf(row)),
    size === undefined || size === 0 ? undefined : bytes(size),
    row.listed.archived ? 'archived' : undefined,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The same in words, for a screen reader. */
export function rowSpoken(row: Row, kind: string, { sameAs, signed, belongs, pull, now }: RowContext): string {
  const { state, digest, tag } = row;
  const name = tag ?? (digest ? shortDigest(digest) : '');
  const called = name === kind ? name : `${name}, ${kind}`;
  if (state.status === 'gone') return `${called}, no longer there`;
  const failed = state.status === 'failed' ? `could not be read: ${state.message}` : undefined;
  if (digest === undefined) return `${called}, ${failed ?? 'being read'}`;
  const date = dateOf(row);
  const when = row.listed.pushedAt === undefined ? 'built' : 'pushed';
  const size = sizeOf(row);
  const parts = [
    called,
    failed,
    belongs && belongingWords(belongs),
    pull && `${pull.number}, ${stateWords(pull)}, ${pull.title}`,
    tag === undefined ? undefined : `digest ${shortDigest(digest)}`,
    date && `${when} ${age(date, now).long}`,
    signed ? 'signed' : undefined,
    sameAs.length > 0 ? `same image as ${sameAs.slice(0, fewTags).join(', ')}` : undefined,
    platformsOf(row).length > 0 ? `for ${platformsOf(row).join(', ')}` : undefined,
    size === undefined || size === 0 ? undefined : bytes(size),
  ];
  return parts.filter(Boolean).join(', ');
}

/** What became of a pull request: a preview outlives it until somebody removes it. */
function stateWords({ state }: PullRequest): string {
  return state === 'open' ? 'open' : `${state}, left over`;
}

/** A whole commit in a tag would push the digest out of sight; the tooltip has it. */
export function shortTag(tag: string): string {
  return printable(tag).replace(/([0-9a-f]{7})[0-9a-f]{33,57}(?=$|\.)/, '$1…');
}

/** Lines of the tooltip, title and value: everything that is known without another request. */
export function rowFacts(
  row: Row,
  kind: string,
  { sameAs, signed, belongs, pull, now }: RowContext,
): readonly (readonly [string, string])[] {
  const { listed, details, digest, attached, state } = row;
  const when = (date: string | undefined) => date && `${date.slice(0, 16).replace('T', ' ')} UTC, ${age(date, now).long}`;
  const size = sizeOf(row);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Kind', kind],
    ['Could not be read again', state.status === 'failed' ? state.message : undefined],
    ['Belongs to', belongs?.of.join(', ')],
    ['Pull request', pull && `#${pull.number} ${pull.title} (${stateWords(pull)})`],
    ['Digest', digest],
    ['Same image', sameAs.join(', ')],
    ['Pushed', when(listed.pushedAt)],
    ['Built', when(details?.created)],
    ['Last pulled', when(listed.pulledAt)],
    ['Platforms', platformsOf(row).join(', ')],
    ['Size', size ? `${bytes(size)} compressed` : undefined],
    ['Version', details?.version],
    ['Revision', details?.revision],
    ['Source', details?.source],
    ['Signature', signed ? 'there is one; it is not verified here' : attached ? 'none' : undefined],
    ['Vulnerabilities', vulnerabilities(listed.vulnerabilities)],
  ];
  return facts.flatMap(([title, value]) => (value ? [[title, value] as const] : []));
}

/**
 * Facts as Markdown, a line each: a table would not break a digest, which is longer than a tooltip is wide. Labels come from whoever built
 * the image: no link, nothing formatted.
 */
export function tooltipText(name: string, facts: readonly (readonly [string, string])[]): string {
  const lines = facts.map(([title, value]) => `${title}: ${escaped(value)}`);
  return [`**${escaped(name)}**\n`, ...lines].join('  \n');
}

/** `2 critical, 5 high`; `undefined` where no scan counted. */
export function vulnerabilities(counts: Readonly<Record<string, number>> | undefined): string | undefined {
  if (!counts) return undefined;
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  return found.length === 0 ? 'none found' : found.map(([severity, count]) => `${count} ${printable(severity).toLowerCase()}`).join(', ');
}

/** `amd64, arm64` where all are for Linux, which most are. */
export function shortPlatforms(platforms: readonly string[]): string | undefined {
  if (platforms.length === 0) return undefined;
  const linux = platforms.every(platform => platform.startsWith('linux/'));
  const names = linux ? platforms.map(platform => platform.slice('linux/'.length)) : platforms;
  return names.length <= 3 ? names.join(', ') : `${names.length} platforms`;
}

/**
 * What the menus of a row go by: what it is, then what can be done with it, in words with spaces between. `live` is there where the
 * registry answers; `untag`, `remove` and `web` where it has the ability; `preview`, `cache`, `environment`, … is the tag's kind.
 */
export function rowContext(what: 'tag' | 'image', row: Row, live: boolean, abilities: Abilities, hasPage: boolean): string {
  const kind = row.tag === undefined ? undefined : tagKind(row.tag);
  const words = [
    what,
    live && row.state.status !== 'gone' ? 'live' : undefined,
    row.tag !== undefined && abilities.untag ? 'untag' : undefined,
    abilities.remove ? 'remove' : undefined,
    hasPage ? 'web' : undefined,
    kind,
  ];
  return words.filter(Boolean).join(' ');
}

/** `signature of prod, v1.4.2`. */
function belongingWords({ as, of }: Belonging): string {
  const name = as === 'part' ? 'part' : attachmentLooks[as === 'attestation' ? 'other' : as].name;
  return `${name === 'SBOM' ? name : name.toLowerCase()} of ${fewOf(of)}`;
}

function fewOf(tags: readonly string[]): string {
  const shown = tags.slice(0, fewTags).map(shortTag).join(', ');
  return tags.length > fewTags ? `${shown} +${tags.length - fewTags}` : shown;
}
