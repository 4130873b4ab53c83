import { isTag } from '../image/reference.ts';

/** What each placeholder of an audit tag becomes, as a pattern. */
const placeholders: ReadonlyMap<string, string> = new Map([
  ['tag', '*'],
  ['date', '[0-9]'.repeat(8)],
  ['time', '[0-9]'.repeat(6)],
  ['sha', '[0-9a-f]'.repeat(7)],
  ['digest', '[0-9a-f]'.repeat(12)],
]);

/** Why a form of audit tags is none, in words that follow it; `undefined` where it is fine. */
export function auditProblem(form: string): string | undefined {
  const names = [...form.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const strange = names.find(name => !placeholders.has(name));
  if (strange !== undefined) return `has \`{${strange}}\`: known are ${[...placeholders.keys()].map(name => `\`{${name}}\``).join(', ')}`;
  if (names.length === 0) return 'has no placeholder, so each move would overwrite the trace of the one before';
  if (!names.some(name => name !== 'tag')) return 'is the same for each move: add `{date}`, `{sha}` or `{digest}`';
  return isTag(form.replace(/\{[^{}]*\}/g, 'x')) ? undefined : 'makes no valid tag';
}

/** The pattern of the audit tags of `tag`. */
export function auditPattern(form: string, tag: string): string {
  return form.replace(/\{([^{}]*)\}/g, (_, name: string) => (name === 'tag' ? tag : (placeholders.get(name) ?? '*')));
}
