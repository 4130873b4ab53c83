import { match } from '../../image/match.ts';
import { referenceParts } from '../../image/mobility.ts';
import { alternatives, type Template } from '../../image/template.ts';
import type { Usage } from '../../usage/usage.ts';
import { nearnessOf, type TagWrite } from '../../workspace/tagFlow.ts';
import type { RuleContext } from '../rule.ts';

/** What in the workspace writes the tag that a source surely names; nothing for a source by digest. */
export function writersOfSource(source: Template, usage: Usage, { workspace, path, usage: file }: RuleContext): readonly TagWrite[] {
  const here = { path, usage, ...(file.call && { call: file.call }) };
  return alternatives(source).flatMap(form => {
    const { name, tag, digest } = referenceParts(form);
    if (!tag || digest) return [];
    return workspace.flow
      .writesTo(name, 'same', path)
      .filter(write => write.parts.tag && match(write.parts.tag.value, tag.value, nearnessOf(write, here)) === 'same');
  });
}
