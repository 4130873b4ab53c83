import { match } from '../image/match.ts';
import { referenceParts, tagOf } from '../image/mobility.ts';
import { alternatives, derived, literal, type Template } from '../image/template.ts';
import { byDigestMerge } from '../rules/shared/promotedCopies.ts';
import { callerEvent } from '../usage/events.ts';
import { givenWith } from '../usage/given.ts';
import type { Start } from '../usage/starts.ts';
import type { TagWrite } from '../workspace/tagFlow.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { ImageUse } from './uses.ts';

/**
 * The git branch whose head a tag stands for: the one that the policy says, or the one whose pushes build the tag. `undefined` where
 * nothing says so, where other runs move the tag too, or where not every push builds it.
 */
export function branchOf({ form, image }: ImageUse, workspace: Workspace): string | undefined {
  if (image?.tag === undefined || image.digest) return undefined;
  const { name } = referenceParts(form);
  const environment = workspace.policy.environmentOf(name, image.tag);
  if (environment) return environment.branch;
  const tag = derived(image.tag, { start: 0, end: 0 });
  const writers = workspace.flow.writesTo(name, 'maybe').filter(write => match(tagOf(write.parts, write.item.span), tag) !== 'never');
  const branches = new Set(writers.map(write => branchBuilt(write, tag, workspace)));
  const [only] = branches;
  return branches.size === 1 ? only : undefined;
}

/** A condition that another step, job or setting decides: not every push passes. */
const decided = /\b(?:needs|steps|inputs|vars|env|secrets|matrix|hashFiles)\b/;

/** The branch whose every push builds the tag; `undefined` for any other way to write it. */
function branchBuilt(write: TagWrite, tag: Template, workspace: Workspace): string | undefined {
  const { usage, path, reference, call } = write;
  if (!isMade(write, workspace) || usage.conditional || literal(tagOf(write.parts, write.item.span)) !== literal(tag)) return undefined;
  if ([usage.job, usage.step].some(at => decided.test(at.if?.value ?? ''))) return undefined;
  const all = usage.kind === 'build' ? (usage.pushStarts ?? usage.starts) : usage.starts;
  const { starts, perhaps } = givenWith(reference, all);
  const meansDefault = perhaps && isForDefaultBranch(write, literal(tag) ?? '', workspace);
  if ((perhaps && !meansDefault) || starts.some(start => !isPush(start))) return undefined;
  // A call's starts are its caller's.
  const outer = outermost(call, path);
  if (workspace.usage(outer)?.workflow.triggers.some(({ filtersPaths }) => filtersPaths)) return undefined;
  const names = new Set(starts.filter(({ event }) => event === 'push').flatMap(({ names: patterns = ['*'] }) => patterns));
  const [only] = names;
  if (names.size !== 1 || only === undefined || !/^[\w./-]+$/.test(only)) return undefined;
  // Nobody says which branch is the default one; other names are seldom it.
  return meansDefault && !/^(?:main|master|trunk)$/.test(only) ? undefined : only;
}

/** It comes of this run's build, also where a job for each platform built a part; a copy comes of another run's. */
function isMade({ usage, path }: TagWrite, workspace: Workspace): boolean {
  if (usage.kind !== 'retag') return true;
  const file = workspace.usages(path).find(({ sequence }) => sequence.includes(usage));
  return file !== undefined && byDigestMerge(usage, file);
}

/** Whether rows of docker/metadata-action give the tag, and each of them on the default branch alone: `type=edge`, `enable={{is_default_branch}}`. */
function isForDefaultBranch({ usage, path }: TagWrite, tag: string, workspace: Workspace): boolean {
  const file = workspace.usages(path).find(({ sequence }) => sequence.includes(usage));
  const rows = (file?.sequence ?? []).flatMap(one => (one.kind === 'metadata' && one.job === usage.job ? one.rows : []));
  const giving = rows.filter(row => alternatives(row.tag).some(form => literal(form) === tag));
  const isDefault = (value: Template) => /^\s*\{\{\s*is_default_branch\s*\}\}\s*$/.test(literal(value) ?? '');
  return (
    giving.length > 0 &&
    giving.every(({ type, attributes }) => {
      const values = (name: string) => attributes.flatMap(({ key, value }) => (key.trim() === name ? [value] : []));
      return values('enable').some(isDefault) || (type === 'edge' && values('branch').length === 0 && values('enable').length === 0);
    })
  );
}

/** A push to a branch, or a run by hand, which builds what a push would. */
function isPush({ event, on }: Start): boolean {
  return on === 'branch' && event !== callerEvent && (event === 'push' || event === 'workflow_dispatch' || event === 'schedule');
}

function outermost(call: TagWrite['call'], path: string): string {
  let outer = call;
  while (outer?.outer) outer = outer.outer;
  return outer?.caller.path ?? path;
}

/** The forms of the environment's tag and its aliases, for a tag that is one of them. */
export function siblings({ form, image }: ImageUse, workspace: Workspace): readonly string[] {
  if (image?.tag === undefined || image.digest) return [];
  const environment = workspace.policy.environmentOf(referenceParts(form).name, image.tag);
  return environment ? [environment.tag, ...environment.aliases].filter(one => one !== image.tag) : [];
}
