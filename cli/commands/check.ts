import { dirname, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Severity, severities, severityRank } from '../../core/rules/rule.ts';
import { printable } from '../../core/text/printable.ts';
import { direct, readText } from '../../core/workspace/disk.ts';
import { decodeText, maximumRead } from '../../core/workspace/tree.ts';
import { readBaseline, writeBaseline } from '../baselineFile.ts';
import { changedGroups } from '../changed.ts';
import { checkGroup, type NamedPolicy } from '../checkGroup.ts';
import { discover, reason, repositoryRoot, workspaceAbove } from '../discover.ts';
import { exit, Failure } from '../failure.ts';
import { type Format, formats, written } from '../formats/index.ts';
import { endOnSignal } from '../interrupt.ts';
import { checkGroups } from '../parallel.ts';
import { Progress } from '../progress.ts';
import { writeSarifFile, writeSummaryFile } from '../resultFiles.ts';
import { Results } from '../results.ts';
import { tell, write } from '../terminal.ts';

interface Options {
  readonly format: Format;
  readonly minSeverity?: Severity;
  readonly failOn: Severity | 'never';
  readonly fix?: boolean;
  readonly fixAll?: boolean;
  readonly changedSince?: string;
  readonly stdin?: true;
  readonly path?: string;
  readonly policy?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly sarifFile?: string;
  readonly summaryFile?: string;
  readonly suppressed?: boolean;
}

/** `--fix` takes its kind behind `=` only, since paths follow it; commander would take the first path. */
export function spelledFix(argument: string): string {
  return argument === '--fix=all' ? '--fix-all' : argument === '--fix=safe' ? '--fix' : argument;
}

/** `tallyman check [PATH…]`: sets the exit code 0, 1 (findings at or above `--fail-on`) or 2 (a named path cannot be read). */
export function checkCommand(): Command {
  const leastFirst = [...severities].reverse();
  return new Command('check')
    .description('Check workflows and composite actions for mistakes in the life of their image tags.')
    .argument('[path...]', "files and folders; a folder is searched for workflows (default: the repository's root)")
    .addOption(new Option('--format <format>', 'how findings are written').choices(formats).default('pretty'))
    .addOption(
      new Option('--min-severity <severity>', 'leave out what is less severe (default: "hint"; pretty: "info")').choices(leastFirst),
    )
    .addOption(new Option('--fail-on <severity>', 'exit with 1 from this severity on').choices([...leastFirst, 'never']).default('warning'))
    .option('--fix', 'write the fixes that are safe, then report what is left; --fix=all writes the suggestions too')
    .addOption(new Option('--fix-all').hideHelp())
    .option('--changed-since <revision>', 'only what bears on files that changed since HEAD parted from this branch, tag or commit')
    .option('--policy <file>', 'read the policy from this file (default: .github/tallyman.yml)')
    .option('--baseline <file>', 'leave out the findings that this file knows')
    .option('--write-baseline <file>', 'write the findings to this file, for --baseline')
    .option('--sarif-file <file>', 'write the findings to this file too, as SARIF')
    .option('--summary-file <file>', 'add a summary in Markdown to this file, such as "$GITHUB_STEP_SUMMARY"')
    .option('--suppressed', 'with SARIF: also what comments and the baseline leave out, marked as suppressed')
    .option('--stdin', 'check the text on standard input in place of a file; needs --path')
    .option('--path <path>', 'where the text of --stdin lies, or would lie')
    .addHelpText('after', '\nExit codes: 0 done, 1 findings at or above --fail-on, 2 usage or a path that cannot be read.')
    .action(async (paths: string[], options: Options, command: Command) => {
      const mistake = misuse(paths, options);
      if (mistake !== undefined) command.error(`error: ${mistake}`, { exitCode: exit.usage });
      process.exitCode = await check(paths, options);
    });
}

/** What is wrong with the options taken together. */
function misuse(paths: readonly string[], { stdin, path, fix, fixAll, changedSince, writeBaseline: target }: Options): string | undefined {
  if (stdin && path === undefined) return '--stdin needs --path: rules depend on where a workflow lies';
  if (!stdin && path !== undefined) return '--path says where the text of --stdin lies; name files as plain arguments';
  if (stdin && paths.length > 0) return '--stdin checks one text; leave out the paths';
  if (stdin && (fix || fixAll)) return '--fix writes files, and --stdin has none';
  if (stdin && changedSince !== undefined) return '--changed-since compares files, and --stdin has none';
  if (target !== undefined && changedSince !== undefined) return '--write-baseline takes all findings, and --changed-since leaves some out';
  return undefined;
}

async function check(paths: readonly string[], options: Options): Promise<number> {
  const { format, minSeverity, failOn, stdin, path, policy, baseline, writeBaseline: target, sarifFile, summaryFile } = options;
  const named = policy === undefined ? undefined : await readPolicy(policy);
  const known = baseline === undefined ? undefined : await readBaseline(baseline);
  const results = new Results(process.cwd());
  if (stdin && path !== undefined) await checkStandardInput(results, resolve(path), named);
  else await checkFiles(results, paths, options, named);
  if (known && baseline !== undefined) {
    const count = results.withoutKnown(known, dirname(resolve(baseline)));
    if (count > 0) tell(`${count} known ${count === 1 ? 'finding is' : 'findings are'} left out (${printable(baseline)}).`);
  }
  if (target !== undefined) return writeBaseline(results, target);
  const root = await repositoryRoot(process.cwd());
  const report = (least: Severity) => {
    const { suppressed = [], ...rest } = results.report(minSeverity ?? least, root);
    return { ...rest, suppressed: options.suppressed ? suppressed : [] };
  };
  await write(written(format, report(leastShown(format, failOn))));
  if (sarifFile !== undefined) await writeSarifFile(sarifFile, report('hint'));
  if (summaryFile !== undefined) await writeSummaryFile(summaryFile, report(leastShown('pretty', failOn)));
  for (const problem of results.problems) tell(printable(problem));
  if (results.problems.length > 0) return exit.usage;
  const fails = failOn !== 'never' && results.findings.some(({ severity }) => severityRank(severity) <= severityRank(failOn));
  return fails ? exit.declined : exit.done;
}

async function checkFiles(results: Results, paths: readonly string[], options: Options, policy: NamedPolicy | undefined): Promise<void> {
  let clear = () => {};
  endOnSignal(() => clear());
  const found = await discover(paths, process.cwd());
  for (const problem of found.unreadable) results.trouble(problem);
  for (const folder of found.empty) tell(`Nothing to check in ${printable(folder)}: it holds no workflow and no other YAML file.`);
  const { changedSince } = options;
  const groups = changedSince === undefined ? found.groups : await changedGroups(found.groups, changedSince);
  const progress = new Progress(groups.reduce((sum, { files }) => sum + files.length, 0));
  clear = () => progress.clear();
  const fix = options.fixAll ? 'all' : options.fix ? 'safe' : undefined;
  // Fixes write, and a policy that is named is judged once.
  if (fix || policy) for (const group of groups) await checkGroup(results, group, { fix, policy, progress });
  else await checkGroups(results, groups, progress);
  progress.clear();
}

/** Throws a Failure where the file cannot be read; whether it is a policy is found out with the rest. */
async function readPolicy(file: string): Promise<NamedPolicy> {
  const text = await readText(resolve(file), direct).catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === 'string') return { file: resolve(file), text };
  throw new Failure(exit.usage, `Cannot read the policy ${printable(file)}: ${text ? reason(text) : 'it is no UTF-8 text'}.`);
}

/** What fails the run is always shown, so `--fail-on hint` shows hints in `pretty` too. */
function leastShown(format: Format, failOn: Options['failOn']): Severity {
  return format !== 'pretty' || failOn === 'hint' ? 'hint' : 'info';
}

async function checkStandardInput(results: Results, file: string, policy: NamedPolicy | undefined): Promise<void> {
  const text = decodeText(await standardInput());
  const root = workspaceAbove(file) ?? dirname(file);
  const name = relative(root, file).replaceAll('\\', '/');
  if (text === undefined) results.trouble('Cannot read standard input: it is no UTF-8 text.');
  else await checkGroup(results, { root, files: [name] }, { policy, given: new Map([[name, text]]) });
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
