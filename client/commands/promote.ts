import { planPromotion } from '../../core/promotion/plan.ts';
import { carryOut, planning } from './carryOut.ts';
import type { Command } from './command.ts';
import { pickRepository, pickTag, pickTarget } from './pick.ts';
import { rowOf } from './rows.ts';

/** Makes a tag name the image that another tag of the same repository names. From the palette, or on the source's row. */
export const promote: Command = {
  name: 'promote',
  async run(parts, argument) {
    const { registries } = parts;
    const row = rowOf(argument, 'tag');
    const at = row ?? (await pickRepository(registries, 'Promote a Tag'));
    if (!at) return;
    const { host, repository } = at;
    const from = row?.tag ?? (await pickTag(registries, at, `Promote a Tag of ${repository}`));
    if (from === undefined) return;
    const to = await pickTarget(registries, at, `Promote ${repository}:${from}`, from);
    if (to === undefined) return;
    const plan = await planning(`Looking at ${from} and ${to}…`, options =>
      planPromotion(registries.at(host), { repository, from, to }, options),
    );
    await carryOut(parts, plan);
  },
};
