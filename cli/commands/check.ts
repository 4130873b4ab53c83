import { dirname, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Severity, severities, severityRank } from '../../core/rules/rule.ts';
import { printable } from '../../core/text/printable.ts';
import { readText } from '../../core/workspace/disk.ts';
import { decodeText, maximumRead } from '../../core/workspace/tree.ts';
import { readBaseline, writeBaseline } from '../baselineFile.ts';
import { discover, reason, workspaceAbove } from '../discover.ts';
import { exit, Failure } from '../failure.ts';
import { json } from '../formats/json.ts';
import { pretty } from '../formats/pretty.ts';
import { checkGroups } from '../parallel.ts';
import { type NamedPolicy, Results } from '../results.ts';
import { layout, tell, write } from '../terminal.ts';

interface Options {
  readonly format: 'pretty' | 'json';
  readonly minSeverity?: Severity;
  readonly failOn: Severity | 'never';
  readonly fix?: boolean;
  readonly stdin?: true;
  readonly path?: string;
  readonly policy?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

/** `tallyman check [PATH…]`: sets the exit code 0, 1 (findings at or above `--fail-on`) or 2 (a named path cannot be read). */
export function checkCommand(): Command {
  const leastFirst = [...severities].reverse();
  return new Command('check')
    .description('Check workflows and composite actions for mistakes in the life of their image tags.')
    .argument('[path...]', "files and folders; a folder is searched for workflows (default: the repository's root)")
    .addOption(new Option('--format <format>', 'how findings are written').choices(['pretty', 'json']).default('pretty'))
    .addOption(
      new Option('--min-severity <severity>', 'leave out what is less severe (default: "hint"; pretty: "info")').choices(leastFirst),
    )
    .addOption(new Option('--fail-on <severity>', 'exit with 1 from this severity on').choices([...leastFirst, 'never']).default('warning'))
    .option('--fix', 'write the fixes that are safe, then report what is left')
    .option('--policy <file>', 'read the policy from this file (default: .github/tallyman.yml)')
    .option('--baseline <file>', 'leave out the findings that this file knows')
    .option('--write-baseline <file>', 'write the findings to this file, for --baseline')
    .option('--stdin', 'check the text on standard input in place of a file; needs --path')
    .option('--path <path>', 'where the text of --stdin lies, or would lie')
    .addHelpText('after', '\nExit codes: 0 done, 1 findings at or above --fail-on, 2 usage or a path that cannot be read.')
    .action(async (paths: string[], options: Options, command: Command) => {
      if (options.stdin && options.path === undefined)
        command.error('error: --stdin needs --path: rules depend on where a workflow lies', { exitCode: exit.usage });
      if (!options.stdin && options.path !== undefined)
        command.error('error: --path says where the text of --stdin lies; name files as plain arguments', { exitCode: exit.usage });
      if (options.stdin && paths.length > 0) command.error('error: --stdin checks one text; leave out the paths', { exitCode: exit.usage });
      if (options.stdin && options.fix) command.error('error: --fix writes files, and --stdin has none', { exitCode: exit.usage });
      process.exitCode = await check(paths, options);
    });
}

async function check(paths: readonly string[], options: Options): Promise<number> {
  const { format, minSeverity, failOn, fix = false, stdin, path, policy, baseline, writeBaseline: target } = options;
  // A policy or baseline that cannot be read is told before anything is searched.
  const named = policy === undefined ? undefined : await readPolicy(policy);
  const known = baseline === undefined ? undefined : await readBaseline(baseline);
  const results = new Results(process.cwd(), named);
  if (stdin && path !== undefined) await addStandardInput(results, resolve(path));
  else {
    const { groups, unreadable, empty } = await discover(paths, process.cwd());
    results.problems.push(...unreadable);
    for (const folder of empty) tell(`Nothing to check in ${printable(folder)}: it holds no workflow and no other YAML file.`);
    // Fixes write, and a policy that is named is judged once.
    if (fix || named) for (const group of groups) await results.add(group, { fix });
    else await checkGroups(results, groups);
  }
  if (known && baseline !== undefined) {
    const count = results.withoutKnown(known, dirname(resolve(baseline)));
    if (count > 0) tell(`${count} known ${count === 1 ? 'finding is' : 'findings are'} left out (${printable(baseline)}).`);
  }
  if (target !== undefined) return writeBaseline(results, target);
  const report = results.report(minSeverity ?? leastShown(format, failOn));
  await write(format === 'json' ? json(report) : pretty(report, layout()));
  for (const problem of results.problems) tell(printable(problem));
  if (results.problems.length > 0) return exit.usage;
  const fails = failOn !== 'never' && results.findings.some(({ severity }) => severityRank(severity) <= severityRank(failOn));
  return fails ? exit.declined : exit.done;
}

/** Throws a Failure where the file cannot be read; whether it is a policy is found out with the rest. */
async function readPolicy(file: string): Promise<NamedPolicy> {
  const text = await readText(resolve(file)).catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === 'string') return { file: resolve(file), text };
  throw new Failure(exit.usage, `Cannot read the policy ${printable(file)}: ${text ? reason(text) : 'it is no UTF-8 text'}.`);
}

/** What fails the run is always shown, so `--fail-on hint` shows hints in `pretty` too. */
function leastShown(format: Options['format'], failOn: Options['failOn']): Severity {
  return format === 'json' || failOn === 'hint' ? 'hint' : 'info';
}

async function addStandardInput(results: Results, file: string): Promise<void> {
  const text = decodeText(await standardInput());
  const root = workspaceAbove(file) ?? dirname(file);
  const name = relative(root, file).replaceAll('\\', '/');
  if (text === undefined) results.problems.push('Cannot read standard input: it is no UTF-8 text.');
  else await results.add({ root, files: [name] }, { given: new Map([[name, text]]) });
}

/** All of standard input, up to the size that is read of a file. */
async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length > maximumRead) break;
  }
  return Buffer.concat(chunks);
}
