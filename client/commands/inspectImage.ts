import { inspect } from '../../core/inspection/inspect.ts';
import { inspectionReport } from '../../core/inspection/inspectionReport.ts';
import { markdown } from '../../core/inspection/markdown.ts';
import { planning } from './carryOut.ts';
import type { Command } from './command.ts';
import { imageFor, nameOf } from './images.ts';

/** All there is about an image on one page: platforms, config, layers, what is attached. */
export const inspectImage: Command = {
  name: 'inspectImage',
  async run({ registries, pages }, argument) {
    const image = await imageFor(registries, argument, 'Inspect an Image');
    if (!image) return;
    const { host, repository, reference } = image;
    const found = await planning(`Reading ${nameOf(image)}…`, ({ signal }) =>
      inspect(registries.at(host), repository, reference, signal ? { signal } : {}),
    );
    await pages.showMarkdown(nameOf(image), markdown(inspectionReport(found)));
  },
};
