import * as vscode from 'vscode';
import { shortDigest } from '../../core/image/digest.ts';
import { planRollback } from '../../core/promotion/rollback.ts';
import type { TrailEntry } from '../../core/promotion/trail.ts';
import { carryOut, planning } from './carryOut.ts';
import type { Command } from './command.ts';
import { pickRepository, pickTag } from './pick.ts';
import { rowOf } from './rows.ts';

/** Makes a tag name the image that it named before: the ledger's, or one that the user chooses from the tag's trail. */
export const rollback: Command = {
  name: 'rollback',
  async run(parts, argument) {
    const { registries, ledger } = parts;
    const row = rowOf(argument, 'tag');
    const at = row ?? (await pickRepository(registries, 'Roll Back a Tag'));
    if (!at) return;
    const { host, repository } = at;
    const tag = row?.tag ?? (await pickTag(registries, at, `Roll Back a Tag of ${repository}`));
    if (tag === undefined) return;
    const plan = (to?: string) =>
      planning(`Looking at where ${tag} was…`, options =>
        planRollback(registries.at(host), { repository, tag, ...(to !== undefined && { to }) }, ledger, options),
      );
    let found = await plan();
    if (found.status !== 'planned') {
      const why =
        found.status === 'moved'
          ? `Someone else moved ${tag} since it was last written from here.`
          : `Nothing was written from here that ${tag} could go back to.`;
      const to = await pickTrail(tag, why, found.trail);
      if (to === undefined) return;
      found = await plan(to);
    }
    if (found.status === 'planned') await carryOut(parts, found.plan);
  },
};

async function pickTrail(tag: string, why: string, trail: readonly TrailEntry[]): Promise<string | undefined> {
  const elsewhere = trail.filter(({ note }) => note !== 'current');
  if (elsewhere.length === 0) {
    throw new Error(`${why} It has no trail tags such as ${tag}-20260131-1a2b3c4 either. Promote the tag or digest that you want instead.`);
  }
  const items = elsewhere.map(entry => ({
    label: `$(history) ${entry.day}`,
    description: `${shortDigest(entry.digest)}${entry.note === 'rolledBack' ? ', rolled back from before' : ''}`,
    detail: entry.tag,
    entry,
  }));
  const title = `Roll Back ${tag}`;
  // By digest: what was chosen is what is written, even where the trail tag moves meanwhile.
  return (await vscode.window.showQuickPick(items, { title, placeHolder: `${why} Choose where to.` }))?.entry.digest;
}
