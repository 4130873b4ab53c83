import type { Job, Step } from '../workflow/model.ts';

/** Programs that write what their words name, or may. */
const writer =
  /\b(?:sed|yq|jq|perl|awk|envsubst|kustomize\s+edit|tee|mv|cp|rm|patch|gomplate|ytt|j2|python3?|node|ruby|pwsh|git\s+checkout)\b/;

/**
 * Whether a step of the job may write a file of the repository before it is used: then what the repository holds is not what is used.
 * By the file's name or its folder's in a script with such a program, behind a `>`, or in the inputs of
 * another action than the one that uses it, `user`.
 */
export function mayBeWritten(path: string, { steps }: Job, user?: Step): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? path;
  const folder = parts.length > 1 ? `${parts.at(-2)}/` : undefined;
  const names = (text: string) => text.includes(name) || (folder !== undefined && text.includes(folder));
  return steps.some(step => {
    const { run, with: inputs } = step;
    if (run) {
      const text = run.value;
      return names(text) && (writer.test(text) || text.split('\n').some(line => behindArrow(line, name)));
    }
    return step !== user && [...(inputs?.entries.values() ?? [])].some(({ value }) => names(value.value));
  });
}

function behindArrow(line: string, name: string): boolean {
  const arrow = line.indexOf('>');
  return arrow >= 0 && line.indexOf(name, arrow) >= 0;
}
