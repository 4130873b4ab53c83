import { isTag, parseReference } from '../image/reference.ts';

/** What is being written where the cursor stands: the names that may come, and how much of one is there. */
export type Completing =
  /** `typed` is the part of the tag before the cursor. */
  | { readonly kind: 'tags'; readonly host: string; readonly repository: string; readonly typed: string }
  /** A tag of a repository that this place does not name: the workspace's own. */
  | { readonly kind: 'anyTag'; readonly typed: string }
  | { readonly kind: 'repositories'; readonly typed: string };

/** What a line says up to the cursor, and what surrounds it. */
export interface Before {
  readonly line: string;
  /** The keys of the mappings and lists around the line, the innermost first; `run` for a script. */
  readonly keys: readonly string[];
  /** The name of the reference that the cursor is in, with its variables followed, where it is one. */
  readonly name?: string;
  readonly isPolicy: boolean;
}

const longest = 1024;
/** A host whose port is being written. */
const ports = /^(?:localhost|[\w-]*\.[\w.-]*):\d*$/;
/** What stands before a reference and is no part of it. */
const transports = /^(?:docker|oci|docker-daemon|containers-storage|ref|type=image,name|type=registry,ref):?(?:\/\/|=)?(?=\S)/;
const referenceKeys = new Set([
  'image',
  'images',
  'container',
  'tags',
  'cache-from',
  'cache-to',
  'repository',
  'repositories',
  'subject-name',
  'base-images',
  'public-repositories',
]);
const policyTagKeys = new Set(['tag', 'aliases', 'from', 'protected-tags', 'preview-tags', 'external-tags', 'cache-tags']);
/** Programs that take references, and options whose value is one or a tag of one. */
const programs = /\b(?:docker|podman|nerdctl|buildah|skopeo|crane|gcrane|regctl|oras|cosign|notation|kubectl|helm|tallyman|imagetools)\b/;
const movesTags = /\btallyman\s+(?:promote|rollback|history)\s+(\S+)/;
const tagOption = /--(?:from|to|tag)[= ]$/;
const delimiter = /[\s"'`,(){}[\]|;<>$]/;

/** What may be completed there; `undefined` where nothing of ours stands. */
export function completing({ line, keys, name, isPolicy }: Before): Completing | undefined {
  const expression = line.lastIndexOf('${{') > line.lastIndexOf('}}');
  if (expression || line.length > longest || /^\s*#/.test(line) || /^\s*(?:-\s+)?[\w-]+:$/.test(line)) return undefined;
  const { before, written } = lastWord(line);
  const upToValue = `${before}${/^--\w+=/.exec(written)?.[0] ?? ''}`;
  const tagged = tagOption.test(upToValue) ? movesTags.exec(upToValue) : null;
  if (tagged) return tagsOf(tagged[1] ?? '', written.replace(/^--\w+=/, ''));
  const word = written.replace(/^--?[\w-]+=/, '').replace(transports, '');
  const here = isPolicy ? policyPlace(keys) : workflowPlace(keys, before, word);
  const colon = word.lastIndexOf(':');
  if (colon > word.lastIndexOf('/') && !ports.test(word) && (isTag(word.slice(colon + 1)) || colon === word.length - 1)) {
    const own = here ? tagsOf(word.slice(0, colon), word.slice(colon + 1)) : undefined;
    return own ?? (name === undefined ? undefined : tagsOf(name, word.slice(colon + 1)));
  }
  if (isPolicy && here === 'tags') return { kind: 'anyTag', typed: word };
  if (keys[0] === 'tags' && /\btype=raw\b.*\bvalue=$/.test(`${before}${/^value=/.exec(written)?.[0] ?? ''}`))
    return { kind: 'anyTag', typed: written.replace(/^value=/, '') };
  return here && /^(?:[\w.-]+:\d*(?:\/|$))?[\w./-]*$/.test(word) && !word.startsWith('-')
    ? { kind: 'repositories', typed: word }
    : undefined;
}

function lastWord(line: string): { readonly before: string; readonly written: string } {
  let start = line.length;
  while (start > 0 && !delimiter.test(line.charAt(start - 1))) start--;
  return { before: line.slice(0, start), written: line.slice(start) };
}

function tagsOf(name: string, typed: string): Completing | undefined {
  const reference = parseReference(name.replace(transports, ''));
  if (!reference || reference.tag !== undefined || reference.digest) return undefined;
  return { kind: 'tags', host: reference.host ?? 'docker.io', repository: reference.repository, typed };
}

function policyPlace([key = '']: readonly string[]): 'references' | 'tags' | undefined {
  if (policyTagKeys.has(key)) return 'tags';
  return referenceKeys.has(key) ? 'references' : undefined;
}

function workflowPlace(keys: readonly string[], before: string, word: string): 'references' | undefined {
  const [key = ''] = keys;
  if (key === 'run')
    return programs.test(before) &&
      (word.length > 1 || /(?:pull|push|tag|copy|cp|inspect|run|verify|sign|promote|--from|--image)[= ]$/.test(before))
      ? 'references'
      : undefined;
  return referenceKeys.has(key) && !/\btype=(?!registry|image)/.test(before) ? 'references' : undefined;
}

/** The keys around a line of YAML, by indentation, the innermost first: what the text says while it does not parse. */
export function keysAround(lineAt: (index: number) => string, index: number): readonly string[] {
  const keys: string[] = [];
  const own = lineAt(index);
  const key = /^\s*(?:-\s+)?([\w-]+):(?:\s|$)/.exec(own)?.[1];
  if (key !== undefined) keys.push(key);
  let indent = own.trim() === '' ? own.length : own.search(/\S/);
  let isItem = /^\s*-/.test(own);
  for (let line = index - 1; line >= 0 && index - line < 500 && (indent > 0 || isItem); line--) {
    const text = lineAt(line);
    const at = text.search(/\S/);
    const opens = /^\s*(?:-\s+)?([\w-]+):/.exec(text)?.[1];
    const item = /^\s*-/.test(text);
    // A list may stand at the indentation of its key.
    if (opens === undefined || !(at < indent || (at === indent && isItem && !item))) continue;
    keys.push(opens);
    indent = at;
    isItem = item;
  }
  return keys;
}
