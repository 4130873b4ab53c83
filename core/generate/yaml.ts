/** A text as a YAML scalar: plain where that is the same, else in single quotes. */
export function scalar(text: string): string {
  const isPlain = /^[A-Za-z0-9_./$][^#\n]*$/.test(text) && !/: |:$|\s$|^(?:null|yes|no|on|off|[\d.]+)$/i.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}

/** Lines, each behind so many spaces; empty ones stay empty. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}

/** One step of a job. */
export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

/** A job's steps as the list under `steps:`. */
export function stepList(steps: readonly Step[]): string {
  return steps.map(step => `- ${indented(stepText(step), 2).trimStart()}`).join('\n\n');
}

function stepText({ name, id, if: condition, uses, with: given, env, run }: Step): string {
  const lines: string[] = [];
  if (name) lines.push(`name: ${scalar(name)}`);
  if (id) lines.push(`id: ${id}`);
  if (condition) lines.push(`if: ${condition}`);
  if (uses) lines.push(`uses: ${uses}`);
  if (given) lines.push('with:', ...entries(given));
  if (env) lines.push('env:', ...entries(env));
  if (run) lines.push('run: |', indented(run.trim(), 2));
  return lines.join('\n');
}

function entries(given: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(given).map(([key, value]) =>
    value.includes('\n') ? `  ${key}: |\n${indented(value.trim(), 4)}` : `  ${key}: ${scalar(value)}`,
  );
}
