// The benchmark tables. Run by `npm run bench`; names of tables as arguments choose some of them.
import { commandTimes } from './commandLine.ts';
import { editTimes, liveTimes } from './edits.ts';
import { fileTimes, ruleTimes } from './files.ts';
import { fileGrowth, memory, workspaceGrowth } from './growth.ts';
import { labelTable } from './labels.ts';
import { dayTimes, registryTimes, repositoryTimes } from './registries.ts';

const tables = {
  files: fileTimes,
  rules: ruleTimes,
  growth: fileGrowth,
  workspace: workspaceGrowth,
  edits: editTimes,
  live: liveTimes,
  command: commandTimes,
  memory,
  labels: labelTable,
  registries: registryTimes,
  repositories: repositoryTimes,
  day: dayTimes,
} as const satisfies Record<string, () => void | Promise<void>>;

const names = process.argv.slice(2);
const unknown = names.filter(name => !(name in tables));
if (unknown.length > 0) {
  process.stderr.write(`There is no table ${unknown.join(', ')}. Tables: ${Object.keys(tables).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(tables)) if (names.length === 0 || names.includes(name)) await run();
}
