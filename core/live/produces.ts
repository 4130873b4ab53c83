import type { Shape } from '../image/shape.ts';
import { type HolePart, holes, render, type Template } from '../image/template.ts';
import { printable } from '../text/printable.ts';

/** What a shape tells; those that are missing tell nothing, and where the value comes from says more. */
const words: Readonly<Partial<Record<Shape, string>>> = {
  integer: 'a number',
  number: 'a number',
  boolean: 'true or false',
  sha40: 'a commit, 40 characters',
  shortSha: 'a commit, cut short',
  digest: 'a digest',
  digestHex: 'the 64 characters of a digest',
  semver: 'a version, 1.2.3',
  partialVersion: 'part of a version, 1.2',
  timestamp: 'a time',
  login: 'a login',
  branchTag: 'a branch, made fit for a tag',
  repository: 'owner/name',
  gitRef: 'a branch or tag of git',
};

const unknown = 'only the run knows';
/** Characters of an expression or command that are still read as a name. */
const longestSource = 40;

/**
 * What a form becomes in a run, with each unknown part in words: `ghcr.io/acme/shop:sha-⟨a commit, 40 characters⟩`; `undefined` where that
 * would tell nothing, since no part of it is known.
 */
export function produces(form: Template): string | undefined {
  const parts = holes(form);
  // A list that a script has not taken apart is no reference.
  if (form.some(part => part.kind === 'text' && /\s/.test(part.text))) return undefined;
  const tells = form.some(part => part.kind === 'text' && /[a-z0-9]/i.test(part.text)) || parts.some(({ shape }) => words[shape]);
  return parts.length > 0 && tells ? render(form, part => `⟨${wordsOf(part)}⟩`) : undefined;
}

function wordsOf({ shape, length, author, source }: HolePart): string {
  const what = shape === 'shortSha' && length !== undefined ? `a commit, ${length} characters` : (words[shape] ?? nameOf(source));
  return author === 'stranger' ? `${what}; from outside` : what;
}

/** `inputs.tag`, `the account’s ECR registry`. */
function nameOf(source: string): string {
  const plain = printable(source).replace(/^\((.*)\)$/, '$1');
  return plain.length > longestSource || plain.trim() === '' ? unknown : plain;
}
