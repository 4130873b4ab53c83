import { Command } from 'commander';
import { planPromotion } from '../../core/promotion/plan.ts';
import { exit, Failure } from '../failure.ts';
import { carryOut, ledgerOf, type MoveOptions, moveExitCodes, moveOptions, parseSource, parseTag } from '../move.ts';
import { clone, withRegistry } from '../registryCommand.ts';

interface PromoteOptions extends MoveOptions {
  readonly from: string;
  readonly to: string;
}

/** `tallyman promote REPOSITORY --from TAG|DIGEST --to TAG`. */
export function promoteCommand(): Command {
  const command = new Command('promote')
    .description('Move a tag to an image of the same repository, byte for byte: plan, confirm, write, read back.')
    .argument('<repository>', 'host/path, such as ghcr.io/acme/app; without a host it is on Docker Hub')
    .requiredOption('--from <tag|digest>', 'the image to promote', parseSource)
    .requiredOption('--to <tag>', 'the tag to move', parseTag);
  return moveOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  tallyman promote ghcr.io/acme/app --from staging --to prod --plan
  tallyman promote ghcr.io/acme/app --from v1.4.2 --to prod
  tallyman promote ghcr.io/acme/app --from staging --to prod --yes --expect sha256:4f5c…

--yes needs --expect. Moving a tag redeploys nothing: running workloads change only when they are redeployed.

${moveExitCodes}`,
    )
    .action(async (name: string, options: PromoteOptions) => {
      if (options.yes && options.expect === undefined && !options.plan) {
        throw new Failure(exit.usage, '--yes needs --expect: the digest that the tag must name now, or "absent". --plan shows it.');
      }
      process.exitCode = await withRegistry(name, { ...options, writes: true }, async session => {
        const { registry, repository, signal } = session;
        const request = { repository, from: options.from, to: options.to };
        const plan = await planPromotion(registry, request, { signal, ...(await clone(signal)) });
        const { expect } = options;
        return carryOut({ plan, ...(expect !== undefined && { expect }) }, options, session, ledgerOf(options));
      });
    });
}
