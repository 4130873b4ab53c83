import { literal } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { Span } from '../../../text/span.ts';
import type { Item } from '../../usage.ts';
import type { Call } from '../program.ts';

/** The `jq` through which a manifest came on its way to a command, where that writes it anew: by a value, or by a file of the script. */
export function editOf(manifest: Item, { command, context }: Call): Span | undefined {
  const before = context.script.slice(0, context.script.indexOf(command));
  const [part] = manifest.template;
  const known = literal(manifest.template);
  const path = known && /^file:\/\/(.+)$/.exec(known)?.[1];
  const origin = part && (part.via[0]?.span ?? part.at);
  const edits = before.filter(
    other =>
      literal(other.words[0]?.template ?? []) === 'jq' &&
      rewrites(other) &&
      (path ? writesTo(other, path) : origin !== undefined && origin.start <= other.span.start && other.span.end <= origin.end),
  );
  return edits.at(-1)?.span;
}

/** All but taking the manifest, which is a string there, out of what `batch-get-image` answers. */
function rewrites({ words }: ShellCommand): boolean {
  const given = words.slice(1).map(({ template }) => literal(template) ?? '');
  const isRaw = given.some(word => (/^-\w+$/.test(word) ? /[rj]/.test(word) : /^--(?:raw|join)-output$/.test(word)));
  const filter = given.find(word => !word.startsWith('-'));
  if (filter === undefined) return false;
  return !isRaw || !/imageManifest"?\]?\s*$|^\s*\.(?:\[\d*\])+\s*$/.test(filter);
}

function writesTo({ node }: ShellCommand, path: string): boolean {
  return node?.redirects.some(redirect => redirect.type === 'Redirect' && redirect.target?.value === path) === true;
}
