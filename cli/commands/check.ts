import { dirname, join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { lintFile } from '../../core/lint.ts';
import { type Finding, type Severity, severities, severityRank } from '../../core/rules/finding.ts';
import type { LineMap } from '../../core/text/lines.ts';
import { printable } from '../../core/text/printable.ts';
import type { Place } from '../../core/text/span.ts';
import { diskTree, readText } from '../../core/workspace/disk.ts';
import { fileKind } from '../../core/workspace/paths.ts';
import { search } from '../../core/workspace/search.ts';
import { decodeText, maximumRead } from '../../core/workspace/tree.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { discover, type Group, reason, workspaceAbove } from '../discover.ts';
import { json } from '../formats/json.ts';
import { pretty } from '../formats/pretty.ts';
import type { Report } from '../formats/report.ts';
import { layout, tell, write } from '../terminal.ts';

interface Options {
  readonly format: 'pretty' | 'json';
  readonly minSeverity?: Severity;
  readonly failOn: Severity | 'never';
  readonly stdin?: true;
  readonly path?: string;
}

/** Folders that are searched for the other files of a workspace when only one of its files was named. */
const maximumContextFolders = 2000;

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
    .option('--stdin', 'check the text on standard input in place of a file; needs --path')
    .option('--path <path>', 'where the text of --stdin lies, or would lie')
    .addHelpText('after', '\nExit codes: 0 done, 1 findings at or above --fail-on, 2 usage or a path that cannot be read.')
    .action(async (paths: string[], options: Options, command: Command) => {
      if (options.stdin && options.path === undefined)
        command.error('error: --stdin needs --path: rules depend on where a workflow lies', { exitCode: 2 });
      if (!options.stdin && options.path !== undefined)
        command.error('error: --path says where the text of --stdin lies; name files as plain arguments', { exitCode: 2 });
      if (options.stdin && paths.length > 0) command.error('error: --stdin checks one text; leave out the paths', { exitCode: 2 });
      process.exitCode = await check(paths, options);
    });
}

async function check(paths: readonly string[], { format, minSeverity, failOn, stdin, path }: Options): Promise<number> {
  const cwd = process.cwd();
  const problems: string[] = [];
  const results = new Results(cwd);
  if (stdin && path !== undefined) {
    const text = decodeText(await standardInput());
    const file = resolve(cwd, path);
    const root = workspaceAbove(file) ?? dirname(file);
    const name = relative(root, file).replaceAll('\\', '/');
    if (text === undefined) problems.push('Cannot read standard input: it is no UTF-8 text.');
    else await results.add({ root, files: [name] }, problems, new Map([[name, text]]));
  } else {
    const { groups, unreadable, empty } = await discover(paths, cwd);
    problems.push(...unreadable);
    for (const folder of empty) tell(`Nothing to check in ${printable(folder)}: it holds no workflow and no other YAML file.`);
    for (const group of groups) await results.add(group, problems);
  }
  const least = minSeverity ?? leastShown(format, failOn);
  const report = results.report(least);
  await write(format === 'json' ? json(report) : pretty(report, layout()));
  for (const problem of problems) tell(printable(problem));
  if (problems.length > 0) return 2;
  return failOn !== 'never' && results.findings.some(({ severity }) => severityRank(severity) <= severityRank(failOn)) ? 1 : 0;
}

/** What fails the run is always shown, so `--fail-on hint` shows hints in `pretty` too. */
function leastShown(format: Options['format'], failOn: Options['failOn']): Severity {
  return format === 'json' || failOn === 'hint' ? 'hint' : 'info';
}

/** Findings of several workspaces under the paths that are shown. */
class Results {
  readonly findings: Finding[] = [];
  readonly #cwd: string;
  readonly #lines = new Map<string, LineMap>();
  #files = 0;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** Checks a group's files; the other files of its workspace are read too, since rules look across them. */
  async add({ root, files }: Group, problems: string[], given: ReadonlyMap<string, string> = new Map()): Promise<void> {
    const workspace = new Workspace();
    const tree = diskTree(root);
    const isWorkspace = files.some(path => workspaceAbove(join(root, path)) === root);
    const wanted = (path: string) => fileKind(path) !== undefined;
    for (const path of isWorkspace ? await search(tree, { wanted, maximumFolders: maximumContextFolders }) : []) {
      const text = files.includes(path) ? undefined : await tree.read(path);
      if (text !== undefined) workspace.set(path, text);
    }
    const checked: string[] = [];
    for (const path of files) {
      const shown = this.#shown(root, path);
      const text = given.get(path) ?? (await readText(join(root, path)).catch((error: NodeJS.ErrnoException) => error));
      if (text instanceof Error) problems.push(`Cannot read ${shown}: ${reason(text)}.`);
      else if (text === undefined) problems.push(`Cannot read ${shown}: it is no UTF-8 text.`);
      else {
        workspace.set(path, text);
        checked.push(path);
      }
    }
    const moved = <T extends Place>(place: T): T => ({ ...place, path: this.#shown(root, place.path) });
    for (const path of checked) {
      this.#files += 1;
      for (const finding of this.#lint(workspace, path, this.#shown(root, path), problems)) {
        const { related, fix } = finding;
        this.findings.push({
          ...moved(finding),
          related: related.map(moved),
          ...(fix && { fix: { ...fix, edits: fix.edits.map(moved) } }),
        });
        for (const place of [finding, ...related, ...(fix?.edits ?? [])]) {
          const lines = workspace.lines(place.path);
          if (lines) this.#lines.set(this.#shown(root, place.path), lines);
        }
      }
    }
  }

  report(least: Severity): Report {
    const hidden: Partial<Record<Severity, number>> = {};
    const findings = this.findings.filter(({ severity }) => {
      const shown = severityRank(severity) <= severityRank(least);
      if (!shown) hidden[severity] = (hidden[severity] ?? 0) + 1;
      return shown;
    });
    findings.sort((a, b) => compare(a.path, b.path) || a.span.start - b.span.start || a.span.end - b.span.end || compare(a.rule, b.rule));
    return { files: this.#files, findings, hidden, lines: path => this.#lines.get(path) };
  }

  // One file that we stumble over must not cost the findings of the others.
  #lint(workspace: Workspace, path: string, shown: string, problems: string[]): readonly Finding[] {
    try {
      return lintFile(workspace, path);
    } catch (error) {
      problems.push(`Cannot check ${shown}: ${error instanceof Error ? error.message : String(error)}. This is a mistake in Tallyman.`);
      return [];
    }
  }

  #shown(root: string, path: string): string {
    return relative(this.#cwd, join(root, path)).replaceAll('\\', '/');
  }
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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
