import { display, holes, type Template } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Removal } from '../upkeep.ts';
import type { Call } from './program.ts';

/** Longer commands are not looked through. */
const maxWords = 4096;

/** Commands that list tags alone: whoever chooses from their output looks at tags, or takes the first of them. */
const listsTags = /^(?:crane ls|regctl tag ls|skopeo list-tags|oras repo tags|az acr repository show-tags)\b/;
const listsImages =
  /^(?:aws .{0,200}?\becr (?:list-images|describe-images)|gcloud .{0,100}?\bimages list|az acr (?:manifest list|repository show-manifests))/;

/** What says that only images without a tag are meant, as `--filter`, JMESPath and jq put it. */
const untagged =
  /tagStatus"?[=:] ?"?UNTAGGED|tags? ?\| ?length\)? ?(?:== ?0|< ?1)|[tT]ags? ?== ?(?:\[\]|null)|not\(\.?imageTags|imageTags ?\| ?not|!not_null\(imageTags|tags\[0\] ?== ?null/;

/** Programs and words that look at the tags, or at anything, of what was listed. */
const looks =
  /[tT]ags?\b|^(?:e?grep|awk|sed|python[\d.]*|node|perl|ruby) |\b(?:select|test|contains|starts_?with|ends_?with|match|index)\(/;

/**
 * How a script's earlier commands chose what this one removes: those from the first that lists a registry's images up to this one. `undefined`
 * where none does, so that it removes what it names. Where they look at the tags, nobody sees which of them stay.
 */
export function chosenBefore({ command, context: { script } }: Call, sparesChildren: boolean): Removal | undefined {
  const before = script.slice(0, script.indexOf(command)).map(wordsOf);
  const from = before.findIndex(lists);
  if (from < 0) return undefined;
  const chain = before.slice(from).map(words => words.replace(listsTags, '').replace(listsImages, ''));
  if (chain.some(words => untagged.test(words))) return { tagged: false, untagged: true, spares: [], sparesChildren };
  if (chain.some(words => looks.test(words))) return { tagged: undefined, untagged: undefined, spares: undefined, sparesChildren };
  return { tagged: true, untagged: !listsTags.test(before[from] ?? ''), spares: [], sparesChildren };
}

function lists(words: string): boolean {
  return listsTags.test(words) || listsImages.test(words) || (/^(?:gh|curl) /.test(words) && isVersionList(words));
}

/** `/users/OWNER/packages/container/NAME/versions`: GitHub's list of a package's versions. */
function isVersionList(words: string): boolean {
  const at = words.indexOf('/packages/container/');
  return at >= 0 && words.includes('/versions', at) && !/\bDELETE\b/.test(words);
}

function wordsOf({ words }: ShellCommand): string {
  return words
    .map(({ template }) => display(template))
    .join(' ')
    .slice(0, maxWords);
}

/** Whether what a command removes was given by another: nobody wrote the name. */
export function isGiven(template: Template): boolean {
  return holes(template).some(
    ({ shape, source }) => (shape === 'unknown' || shape === 'anything' || shape === 'line') && !/^[a-z]+\.[\w-]/.test(source),
  );
}
