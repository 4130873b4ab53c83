import { pathMatcher } from '../../text/glob.ts';
import type { Stage } from '../../workspace/dockerfile.ts';

/**
 * Whether a file of the context ends in the image that a Dockerfile makes: in its last stage (or `target`), in one that this starts from,
 * or, with `everyStage`, in any that it goes through.
 */
export function copiedInto(stages: readonly Stage[], file: string, target: string | undefined, everyStage: boolean): boolean {
  const named = stages.findIndex(({ name }) => target !== undefined && target !== '' && name?.toLowerCase() === target.toLowerCase());
  const last = named >= 0 ? named : stages.length - 1;
  const kept = new Set<Stage>();
  const keep = (index: number) => {
    const stage = stages[index];
    if (!stage || kept.has(stage)) return;
    kept.add(stage);
    const before = [stage.base, ...(everyStage ? stage.takesFrom : [])];
    for (const name of before)
      keep(
        stages.findIndex(
          (other, at) => at < index && (other.name?.toLowerCase() === name.toLowerCase() || (everyStage && String(at) === name)),
        ),
      );
  };
  keep(last);
  return [...kept].some(({ copies }) => copies.some(source => holds(source, file)));
}

/** `COPY . .`, `COPY src/ …`, `COPY *.json …`. What a variable decides is not known. */
function holds(source: string, file: string): boolean {
  const path = source.replace(/^(?:\.?\/)+/, '').replace(/\/$/, '');
  if (path === '' || path === '.') return true;
  if (path.includes('$')) return false;
  const matches = pathMatcher(path);
  return file.split('/').some((_part, index, parts) => matches(parts.slice(0, index + 1).join('/')));
}
