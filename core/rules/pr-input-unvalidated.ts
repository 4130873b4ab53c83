import { mayHoldAny } from '../image/shapeCharacters.ts';
import { type HolePart, holes, type Template, type Waypoint } from '../image/template.ts';
import type { ShellCheck } from '../shell/command.ts';
import type { Span } from '../text/span.ts';
import { privilegeOf } from '../usage/privilege.ts';
import { isSaidAlready, type Rule, type RuleContext, type Severity } from './rule.ts';
import { severityByPrivilege, whoChooses } from './shared/outsiders.ts';
import { type OutsideUse, outsideUses, type Role, typedUses } from './shared/outsideUses.ts';
import { isJudgedElsewhere } from './shared/pullRequests.ts';

/** Quoting keeps a value from being code; it does not keep it from being the wrong name. */
export const prInputUnvalidated: Rule = {
  id: 'pr-input-unvalidated',
  title: 'A value from outside names an image, a tag or a path, and nothing checks what it looks like',
  severity: 'warning',
  fixable: false,
  visit: {
    file(context) {
      const groups = new Map<string, OutsideUse[]>();
      const typed = context.workspace.policy.strict ? typedUses(context.usage).filter(use => !isCheckedBefore(use, context)) : [];
      for (const use of [...outsideUses(context.usage), ...typed]) {
        if (!isFound(use, context)) continue;
        const key = `${use.usage.job.id.value}\n${use.part.source}`;
        const group = groups.get(key);
        if (group) group.push(use);
        else groups.set(key, [use]);
      }
      for (const [first, ...others] of groups.values()) if (first) report(first, others, context);
    },
  },
};

function isFound({ usage, part, role, form }: OutsideUse, context: RuleContext): boolean {
  if (isJudgedElsewhere(usage, context)) return false;
  // That a pull request's branch is checked out is what its run is for; that it may move is another matter.
  if (role === 'checkout' && isBranch(part)) return false;
  if (part.author === 'trusted' || part.author === 'stranger' || /client_payload/.test(part.source)) return true;
  // Which stage, folder or arguments a reusable workflow takes is for its callers to say; whole names are, too.
  if (role === 'checkout') return false;
  return part.author === 'dispatcher' ? role !== 'buildArg' || form.length > 1 : role === 'tag' || (role === 'image' && form.length > 1);
}

/** For those who want numbers and commits checked, too: what a check tells of them, they are already. */
function isCheckedBefore({ usage, part }: OutsideUse, { usage: file }: RuleContext): boolean {
  const isAsked = ({ value, otherwise }: ShellCheck) => otherwise === 'ends' && holes(value).some(({ source }) => source === part.source);
  const before = file.scripts.filter(({ job, step }) => job === usage.job && step.index <= usage.step.index);
  return before.some(({ checks }) => checks.some(isAsked));
}

function isBranch({ source, shape }: HolePart): boolean {
  return shape === 'gitRef' || /\bheadRefName\b/.test(source);
}

function report(use: OutsideUse, others: readonly OutsideUse[], context: RuleContext): void {
  const { usage, part, role, form } = use;
  const at = placeOf(use);
  if (isSaidAlready(context, at)) return;
  const places = others
    .map(placeOf)
    .filter(({ start }, index, all) => start !== at.start && all.findIndex(each => each.start === start) === index);
  context.report({
    at,
    severity: severityOf(use, context),
    message: `\`${part.source}\` ${names[role]}, and nothing checks what it looks like. ${harm(part, role, form)} ${remedy(part, role, form, context)}`,
    via: part.via,
    related: [
      ...(usage.within ? [{ ...usage.within, message: 'It is used here.' }] : []),
      ...places.slice(0, maxPlaces).map(span => ({ span, message: 'It is used here, too.' })),
    ],
  });
}

const maxPlaces = 5;

function placeOf({ usage, part }: OutsideUse): Span {
  return usage.within ? usage.at : part.at;
}

/** An error only where a stranger's value comes with the repository's own rights; whoever starts a run by hand could do worse than name the wrong image. */
function severityOf({ usage, part }: OutsideUse, context: RuleContext): Severity {
  if (part.author === 'trusted') return 'info';
  const found = severityByPrivilege(part, usage, context, 'info');
  if (found !== 'error') return found;
  const events = usage.events.filter(event => part.events?.has(event) !== false);
  return privilegeOf(usage.job, context.usage, events, context.text) === 'full' ? 'error' : 'warning';
}

const names: Readonly<Record<Role, string>> = {
  tag: 'is part of a tag',
  image: 'is part of an image’s name',
  buildArg: 'is a build argument',
  path: 'is part of a path',
  checkout: 'says which commit is checked out',
};

/** What a value may make of the place: the worst that the value's characters allow. */
function harm(part: HolePart, role: Role, form: Template): string {
  const who = whoChooses(part);
  if (part.author === 'trusted')
    return `The event gives it as ${part.shape === 'integer' ? 'a number' : 'a commit'}, and the policy is \`strict\`.`;
  switch (role) {
    case 'tag':
      return isWhole(form, part)
        ? `${who} may write \`latest\` or \`prod\` and so move a tag that others rely on.`
        : `${who} may write \`${mayHoldAny(part.shape, ' ') ? 'a b' : 'a/b'}\`, which no tag may hold, or \`x,y\`, which many tools take for two.`;
    case 'image':
      return `${who} chooses whose image it is.`;
    case 'buildArg':
      return `${who} chooses what the Dockerfile makes of it: one that puts it into a command runs \`x;id\`.`;
    case 'path':
      return `${who} may write \`../..\`, which leads out of the folder.`;
    case 'checkout':
      return `${who} may name any commit, also of a fork (\`refs/pull/7/head\`).`;
  }
}

/** Nothing else is in the tag. */
function isWhole(form: Template, part: HolePart): boolean {
  const before = form[form.indexOf(part) - 1];
  return form.at(-1) === part && before?.kind === 'text' && before.text.endsWith(':');
}

/** The whole of what each place may hold; a path no dots, which lead out of it. */
const patterns: Readonly<Record<Role, string>> = {
  tag: '^[A-Za-z0-9._-]+$',
  image: '^[a-z0-9][A-Za-z0-9._/:@-]*$',
  buildArg: '^[A-Za-z0-9._-]+$',
  path: '^[A-Za-z0-9_-]+$',
  checkout: '^[0-9a-f]{40}$',
};

function remedy({ via }: HolePart, role: Role, form: Template, { path, text }: RuleContext): string {
  // A variable that holds more than the value (`REF="$IMAGE:$TAG"`) is checked by another pattern than the value.
  const own = via.filter(station => station.path === path && isAlone(station.span, text));
  const name = own.map(variableOf).findLast(found => found !== undefined);
  // A part of a git tag's name, `v${{ inputs.version }}`, is no commit.
  const pattern = patterns[role === 'checkout' && form.length > 1 ? 'tag' : role];
  const check = `\`[[ "$${name ?? 'VALUE'}" =~ ${pattern} ]] || exit 1\``;
  return name ? `Check it before: ${check}.` : `Pass it through \`env:\` to a step before, and check it there: ${check}.`;
}

/** Nothing stands beside the value where it is given its name: `TAG: ${{ inputs.tag }}`, `TAG="$1"`. */
function isAlone({ start, end }: Span, text: string): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const after = text.slice(end, end + 2);
  return /(?:^ *(?:- )?[\w-]+: +|(?:^|[\s;])\w+=)["']?$/.test(before) && /^["']?(?:[\s;]|$)/.test(after);
}

function variableOf({ what }: Waypoint): string | undefined {
  return /^(?:env|shell variable) ([A-Za-z_]\w*)$/.exec(what)?.[1];
}
