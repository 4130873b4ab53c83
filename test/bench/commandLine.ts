import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { built } from '../fakes/built.ts';
import { folderWith } from '../server/client.ts';
import { median, table } from './measure.ts';
import { files } from './workflows.ts';

const root = join(import.meta.dirname, '..', '..');

/** Milliseconds from start to end, and of the processor. */
interface Cost {
  readonly wall: number;
  readonly processor: number;
}

// A process knows best what it and its threads cost; it says so on a file of its own when it ends.
const saysItsCost = `data:text/javascript,${encodeURIComponent(
  'import { writeSync } from "node:fs"; import { isMainThread } from "node:worker_threads"; if (isMainThread) process.on("exit", () => { const { user, system } = process.cpuUsage(); writeSync(3, String(user + system)); });',
)}`;

/** Node as a process of its own, as a user would start it. */
function run(args: readonly string[], cwd: string): Cost {
  const started = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, ['--import', saysItsCost, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(stderr || `exit code ${status}`);
  return { wall: performance.now() - started, processor: Number(output[3]) / 1000 };
}

function medianOf(times: number, args: readonly string[], cwd: string): Cost {
  const costs = Array.from({ length: times }, () => run(args, cwd));
  return { wall: median(costs.map(({ wall }) => wall)), processor: median(costs.map(({ processor }) => processor)) };
}

/** A program that reads every workflow below the folder it is started in, and parses it as YAML. */
async function parseOnly(folder: string): Promise<string> {
  const outfile = join(folder, 'parse.cjs');
  const contents = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { parseDocument } from 'yaml';
    for (const file of readdirSync('.', { recursive: true, encoding: 'utf8' })) {
      if (/\\.ya?ml$/.test(file)) parseDocument(readFileSync(file, 'utf8'), { prettyErrors: false });
    }`;
  await build({ stdin: { contents, resolveDir: root }, outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
  return outfile;
}

/** `tallyman check` over many files and over one, start-up included, against a program that only parses. */
export async function commandTimes(): Promise<void> {
  const cli = await built('cli');
  const check = [cli, 'check', '--fail-on', 'never', '--format', 'json'];
  const tools = folderWith({});
  const parse = await parseOnly(tools);
  const many = folderWith(
    Object.fromEntries(
      Array.from({ length: 1500 }, (_, index) => {
        const { text } = files[index % files.length] as (typeof files)[number];
        return [`repository${Math.floor(index / 10)}/.github/workflows/w${index % 10}.yml`, text] as const;
      }),
    ),
  );
  const one = folderWith({});
  writeFileSync(join(one, 'workflow.yml'), files.find(({ text }) => text.length > 2000)?.text ?? '');
  const rows = [
    ['1,500 files', medianOf(3, [parse], many), medianOf(3, [...check, '.'], many)],
    ['one file', medianOf(9, [parse], one), medianOf(9, [...check, 'workflow.yml'], one)],
  ] as const;
  table('The command line, milliseconds from start to end and of the processor', [
    ['', 'only parsed', 'processor', 'checked', 'processor', 'ratio'],
    ...rows.map(([name, bare, checked]) => [name, bare.wall, bare.processor, checked.wall, checked.processor, checked.wall / bare.wall]),
  ]);
  for (const folder of [tools, many, one]) rmSync(folder, { recursive: true });
}
