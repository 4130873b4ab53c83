import { display } from '../image/template.ts';
import type { Retag } from '../usage/usage.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { callsItselfPromotion, isCopy } from './shared/promotion.ts';
import { pushedBy } from './shared/pushed.ts';
import { pushedForm } from './shared/pushedForm.ts';
import { writersOfSource } from './shared/sourceWriters.ts';

/** Signatures, scans and tests are of a digest; a manifest that is written anew has another. */
export const promoteChangesDigest: Rule = {
  id: 'promote-changes-digest',
  title: 'What is promoted gets another digest than what was tested',
  severity: 'warning',
  fixable: true,
  visit: {
    retag(retag, context) {
      if (!retag.rewrites && !retag.wraps) return;
      if (!isPromotion(retag, context)) return;
      if (retag.rewrites) reportRewritten(retag, retag.rewrites, context);
      else if (!retag.others?.length) checkWrapped(retag, context);
    },
  },
};

/** An existing image gets another name; what several images are merged into is new, unless the job says that it promotes. */
function isPromotion(retag: Retag, context: RuleContext): boolean {
  const { usage: file } = context;
  if (callsItselfPromotion(file, retag.job, retag.calledJob)) return true;
  if (retag.remote) return pushedBy(file).some(pushed => pushed.usage === retag && isCopy(pushed, file));
  // A list of one image, pushed by another command.
  return (
    !retag.others?.length &&
    pushedBy(file).some(pushed => pushed.usage.kind === 'push' && pushed.usage.step === retag.step) &&
    !isBuiltHere(retag, context)
  );
}

function isBuiltHere(retag: Retag, context: RuleContext): boolean {
  return writersOfSource(retag.from.template, retag, context).some(({ path }) => path === context.path);
}

function reportRewritten(retag: Retag, { by, at }: NonNullable<Retag['rewrites']>, context: RuleContext): void {
  if (isSaidAlready(context, at)) return;
  context.report({
    at,
    message: `${what(by)}, so \`${display(retag.to.template)}\` gets a digest that nobody has tested, scanned or signed: \`cosign verify\` fails for it, and it cannot be told that the two are one image. Copy the manifest as it is: \`crane tag\`, or \`docker buildx imagetools create --prefer-index=false\`.`,
  });
}

function what(by: string): string {
  if (by === '--annotation') return 'Annotations are written into the manifest';
  if (by === '--format') return 'Another `--format` writes the manifest anew';
  if (by === 'jq') return '`jq` writes the manifest anew, if only with other spaces';
  return /manifest (?:create|add)$/.test(by) ? `\`${by}\` writes a new list` : `\`${by}\` writes a changed manifest`;
}

/** `imagetools create` makes an index of a single image. */
function checkWrapped(retag: Retag, context: RuleContext): void {
  const writers = writersOfSource(retag.from.template, retag, context);
  const forms = writers.map(write => formOf(write, context));
  if (forms.length === 0 || forms.some(form => form !== 'image') || isSaidAlready(context, retag.at)) return;
  const fix = keepSingle(retag, context);
  const [first] = writers;
  context.report({
    at: retag.at,
    message: `\`${display(retag.from.template)}\` is a single image, and \`imagetools create\` puts it into an index of its own: \`${display(retag.to.template)}\` gets a digest that nobody has tested, scanned or signed. \`--prefer-index=false\` copies the manifest as it is.`,
    related: first ? [{ ...first.place, message: 'It is pushed here, for one platform and without attestations.' }] : [],
    ...(fix && { fix }),
  });
}

function formOf({ usage, path }: TagWrite, { workspace }: RuleContext): 'image' | 'index' | undefined {
  const file = workspace.usage(path);
  return usage.kind === 'build' && file ? pushedForm(usage, file, workspace) : undefined;
}

function keepSingle({ at, within }: Retag, { text }: RuleContext): Problem['fix'] | undefined {
  const verb = /^docker\s+buildx\s+imagetools\s+create(?=\s)/.exec(text.slice(at.start, at.end))?.[0];
  if (!verb || within) return undefined;
  const end = at.start + verb.length;
  return { title: 'Copy the manifest as it is', safe: true, edits: [{ span: { start: end, end }, text: ' --prefer-index=false' }] };
}
