import { referenceParts } from '../../image/mobility.ts';
import { alternatives, type HolePart, holes, type Template } from '../../image/template.ts';
import { callerEvent } from '../../usage/events.ts';
import { givenWith } from '../../usage/given.ts';
import { admitsSlash } from '../../usage/refNames.ts';
import type { Start } from '../../usage/starts.ts';
import type { Item, Usage } from '../../usage/usage.ts';
import type { Problem, RuleContext } from '../rule.ts';
import { placeOf } from './origin.ts';

const refs = /^(?:github|gitea|forgejo)\.(ref|ref_name|head_ref|event\.pull_request\.head\.ref)$/i;

/** A branch's name as it is in a tag, where it may hold a `/` with one of the runs. */
export function refNameInTag(item: Item, usage: Usage, { path, usage: { workflow } }: RuleContext): Problem | undefined {
  const forms = alternatives(item.template);
  const used = forms.flatMap(form => rawName(form) ?? []);
  const [part] = used;
  if (!part) return undefined;
  const name = refs.exec(part.source)?.[1]?.toLowerCase();
  const { starts } = givenWith(item.template, usage.starts);
  const always = used.length === forms.length;
  const where = placeOf({ template: [part], span: part.at }, path);
  const says = (severity: 'error' | 'warning', message: string): Problem => ({ ...where, severity, message });
  if (name === 'ref') {
    const message = '`github.ref` begins with `refs/`, and a tag may hold no `/`: the step fails with “invalid reference format”.';
    return always ? says('error', `${message} \`github.ref_name\` is the name alone.`) : undefined;
  }
  if (name === 'ref_name' && always && starts.some(({ on }) => on === 'pullRequest') && starts.every(({ event }) => event !== callerEvent))
    return says(
      'error',
      'In a run for a pull request `github.ref_name` is `123/merge`, and a tag may hold no `/`: the step fails with “invalid reference format”.',
    );
  const asked = [usage.job.if, usage.step.if].some(condition => condition && /\b(?:head_ref|ref_name|github\.ref)\b/.test(condition.value));
  const chosen = name === 'ref_name' ? mayHoldSlash(starts) : starts.some(({ event }) => /^pull_request/.test(event));
  if (asked || usage.conditional || !chosen || workflow.kind === 'action') return undefined;
  const source = part.source;
  return says(
    'warning',
    `\`${source}\` is a branch's name, which may hold a \`/\` where a tag may not: for \`feature/login\` the step fails with “invalid reference format”. Replace it, as docker/metadata-action does, or in the shell: \`\${NAME//\\//-}\`.`,
  );
}

/** A branch's name in the tag that nothing was done to. */
function rawName(form: Template): HolePart | undefined {
  const { tag } = referenceParts(form);
  return tag && holes(tag.value).find(({ source, shape, changes }) => shape === 'gitRef' && !changes && refs.test(source));
}

/** Whether a run may stand on a branch or tag with a `/` in its name, as far as triggers and conditions say. */
function mayHoldSlash(starts: readonly Start[]): boolean {
  const pushed = starts.filter(({ event }) => event === 'push');
  const named = (start: Start) => (start.on === 'branch' ? admitsSlash(start) : start.names !== undefined && admitsSlash(start));
  if (pushed.some(named)) return true;
  // Who starts it by hand does so on the branches that it is for.
  return pushed.length === 0 && starts.some(({ event, on, seldom }) => event === 'workflow_dispatch' && on === 'branch' && !seldom);
}
