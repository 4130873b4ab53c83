import type { Span } from '../text/span.ts';
import { isLinear } from './split.ts';
import type { Template } from './template.ts';

/** Why no registry takes a reference, told by what is known of it. */
export interface Flaw {
  readonly kind: 'capitals' | 'tagCharacter' | 'tagStart' | 'tagLength' | 'noTag' | 'space' | 'scheme';
  /** The narrowest place of use. */
  readonly at: Span;
  /** The characters that are wrong, `/`, `Acme`. */
  readonly text: string;
  /** Each character stands in the file as it is, so that a part can be replaced. */
  readonly written: boolean;
}

/** Stands for what is not known. */
const unknown = '\uE000';
/** Placeholders and patterns of other programs: who reads such a text is not known. */
const foreign = /[$`{}<>'"\\|*%,;\n\r\t()[\]?]/;
/** `oci://`, `docker-archive:`: names that are no plain references. */
const transport =
  /^(?:(?!https?:)[a-z][a-z0-9+-]*:\/\/|(?:docker-archive|docker-daemon|containers-storage|dir|oci|oci-archive|tarball|sif):)/;
/** What a tag may not hold; what is `foreign` too is not judged. */
const notInTag = /[^\w.\uE000-]/;

interface Written {
  readonly text: string;
  /** The flaw of `[start, end)`. */
  flaw(kind: Flaw['kind'], start: number, end: number): Flaw | undefined;
}

/** The first thing that makes a reference (without choices) invalid whatever its unknown parts are; grammar: github.com/distribution/reference. */
export function referenceFlaw(reference: Template): Flaw | undefined {
  const written = write(reference);
  const { text } = written;
  if (foreign.test(text) || transport.test(text) || text === '') return undefined;
  if (/^https?:\/\//.test(text)) return written.flaw('scheme', 0, text.indexOf('//') + 2);
  const space = text.indexOf(' ');
  if (space >= 0) return written.flaw('space', space, space + 1);
  const digest = text.indexOf('@');
  const named = digest < 0 ? text : text.slice(0, digest);
  const slash = named.lastIndexOf('/');
  const colon = named.lastIndexOf(':');
  if (colon > slash) return tagFlaw(written, named, colon) ?? nameFlaw(written, named.slice(0, colon));
  return nameFlaw(written, named);
}

function tagFlaw(written: Written, named: string, colon: number): Flaw | undefined {
  const tag = named.slice(colon + 1);
  if (tag === '') return written.flaw('noTag', colon, colon + 1);
  const wrong = notInTag.exec(tag);
  if (wrong) return written.flaw('tagCharacter', colon + 1 + wrong.index, colon + 2 + wrong.index);
  if (/^[.-]/.test(tag)) return written.flaw('tagStart', colon + 1, colon + 2);
  return tag.replaceAll(unknown, '').length > 128 ? written.flaw('tagLength', colon + 1, named.length) : undefined;
}

function nameFlaw(written: Written, name: string): Flaw | undefined {
  const first = name.indexOf('/');
  const colon = name.indexOf(':', first < 0 || /^[^/]*:[\d\uE000]*\//.test(name) ? Math.max(first, 0) : 0);
  if (colon >= 0) {
    // Behind the first colon that is no port's begins the tag.
    const next = name.slice(colon + 1).search(/[/:]/);
    const at = next < 0 ? name.length : colon + 1 + next;
    return written.flaw('tagCharacter', at, at + 1);
  }
  // Before the first `/` may stand a host, whose case does not matter; so it may where the `/` is in a part that is not known.
  const from = first >= 0 ? first + 1 : name.lastIndexOf(unknown) + 1;
  const capital = name.slice(from).search(/[A-Z]/);
  if (capital < 0) return undefined;
  const rest = name.slice(from + capital);
  const end = rest.indexOf(unknown) < 0 ? rest.length : rest.indexOf(unknown);
  return written.flaw('capitals', from + capital, from + capital + end);
}

function write(reference: Template): Written {
  const texts = reference.map(part => (part.kind === 'text' ? part.text : unknown));
  const text = texts.join('');
  return {
    text,
    flaw(kind, start, end) {
      let index = 0;
      let begin = 0;
      for (const { length } of texts) {
        if (begin + length > start) break;
        begin += length;
        index++;
      }
      const part = reference[index];
      // What was computed piece by piece may be computed wrongly.
      if (part?.kind !== 'text' || part.derived) return undefined;
      const wrong = text.slice(start, end);
      // A list that is made elsewhere falls apart at its spaces.
      if (kind === 'space' && !isLinear(part)) return undefined;
      if (!isLinear(part)) return { kind, at: part.at, text: wrong, written: false };
      const from = part.at.start + start - begin;
      return { kind, at: { start: from, end: from + wrong.length }, text: wrong, written: true };
    },
  };
}
