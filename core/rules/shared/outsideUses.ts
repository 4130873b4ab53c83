import { isInertInShell } from '../../image/shape.ts';
import { alternatives, type HolePart, holes, literal, type Template } from '../../image/template.ts';
import type { WorkflowUsage } from '../../usage/analyze.ts';
import { callerEvent } from '../../usage/events.ts';
import type { Item, Usage } from '../../usage/usage.ts';

/** What a value names where it is used. */
export type Role = 'tag' | 'image' | 'buildArg' | 'path' | 'checkout';

/** Text that somebody outside chooses, unchecked, where it names something. */
export interface OutsideUse {
  readonly usage: Usage;
  readonly item: Item;
  readonly part: HolePart;
  /** The form of the item's value in which it stands. */
  readonly form: Template;
  readonly role: Role;
}

const known = new WeakMap<WorkflowUsage, readonly OutsideUse[]>();

/** Every such use of a file, in the order in which they happen. */
export function outsideUses(file: WorkflowUsage): readonly OutsideUse[] {
  const before = known.get(file);
  if (before) return before;
  const found = file.sequence.flatMap(usage => usesOf(usage, isUnchecked));
  known.set(file, found);
  return found;
}

/** Uses of numbers and commits that the event gives, which cannot do harm by their shape; in the order in which they happen. */
export function typedUses(file: WorkflowUsage): readonly OutsideUse[] {
  return file.sequence.flatMap(usage => usesOf(usage, isTyped));
}

function isTyped({ source, shape }: HolePart): boolean {
  return (shape === 'integer' || shape === 'sha40') && /^github\.event\.(?!repository\b|inputs\b)/.test(source);
}

function usesOf(usage: Usage, isSought: (part: HolePart) => boolean): readonly OutsideUse[] {
  return named(usage).flatMap(([role, items]) =>
    items.flatMap(item => {
      if (!item || literal(item.template) !== undefined) return [];
      return alternatives(item.template).flatMap(form =>
        holes(form)
          .filter(part => isSought(part) && carries(part, usage.events))
          .map(part => ({ usage, item, part, form, role: roleIn(form, part, role) })),
      );
    }),
  );
}

type Named = readonly [role: Role, items: readonly (Item | undefined)[]];

/** The names in a usage; rows of docker/metadata-action are made tags of by the action, which replaces what no tag may hold. */
function named(usage: Usage): readonly Named[] {
  switch (usage.kind) {
    case 'build':
      return [
        ['image', usage.tags],
        ['buildArg', usage.buildArgs],
        ['path', [usage.context, usage.dockerfile]],
      ];
    case 'push':
    case 'pull':
    case 'deploy':
      return [['image', [usage.reference]]];
    case 'retag':
      return [['image', [usage.from, usage.to, ...(usage.others ?? [])]]];
    case 'checkout':
      return [
        ['checkout', [usage.ref]],
        ['path', [usage.path]],
      ];
    default:
      return [];
  }
}

/** Behind the last `:` of a reference stands its tag. */
function roleIn(form: Template, part: HolePart, role: Role): Role {
  if (role !== 'image') return role;
  const before = form.slice(0, form.indexOf(part)).map(each => (each.kind === 'text' ? each.text : '\u0000'));
  const last = before.join('').split('/').at(-1) ?? '';
  return last.includes(':') && !last.includes('@') ? 'tag' : 'image';
}

/** Whether somebody outside chose it, and may have chosen anything. */
export function isUnchecked({ author, shape }: HolePart): boolean {
  if (author !== 'stranger' && author !== 'dispatcher' && author !== 'caller') return false;
  return shape !== 'unknown' && !isInertInShell(shape);
}

/** Whether a value is there with some of the events, and somebody outside fills it then. */
export function carries({ author, events: carried }: HolePart, events: readonly string[]): boolean {
  if (events.includes(callerEvent)) return true;
  if (author === 'dispatcher' && !events.some(event => event.endsWith('_dispatch'))) return false;
  return carried === undefined || events.some(event => carried.has(event));
}
