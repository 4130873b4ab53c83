import type { Span } from '../text/span.ts';
import { type Document, isAlias, isScalar, visit, type YAMLError } from '../text/yamlLibrary.ts';
import type { SyntaxProblem } from './model.ts';

/** A parser's error where the author can mend it: at the quote that is not closed, at the whole key that stands twice. */
export function syntaxProblem({ code, message, pos }: YAMLError, source: string, document: Document): SyntaxProblem {
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]+/.exec(source.slice(pos[0], pos[0] + 200))?.[0] ?? '';
    const span = { start: pos[0], end: pos[0] + key.length };
    return { message: `The key \`${key}\` stands twice in this mapping: GitHub rejects the file.`, span };
  }
  if (code === 'MULTIPLE_DOCS')
    return { message: 'GitHub reads one YAML document a file; what follows `---` is not read.', span: { start: pos[0], end: pos[0] + 3 } };
  const quote = code === 'MISSING_CHAR' && /quote/.test(message) ? openQuote(source, document) : undefined;
  if (quote) return { message: 'This quote is not closed.', span: quote };
  // An error at the very end would point at nothing.
  const end = source.trimEnd().length;
  const start = Math.max(0, Math.min(pos[0], end - 1));
  return {
    message: brief((message.split('\n')[0] ?? message).trim()),
    span: { start, end: Math.max(start, Math.min(pos[1], source.length)) },
  };
}

/** The parser quotes whole scalars. */
function brief(message: string): string {
  return message.length > 160 ? `${message.slice(0, 150)}…` : message;
}

/** `if: !cancelled()`: what begins with `!` is a YAML tag, and GitHub knows none of these. */
export function unknownTag({ pos: [start] }: YAMLError, source: string): SyntaxProblem {
  const [line = ''] = source.slice(start, start + 1000).split(/[\r\n]/, 1);
  const comment = line.search(/\s#/);
  const written = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  const message = `A plain value that begins with \`!\` is a YAML tag, which GitHub rejects: put it in quotes, or write \`\${{ ${written} }}\`.`;
  return { message, span: { start, end: start + Math.max(1, written.length) } };
}

/** `*name` where a value may begin; most files hold none, and need no walk. Scripts hold `*)`, the last pattern of a `case`. */
const mayBeAlias = /(?:^|[\s,[{])\*[^\s*)]/;

/** `*name` with no `&name` before it. */
export function unknownAliases(document: Document, source: string): readonly SyntaxProblem[] {
  if (!mayBeAlias.test(source)) return [];
  const anchors = new Set<string>();
  const problems: SyntaxProblem[] = [];
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node)) {
        if (node.anchor) anchors.add(node.anchor);
      } else if (!anchors.has(node.source)) {
        const message = `No anchor \`&${node.source}\` stands before this alias; a text that begins with \`*\` needs quotes.`;
        problems.push({ message, span: { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 } });
      }
    },
  });
  return problems;
}

/** The first line of the quoted scalar that has no closing quote. */
function openQuote(source: string, document: Document): Span | undefined {
  let found: Span | undefined;
  visit(document, {
    Scalar(_key, node) {
      if (!isScalar(node) || !node.range || !node.type?.startsWith('QUOTE')) return;
      const [start, end] = node.range;
      if (end - start >= 2 && source[end - 1] === source[start]) return;
      const line = source.slice(start).search(/[\r\n]|$/);
      found = { start, end: start + line };
    },
  });
  return found;
}
