import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, type HolePart, holes, type Template } from '../image/template.ts';
import type { Item } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { commonStations } from './shared/origin.ts';

/** A tag that ends in the commit leads to the code; characters of a digest look the same and lead nowhere. */
export const digestTraceabilityLost: Rule = {
  id: 'digest-traceability-lost',
  title: 'A tag holds a piece of the digest where its commit is expected',
  severity: 'info',
  fixable: false,
  visit: {
    build(build, context) {
      if (build.pushes !== false) for (const item of build.tags) check(item, context);
    },
    push: (push, context) => check(push.reference, context),
    retag: (retag, context) => check(retag.to, context),
  },
};

function check(item: Item, context: RuleContext): void {
  const forms = alternatives(item.template);
  // One form has the commit where the other has the digest.
  if (forms.length < 2) return;
  const tags = forms.map(form => referenceParts(form).tag?.value ?? []);
  const piece = tags.flatMap(tag => digestPiece(tag) ?? [])[0];
  const commit = tags.filter(tag => !digestPiece(tag)).flatMap(tag => holes(tag).filter(isCommit))[0];
  if (!piece || !commit) return;
  // Where both forms came together, the digest's is the one that should not be.
  const [at = piece.at, expected = commit.at] = commonStations([piece, commit], context.path)[0] ?? [];
  if (isSaidAlready(context, at)) return;
  context.report({
    at,
    message: `Where \`${display([commit])}\` is missing, the tag ends in characters of the digest. They look like a commit's, and whoever asks git for them finds nothing: which code runs can no longer be told from the tag. Stop where the commit is not known, or mark the other form, \`digest-…\`.`,
    related: [
      ...(at === piece.at ? [] : [{ span: piece.at, message: 'It is used here.' }]),
      ...(expected.start === at.start || expected === commit.at ? [] : [{ span: expected, message: 'Here the commit is expected.' }]),
    ],
  });
}

/** A few characters of a digest in a tag, where no word before them says so. */
function digestPiece(tag: Template): HolePart | undefined {
  const index = tag.findIndex(part => part.kind === 'hole' && isDigest(part));
  const part = tag[index];
  const before = tag[index - 1];
  const marked = before?.kind === 'text' && /(?:digest|sha256|dgst)[-_.]$/i.test(before.text);
  return part?.kind === 'hole' && !marked ? part : undefined;
}

function isDigest({ shape, source, changes }: HolePart): boolean {
  return shape === 'digest' || shape === 'digestHex' || [source, ...(changes ?? [])].some(text => /digest|sha256/i.test(text));
}

function isCommit({ shape, source, changes }: HolePart): boolean {
  return (
    shape === 'sha40' || shape === 'shortSha' || [source, ...(changes ?? [])].some(text => /commit|revision|git|\bsha\b|_sha\b/i.test(text))
  );
}
