import { Command } from 'commander';
import { inspectionDocument } from '../../core/inspection/documents.ts';
import { inspect } from '../../core/inspection/inspect.ts';
import { inspectionReport } from '../../core/inspection/inspectionReport.ts';
import { exit } from '../failure.ts';
import { blocksText } from '../formats/blocks.ts';
import { type RegistryOptions, registryOptions, withImages } from '../registryCommand.ts';
import { layout, write } from '../terminal.ts';
import { Waiting } from '../waiting.ts';

/** `tallyman inspect REFERENCE`: exit code 0, or 3 when the registry, or a part of the image, cannot be read. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('Show what an image holds: platforms, config, layers, and what is attached to it.')
    .argument('<reference>', 'host/path:tag or host/path@digest; without either it is the tag latest');
  return registryOptions(command)
    .addHelpText(
      'after',
      `
Nothing is pulled but manifests and configs, and nothing is verified but digests.

Examples:
  tallyman inspect ghcr.io/acme/app:prod
  tallyman inspect 127.0.0.1:5000/team/api:v1.2.0 --format json

Exit codes: 0 done, 2 usage, 3 registry trouble.`,
    )
    .action(async (name: string, options: RegistryOptions) => {
      process.exitCode = await withImages([name], options, async ([target], { signal }) => {
        if (!target) return exit.usage;
        const waiting = new Waiting(`Reading ${name}`);
        const inspection = await waiting.during(inspect(target.registry, target.repository, target.reference, { signal }));
        const json = options.format === 'json';
        await write(
          json ? `${JSON.stringify(inspectionDocument(inspection), null, 2)}\n` : blocksText(inspectionReport(inspection), layout()),
        );
        return inspection.troubles.length > 0 ? exit.registry : exit.done;
      });
    });
}
