import { type HolePart, literal, type Template } from '../../image/template.ts';

/** A tag that is a git name between known text, and what was cut off the name's start. */
export interface Made {
  readonly part: HolePart;
  readonly before: string;
  readonly after: string;
  /** `refs/tags/v`, `v`. */
  readonly cut: string;
  /** A pull request's branch, which anybody names. */
  readonly foreign: boolean;
}

export function nameInTag(tag: Template): Made | undefined {
  const index = tag.findIndex(({ kind }) => kind === 'hole');
  const part = tag[index];
  const before = literal(tag.slice(0, index));
  const after = literal(tag.slice(index + 1));
  if (part?.kind !== 'hole' || before === undefined || after === undefined || (part.shape !== 'gitRef' && part.shape !== 'branchTag'))
    return undefined;
  const source = /^(?:github|gitea|forgejo)\.(ref|ref_name|head_ref|event\.pull_request\.head\.ref|event\.release\.tag_name)$/i.exec(
    part.source,
  )?.[1];
  const cut = source && cutOff(part.changes ?? []);
  return source === undefined || cut === undefined ? undefined : { part, before, after, cut, foreign: /head/.test(source) };
}

/** Known text that the shell took off the start; `undefined` for anything else that changes a plain word. */
function cutOff(changes: readonly string[]): string | undefined {
  let cut = '';
  for (const change of changes) {
    if (/^\$\{\w+\/\/\\?\/\/[-_.]\}$|^tr '?\/'? '?[-_.]'?$|^\$\{\w+\/\/\[\^|^\$\{\w+,,\}$/.test(change)) continue;
    const taken =
      /^\$\{\w+##?([\w./-]+)\}$/.exec(change)?.[1] ??
      /^sed (?:-[Ern] )?s([/#|,])\^?([\w.\\/-]+)\1\1g?$/.exec(change)?.[2]?.replaceAll('\\', '');
    if (taken === undefined) return undefined;
    cut += taken;
  }
  return cut;
}

/** The git name that becomes the tag; `undefined` where none does. */
export function nameFor(tag: string, { before, after, cut }: Made): string | undefined {
  if (!tag.startsWith(before) || !tag.endsWith(after) || tag.length <= before.length + after.length) return undefined;
  const inner = tag.slice(before.length, tag.length - after.length);
  return `${cut.replace(/^refs\/(?:tags|heads)\//, '')}${inner}`;
}
