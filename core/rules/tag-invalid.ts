import { type Flaw, referenceFlaw } from '../image/flaws.ts';
import { referenceParts } from '../image/mobility.ts';
import { alternatives, display, type HolePart, type Template } from '../image/template.ts';
import { intersects } from '../text/span.ts';
import { callerEvent } from '../usage/events.ts';
import { givenWith } from '../usage/given.ts';
import { eventsOf } from '../usage/starts.ts';
import type { Item, Usage } from '../usage/usage.ts';
import { isSaidAlready, type Problem, type Rule, type RuleContext } from './rule.ts';
import { placeOfTag, stepAt } from './shared/origin.ts';
import { refNameInTag } from './shared/refNameInTag.ts';
import { unexpanded } from './shared/unexpandedVariables.ts';

/** A reference that no registry takes, whatever the parts are that nobody knows. */
export const tagInvalid: Rule = {
  id: 'tag-invalid',
  title: 'An image reference is not valid',
  severity: 'error',
  fixable: true,
  visit: {
    build(build, context) {
      unexpanded(build, context);
      check(build.tags, build, context);
    },
    push: (push, context) => check([push.reference], push, context),
    pull: (pull, context) => check([pull.reference], pull, context),
    deploy: (deploy, context) => check([deploy.reference], deploy, context),
    retag: (retag, context) => check([retag.from, ...(retag.others ?? []), retag.to], retag, context),
  },
};

function check(items: readonly Item[], usage: Usage, context: RuleContext): void {
  for (const item of items) {
    const problem = flawed(item, context) ?? empty(item, usage, context) ?? refNameInTag(item, usage, context) ?? ownName(item, context);
    if (problem && !isSaidAlready(context, problem.at)) context.report(problem);
  }
}

function flawed(item: Item, context: RuleContext): Problem | undefined {
  const { template, span } = item;
  // First with what differs between the forms taken for unknown: of many forms none is told apart.
  const alone = alternatives(template);
  for (const form of alone[0] === template ? alone : [template, ...alone]) {
    const flaw = referenceFlaw(form);
    // A form without a tag may be one that its script leaves out.
    if (!flaw || (flaw.kind === 'noTag' && alone.length > 1)) continue;
    const edit = correction(flaw, form);
    const part = form.find(one => one.kind === 'text' && intersects(one.at, flaw.at));
    const use = { template, span: within(flaw.at, span) ? flaw.at : span };
    return {
      ...(part && !flaw.written ? placeOfTag(use, [part], 'It is used here.', context) : { at: use.span }),
      message: `${reasons[flaw.kind](flaw)} ${refusal(flaw)}`,
      ...(edit !== undefined && { fix: { title: `Write \`${edit}\``, safe: false, edits: [{ span: flaw.at, text: edit }] } }),
    };
  }
  return undefined;
}

const reasons: Readonly<Record<Flaw['kind'], (flaw: Flaw) => string>> = {
  capitals: ({ text }) => `\`${text}\` has capitals, and the name of a repository may have none.`,
  tagCharacter: ({ text }) => `A tag holds letters, digits, \`_\`, \`.\` and \`-\`; a \`${text}\` makes the reference invalid.`,
  tagStart: ({ text }) => `A tag cannot begin with \`${text}\`.`,
  tagLength: ({ text }) => `The tag has ${text.length} characters or more, and 128 are allowed.`,
  noTag: () => 'Nothing stands behind the `:` where a tag has to.',
  space: () => 'The space makes this one argument with two references in it, or none.',
  scheme: ({ text }) => `\`${text}\` does not belong to an image's name.`,
};

function refusal({ kind }: Flaw): string {
  return kind === 'capitals'
    ? 'The step fails with “repository name must be lowercase”.'
    : 'The step fails with “invalid reference format”.';
}

/** What to write instead, where that alone makes the reference valid. */
function correction({ kind, text, at, written }: Flaw, form: Template): string | undefined {
  const edit = kind === 'capitals' ? text.toLowerCase() : kind === 'tagCharacter' && text !== ':' ? '-' : undefined;
  if (edit === undefined || !written) return undefined;
  const corrected = form.map(part => {
    if (part.kind !== 'text' || !within(at, part.at)) return part;
    const from = at.start - part.at.start;
    return { ...part, text: part.text.slice(0, from) + edit + part.text.slice(from + text.length) };
  });
  return referenceFlaw(corrected) ? undefined : edit;
}

function within(inner: { start: number; end: number }, outer: { start: number; end: number }): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** A part that has no value with one of the events: `pr-${{ github.event.pull_request.number }}` in a run for a push. */
function empty({ template, span }: Item, usage: Usage, context: RuleContext): Problem | undefined {
  // A branch of the script may ask first whether there is one.
  if (usage.conditional) return undefined;
  const forms = alternatives(template);
  if (!forms[0]?.some(part => part.kind === 'hole' && part.events)) return undefined;
  for (const event of eventsOf(givenWith(template, usage.starts).starts)) {
    if (event === callerEvent) continue;
    // `a || b` is `b` where `a` is empty: what stands in every form has nothing to stand in for it.
    const missing = forms.map(form => emptyParts(form, event));
    const [first] = missing;
    const part = first?.[0];
    if (!part || missing.some(parts => parts.length === 0) || madeByMetadata(part, context)) continue;
    const form = forms[0] as Template;
    const tag = referenceParts(form).tag;
    if (!tag?.value.some(other => other === part)) continue;
    const left = display(tag.value.filter(other => !first.includes(other as HolePart)));
    // What is not pushed then may be called as it likes, as long as it is a tag.
    if (isTagStart(left) && !pushesOn(usage, event)) continue;
    return {
      at: within(part.at, span) ? part.at : span,
      message: `In a run for \`${event}\`, \`${part.source}\` is empty: the tag becomes ${left === '' ? 'empty' : `\`${left}\``}${consequence(left)}`,
      via: part.via,
    };
  }
  return undefined;
}

function pushesOn(usage: Usage, event: string): boolean {
  return usage.kind !== 'build' || (usage.pushes !== false && (usage.pushEvents ?? usage.events).includes(event));
}

function isTagStart(left: string): boolean {
  return /^[^.-]/.test(left);
}

function emptyParts(form: Template, event: string): readonly HolePart[] {
  return form.filter((part): part is HolePart => part.kind === 'hole' && part.events !== undefined && !part.events.has(event));
}

function consequence(left: string): string {
  if (!isTagStart(left)) return ', which is no tag, and the step fails.';
  return left.includes('${{') || left.includes('$')
    ? ', which is not what was meant.'
    : ', and each such run overwrites the image of the one before.';
}

/** docker/metadata-action makes tags valid and leaves out rows without a value. */
function madeByMetadata({ via }: HolePart, { usage }: RuleContext): boolean {
  return via.some(({ span }) => {
    const uses = stepAt(span, usage.workflow)?.uses;
    return uses !== undefined && /metadata-action|docker-meta/i.test(uses.value);
  });
}

const capitalNames = new WeakMap<RuleContext['usage'], string>();

/** The repository's name or owner where the file tells it and it has capitals; else empty. */
function capitalName(text: string, file: RuleContext['usage']): string {
  const before = capitalNames.get(file);
  if (before !== undefined) return before;
  const names = [...text.matchAll(/\bgithub\.repository(?:_owner)? ?== ?'([^'\n]{1,140})'/g)].map(([, written = '']) => written);
  const name = names.find(written => /[A-Z]/.test(written)) ?? '';
  capitalNames.set(file, name);
  return name;
}

/** `github.repository` in a name, where the file itself says that it has capitals. */
function ownName({ template, span }: Item, { text, usage }: RuleContext): Problem | undefined {
  const part = alternatives(template)
    .flatMap(form => referenceParts(form).name)
    .find(other => other.kind === 'hole' && !other.changes && /^github\.repository(?:_owner)?$/i.test(other.source));
  const name = part && capitalName(text, usage);
  if (!name || part?.kind !== 'hole') return undefined;
  return {
    at: within(part.at, span) ? part.at : span,
    severity: 'hint',
    message: `\`${part.source}\` is \`${name}\` here, and the name of a repository may have no capitals. The step fails with “repository name must be lowercase” unless something else writes it in lower case.`,
    via: part.via,
  };
}
