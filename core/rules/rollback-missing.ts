import { referenceParts, tagMobility } from '../image/mobility.ts';
import { alternatives, display, holes, literal, type Template, text } from '../image/template.ts';
import type { Span } from '../text/span.ts';
import type { WorkflowUsage } from '../usage/analyze.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import type { Copy } from './shared/copies.ts';
import { copiesOf } from './shared/copies.ts';
import { type Promotion, promotionsOf } from './shared/promotionMoves.ts';

/** The way back is looked for when production is down. */
export const rollbackMissing: Rule = {
  id: 'rollback-missing',
  title: 'The workspace promotes and has no way back',
  severity: 'hint',
  fixable: false,
  visit: {
    file(context) {
      for (const promotion of promotionsOf(context)) {
        if (!promotion.moves.every(isFixed) || hasWayBack(promotion, context)) continue;
        report(promotion, context);
        return;
      }
    },
  },
};

function report({ moves: [move] }: Promotion, context: RuleContext): void {
  const at = move.usage.within ? move.at : move.write.item.span;
  if (isSaidAlready(context, at)) return;
  const tag = move.write.parts.tag ? display(move.write.parts.tag.value) : 'latest';
  context.report({
    at,
    message: `\`${tag}\` always gets what \`${display(move.from.template)}\` names now, and no workflow here moves it back. When that image is broken, somebody has to find the older digest and the right command by hand. Add a workflow that takes a digest and moves \`${tag}\` to it.`,
  });
}

/** Whoever starts the run says which image it is: an older one as well. */
function isChosen({ from }: Copy): boolean {
  return holes(from.template).some(
    ({ author, source }) => author === 'dispatcher' || author === 'caller' || /\b(?:inputs|client_payload)\./.test(source),
  );
}

/** It always copies what one tag names that moves, to one tag: each run by itself, there is no older image to choose. */
function isFixed({ from, write }: Copy): boolean {
  const target = literal(write.parts.tag?.value ?? []);
  return target !== undefined && tagMobility(write.parts.tag?.value ?? []) === 'moving' && alternatives(from.template).every(isOneTag);
}

function isOneTag(form: Template): boolean {
  const { tag, digest } = referenceParts(form);
  // `$(crane digest "$IMAGE:staging")` asks for the same each time.
  if (digest) return digest.every(part => part.kind === 'hole' && isMovingTag(/:([a-z][\w.-]*)["']?\)$/.exec(part.source)?.[1], part.at));
  return tag !== undefined && literal(tag.value) !== undefined && tagMobility(tag.value) === 'moving';
}

function isMovingTag(tag: string | undefined, at: Span): boolean {
  return tag !== undefined && tagMobility(text(tag, at)) === 'moving';
}

/** A job that says that it goes back, or one that gives the tag an image of somebody's choice. */
function hasWayBack({ moves }: Promotion, { workspace, usage, path }: RuleContext): boolean {
  if (goesBack(usage)) return true;
  const names = new Set(moves.map(({ write }) => display(write.reference)));
  return [...workspace.paths()].some(other => {
    const file = other === path ? usage : workspace.usage(other);
    if (!file) return false;
    return goesBack(file) || copiesOf(file).some(copy => isChosen(copy) && names.has(display(copy.write.reference)));
  });
}

const back = /(?:^|[^a-z])(?:roll(?:ing|s|ed)?[\s_-]{0,3}back|revert(?:s|ed|ing)?|undo|restore)(?![a-z])/i;

function goesBack({ workflow: { name, path, jobs } }: WorkflowUsage): boolean {
  const names = [name?.value, path.slice(path.lastIndexOf('/') + 1), ...jobs.flatMap(job => [job.id.value, job.name?.value])];
  return names.some(text => text !== undefined && back.test(text));
}
