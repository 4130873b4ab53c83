import type { Job, Step } from '../workflow/model.ts';

/** Programs that write what their words name, or may. */
const writer =
  /\b(?:sed|yq|jq|perl|awk|envsubst|kustomize\s+edit|tee|mv|cp|rm|patch|gomplate|ytt|j2|python3?|node|ruby|pwsh|git\s+checkout)\b/;

/** What a job's steps may write, as text to look for names in. */
interface Writers {
  /** Scripts with a program that writes. */
  readonly scripts: string;
  /** What stands behind the `>` of lines. */
  readonly arrows: string;
  /** The inputs of actions, by their steps. */
  readonly inputs: readonly (readonly [step: Step, text: string])[];
}

const known = new WeakMap<Job, Writers>();

/**
 * Whether a step of the job may write a file of the repository before it is used: then what the repository holds is not what is used.
 * By the file's name or its folder's in a script with such a program, behind a `>`, or in the inputs of
 * another action than the one that uses it, `user`.
 */
export function mayBeWritten(path: string, job: Job, user?: Step): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? path;
  const folder = parts.length > 1 ? `${parts.at(-2)}/` : undefined;
  const names = (text: string) => text.includes(name) || (folder !== undefined && text.includes(folder));
  const { scripts, arrows, inputs } = writersOf(job);
  return names(scripts) || arrows.includes(name) || inputs.some(([step, text]) => step !== user && names(text));
}

function writersOf(job: Job): Writers {
  const before = known.get(job);
  if (before) return before;
  const scripts = job.steps.flatMap(({ run }) => run?.value ?? []);
  const behind = (line: string) => (line.includes('>') ? [line.slice(line.indexOf('>'))] : []);
  const found = {
    scripts: scripts.filter(text => writer.test(text)).join('\n'),
    arrows: scripts.flatMap(text => text.split('\n').flatMap(behind)).join('\n'),
    inputs: job.steps.flatMap(step => {
      const values = step.run ? [] : [...(step.with?.entries.values() ?? [])];
      return values.length > 0 ? [[step, values.map(({ value }) => value.value).join('\n')] as const] : [];
    }),
  };
  known.set(job, found);
  return found;
}
