/** A command line, and the folder that it is to run in. */
export interface Invocation {
  readonly args: readonly string[];
  readonly folder: string;
}

/** Inputs that are options of `check` under the same name. */
const options = ['format', 'fail-on', 'min-severity', 'policy', 'baseline', 'changed-since', 'sarif-file'];

/**
 * What the inputs of action.yml ask for, as the runner gives them: in variables named `INPUT_` and the input's name in capitals. No text of
 * theirs becomes an option of its own. The answer is a sentence where an input cannot be read.
 */
export function argumentsOf(env: NodeJS.ProcessEnv): Invocation | string {
  const input = (name: string) => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
  const args = ['check', ...options.flatMap(name => (input(name) === '' ? [] : [`--${name}=${input(name)}`]))];
  const summary = input('summary') || 'true';
  if (summary !== 'true' && summary !== 'false') return 'The input `summary` is either true or false.';
  const page = env['GITHUB_STEP_SUMMARY'];
  if (summary === 'true' && page) args.push(`--summary-file=${page}`);
  const paths = input('paths')
    .split('\n')
    .map(path => path.trim())
    .filter(path => path !== '');
  return { args: [...args, '--', ...paths], folder: input('working-directory') || '.' };
}
