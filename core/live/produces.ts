import type { Shape } from '../image/shape.ts';
import { type HolePart, render, type Template } from '../image/template.ts';

const words: Readonly<Record<Shape, string>> = {
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
  tagSafe: 'letters, digits, _ . -',
  branchTag: 'a branch, made fit for a tag',
  path: 'a path',
  plain: 'a word',
  repository: 'owner/name',
  gitRef: 'a branch or tag of git',
  line: 'a line of text',
  anything: 'any text',
  unknown: 'something that only the run knows',
};

/** What a form becomes in a run, with each unknown part in words: `ghcr.io/acme/shop:sha-⟨a commit, 40 characters⟩`. */
export function produces(form: Template): string {
  return render(form, part => `⟨${wordsOf(part)}⟩`);
}

function wordsOf({ shape, length, author }: HolePart): string {
  const what = shape === 'shortSha' && length !== undefined ? `a commit, ${length} characters` : words[shape];
  return author === 'stranger' ? `${what}; from outside` : what;
}
