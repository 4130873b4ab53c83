import { display, literal } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/command.ts';
import { remembered } from '../../text/remembered.ts';

/** Commands that ask a registry about a tag, by their words; `list`: they give all tags, and something else looks for one. */
const questions: readonly (readonly [RegExp, 'one' | 'list'])[] = [
  [/^(?:docker|podman|nerdctl) manifest inspect\b/, 'one'],
  [/^docker buildx imagetools inspect\b/, 'one'],
  [/^skopeo inspect\b/, 'one'],
  [/^crane (?:manifest|digest|config|validate)\b/, 'one'],
  [/^regctl (?:manifest|image) (?:get|head|digest|inspect|manifest|config)\b/, 'one'],
  [/^oras (?:resolve|manifest fetch)\b/, 'one'],
  [/^aws (?:--?\S+ (?:[^-\s]\S* )?)*ecr(?:-public)? (?:describe-images|batch-get-image)\b/, 'one'],
  [/^gcloud (?:artifacts docker|container) images (?:describe|list-tags)\b/, 'one'],
  [/^az acr (?:manifest (?:show|metadata show)|repository show)\b/, 'one'],
  [/^(?:crane ls|skopeo list-tags|regctl tag ls|oras repo tags)\b/, 'list'],
];

/** The programs of `questions`: most commands are others. */
export const askers: ReadonlySet<string> = new Set('docker podman nerdctl skopeo crane regctl oras aws gcloud az'.split(' '));

/** A question that a command puts to a registry: its program for people, and whether it asks for one tag or for all. */
export interface Question {
  readonly name: string;
  readonly asks: 'one' | 'list';
}

/** Reads a command as a question about a tag; what is asked by digest, or of a registry of the job's own, decides nothing here. */
export function registryQuestion({ words }: ShellCommand): Question | undefined {
  if (!askers.has(literal(words[0]?.template ?? []) ?? '')) return undefined;
  const line = words
    .slice(0, 8)
    .map(({ template }) => literal(template) ?? '…')
    .join(' ');
  const question = questionIn(line);
  if (!question) return undefined;
  if (words.some(({ template }) => /@|^(?:docker:\/\/)?(?:localhost|127\.0\.0\.1)[:/]/.test(display(template)))) return undefined;
  return question;
}

const questionIn = remembered((line): Question | undefined => {
  for (const [pattern, asks] of questions) {
    const name = pattern.exec(line)?.[0];
    if (name !== undefined) return { name, asks };
  }
  return undefined;
});
