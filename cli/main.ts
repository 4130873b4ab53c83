import { Command, CommanderError } from 'commander';
import { LedgerError } from '../core/promotion/ledger.ts';
import { printable } from '../core/text/printable.ts';
import { version } from '../package.json';
import { checkCommand, spelledFix } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { inspectCommand } from './commands/inspect.ts';
import { newCommand } from './commands/new.ts';
import { promoteCommand } from './commands/promote.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { tagsCommand } from './commands/tags.ts';
import { exit, Failure } from './failure.ts';
import { isWorker } from './parallel.ts';
import { tell } from './terminal.ts';

const program = new Command('tallyman')
  .description('The life of a container image tag: checked in workflows, looked at and moved in registries.')
  .version(version)
  .showHelpAfterError('(tallyman --help says more)');

for (const command of [
  checkCommand(),
  tagsCommand(),
  inspectCommand(),
  compareCommand(),
  promoteCommand(),
  rollbackCommand(),
  newCommand(),
]) {
  program.addCommand(command.showHelpAfterError(`(tallyman ${command.name()} --help says more)`));
}
// Usage errors end with 2 here, not with commander's 1.
for (const command of [program, ...program.commands]) command.exitOverride();

// A reader that went away (`| head`) ends the run quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? undefined : exit.usage);
});

if (!isWorker()) {
  program.parseAsync(process.argv.map(spelledFix)).catch((error: unknown) => {
    process.exitCode = exitCodeOf(error);
  });
}

function exitCodeOf(error: unknown): number {
  // Commander has written its message, or the help that was asked for, itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage;
  if (error instanceof Failure) {
    tell(error.message);
    return error.code;
  }
  if (error instanceof LedgerError) {
    tell(`${error.message} Nothing was written. --ledger FILE names another.`);
    return exit.usage;
  }
  tell(`tallyman: ${printable(error instanceof Error ? error.message : String(error))}. This is a mistake in Tallyman; please report it.`);
  return exit.usage;
}
