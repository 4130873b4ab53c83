import { Command } from 'commander';
import { shortDigest } from '../../core/image/digest.ts';
import { planRollback, type RollbackPlan } from '../../core/promotion/rollback.ts';
import type { TrailEntry } from '../../core/promotion/trail.ts';
import { exit, Failure } from '../failure.ts';
import { table } from '../formats/table.ts';
import { carryOut, ledgerOf, type MoveOptions, moveExitCodes, moveOptions, parseSource, parseTag } from '../move.ts';
import { clone, withRegistry } from '../registryCommand.ts';
import { tell, write } from '../terminal.ts';

interface RollbackOptions extends MoveOptions {
  readonly tag: string;
  readonly to?: string;
}

/** `tallyman rollback REPOSITORY --tag TAG [--to TAG|DIGEST]`. */
export function rollbackCommand(): Command {
  const command = new Command('rollback')
    .description('Move a tag back to the image it named before, as the ledger knows it, or to one that is named.')
    .argument('<repository>', 'host/path, such as ghcr.io/acme/app; without a host it is on Docker Hub')
    .requiredOption('--tag <tag>', 'the tag to roll back', parseTag)
    .option('--to <tag|digest>', 'where to; needed where the ledger does not know', parseSource);
  return moveOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  tallyman rollback ghcr.io/acme/app --tag prod --plan
  tallyman rollback ghcr.io/acme/app --tag prod --yes
  tallyman rollback ghcr.io/acme/app --tag prod --to prod-20261114-1a2b3c4 --yes --expect sha256:4f5c…

--yes needs --expect, unless the ledger has an entry for the tag: then what was last written is expected.
Moving a tag redeploys nothing: running workloads change only when they are redeployed.

${moveExitCodes}`,
    )
    .action(async (name: string, options: RollbackOptions) => {
      process.exitCode = await withRegistry(name, { ...options, writes: true }, async session => {
        const { registry, repository, signal } = session;
        const ledger = ledgerOf(options);
        const { tag, to } = options;
        const request = { repository, tag, ...(to !== undefined && { to }) };
        const found = await planRollback(registry, request, ledger, { signal, ...(await clone(signal)) });
        if (found.status !== 'planned') return unplanned(tag, found, options);
        const { plan, because, lastWritten } = found;
        const expect = options.expect ?? (options.yes ? lastWritten : undefined);
        if (options.yes && expect === undefined && !options.plan) {
          throw new Failure(exit.usage, `--yes needs --expect: the ledger has no entry for \`${tag}\`. It names ${plan.expected} now.`);
        }
        return carryOut({ plan, ...(to === undefined && { because }), ...(expect !== undefined && { expect }) }, options, session, ledger);
      });
    });
}

/** The ledger knows no way back: says what the trail offers, and what is to be named. */
async function unplanned(tag: string, found: Exclude<RollbackPlan, { status: 'planned' }>, { format }: RollbackOptions): Promise<number> {
  const { status, trail } = found;
  if (format === 'json') await write(`${JSON.stringify({ version: 1, ...found }, null, 2)}\n`);
  else if (trail.length > 0) await write(trailText(trail));
  const offer = trail.length > 0 ? 'Its trail is above.' : 'It has no trail tags either.';
  const now = status === 'moved' ? found.found : found.current;
  const ask = now === 'absent' ? 'Name where to go with --to.' : `Name where to go with --to, and add --expect ${now}.`;
  if (status === 'moved') {
    const there = now === 'absent' ? 'no image' : shortDigest(now);
    tell(
      `\`${tag}\` was moved by someone else: the ledger last wrote ${shortDigest(found.lastWritten)}, ${there} is there. Nothing was written. ${offer} ${ask}`,
    );
    return exit.stale;
  }
  tell(`The ledger knows no way back for \`${tag}\`. ${offer} ${ask}`);
  return exit.usage;
}

function trailText(trail: readonly TrailEntry[]): string {
  const notes = { current: 'named now', rolledBack: 'rolled back from before' } as const;
  const rows = trail.map(({ tag, day, digest, note }) => [tag, day, digest, note ? notes[note] : '']);
  return table([['TRAIL', 'DAY', 'DIGEST', ''], ...rows]);
}
