import { referenceParts } from '../../image/mobility.ts';
import { sliceText, split } from '../../image/split.ts';
import { alternatives, choice, derived, hole, literal, type Template } from '../../image/template.ts';
import type { Item } from '../usage.ts';
import { itemIn } from './flags.ts';

/** `docker://X` → X, and X itself; `undefined` for what is in no registry (`oci:dir`, `docker-archive:x.tar`, `containers-storage:x`). */
export function inRegistry(item: Item): Item | undefined {
  const [first, ...rest] = item.template;
  if (first?.kind !== 'text') return item;
  if (first.text.startsWith('docker://')) {
    return itemIn(item, first.text.length > 9 ? [sliceText(first, 9), ...rest] : rest);
  }
  return /^(?:oci|oci-archive|docker-archive|docker-daemon|containers-storage|dir|ocidir|tarball|sif|ostree|atomic):/.test(first.text)
    ? undefined
    : item;
}

/** `NAME:TAG`, `NAME@DIGEST` of values that are given apart, at the place of the later. */
export function composed(name: Template, separator: ':' | '@' | '/', rest: Item): Item {
  return { template: [...name, ...derived(separator, rest.span), ...rest.template], span: rest.span };
}

/** A reference's repository, for each of its forms. */
export function repositoryOf({ template, span }: Item): Item {
  return {
    template: choice(
      alternatives(template).map(form => referenceParts(form).name),
      span,
    ),
    span,
  };
}

/** Stands for something that is named elsewhere, `what` in words: nothing is known of it. */
export function unnamed(what: string, { span }: Pick<Item, 'span'>): Item {
  return { template: hole(`(${what})`, 'unknown', span), span };
}

/** `REPO:t1,t2`: one reference for each tag. */
export function withTags(item: Item): readonly Item[] {
  const [first, ...more] = split(item.template, /,/).filter(template => template.length > 0);
  if (!first) return [];
  const { name } = referenceParts(first);
  return [itemIn(item, first), ...more.map(tag => composed(name, ':', itemIn(item, tag)))];
}

/** A word that is a whole reference, or only a tag in the repository of `of`. */
export function referenceOrTag(item: Item, of: Item): Item {
  const isTag = !item.template.some(part => part.kind === 'text' && /[/:]/.test(part.text));
  return isTag ? composed(repositoryOf(of).template, ':', item) : item;
}

/** A reference's first part, the registry; empty for Docker Hub's short names. */
export function hostOf({ template }: Item): Template {
  const [first, ...rest] = split(template, /\//);
  if (!first || rest.length === 0) return [];
  const known = literal(first);
  return known !== undefined && !/[.:]|^localhost$/.test(known) ? [] : first;
}

/** `oci://X` → X. */
export function withoutOci(item: Item): Item | undefined {
  const [first, ...rest] = item.template;
  if (first?.kind !== 'text' || !first.text.startsWith('oci://')) return undefined;
  return { template: first.text.length > 6 ? [sliceText(first, 6), ...rest] : rest, span: item.span };
}
