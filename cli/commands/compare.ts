import { Command } from 'commander';
import { compareImages } from '../../core/inspection/compare.ts';
import { comparisonReport } from '../../core/inspection/comparisonReport.ts';
import { comparisonDocument } from '../../core/inspection/documents.ts';
import { exit } from '../failure.ts';
import { blocksText } from '../formats/blocks.ts';
import { clone, type RegistryOptions, registryOptions, withImages } from '../registryCommand.ts';
import { layout, write } from '../terminal.ts';
import { Waiting } from '../waiting.ts';

/** `tallyman compare A B`: exit code 0 whether they differ or not, or 3 when a registry, or a part of an image, cannot be read. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('Show what differs between two images: config, labels, platforms, layers, and the commits between them.')
    .argument('<first>', 'host/path:tag or host/path@digest: the older one, or what runs now')
    .argument('<second>', 'the same, in this or another registry');
  return registryOptions(command)
    .addHelpText(
      'after',
      `
The commits are those of the clone around the current folder, where it knows both revisions.

Examples:
  tallyman compare ghcr.io/acme/app:prod ghcr.io/acme/app:staging
  tallyman compare ghcr.io/acme/app:v1.2.0 registry.example.com/mirror/app:v1.2.0 --format json

Exit codes: 0 done, 2 usage, 3 registry trouble.`,
    )
    .action(async (first: string, second: string, options: RegistryOptions) => {
      process.exitCode = await withImages([first, second], options, async ([a, b], { signal }) => {
        if (!a || !b) return exit.usage;
        const waiting = new Waiting(`Reading ${first} and ${second}`);
        const comparison = await waiting.during(compareImages(a, b, { signal, ...(await clone(signal)) }));
        const json = options.format === 'json';
        await write(
          json ? `${JSON.stringify(comparisonDocument(comparison), null, 2)}\n` : blocksText(comparisonReport(comparison), layout()),
        );
        return comparison.a.troubles.length + comparison.b.troubles.length > 0 ? exit.registry : exit.done;
      });
    });
}
