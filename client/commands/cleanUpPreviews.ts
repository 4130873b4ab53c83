import * as vscode from 'vscode';
import type { PullRequest } from '../../core/github/pullRequests.ts';
import { tagKind } from '../../core/image/tagKind.ts';
import { RegistryError } from '../../core/registry/errors.ts';
import type { Removal } from '../../core/removal/model.ts';
import { type CleanUp, type Preview, planCleanUp, previewNumber, previewsIn } from '../../core/removal/previews.ts';
import { survey } from '../../core/removal/survey.ts';
import { describeCleanUp } from '../../core/removal/words.ts';
import { plain, troubleOf, withoutSymbols } from '../trouble.ts';
import type { Command, Parts } from './command.ts';
import { repositoryOf } from './images.ts';
import { pickRepository, type Repository } from './pick.ts';
import { confirm } from './removeImage.ts';
import { applyAll, surveying } from './removing.ts';

interface Item extends vscode.QuickPickItem {
  readonly removal: Removal;
}

const title = 'Clean Up Previews';

/** Removes what closed pull requests left behind: shows the list, asks, and removes only what was listed and is still the same. */
export const cleanUpPreviews: Command = {
  name: 'cleanUpPreviews',
  async run(parts, argument) {
    const { registries } = parts;
    const at = repositoryOf(registries, argument) ?? (await pickRepository(registries, title));
    if (!at) return;
    const { abilities } = registries.at(at.host);
    if (!abilities.remove && !abilities.untag) throw new Error(`${at.host} does not let images be deleted from here.`);
    const looked = await look(parts, at);
    if (!looked) return;
    const { plan, kept } = looked.cleanUp;
    if (plan.removals.length === 0) {
      const open = kept.length === 1 ? 'The one preview there stays' : `All ${kept.length} previews stay`;
      void vscode.window.showInformationMessage(`Nothing is left over in ${at.repository}. ${open}: ${plain(kept[0]?.because ?? '')}.`);
      return;
    }
    const removals = await choose(at, looked.cleanUp, looked.pulls);
    if (removals.length === 0) return;
    const chosen = { ...plan, removals };
    const lines = removals.flatMap(removal => removal.tags.map(tag => `• ${tag} (${pullWords(tag, looked.pulls)})`));
    const question = `Remove ${lines.length} ${lines.length === 1 ? 'preview' : 'previews'} from ${at.host}/${at.repository}`;
    if (!(await confirm(parts, question, ['These tags go:', ...lines, '', 'This cannot be undone.'], 'Remove'))) return;
    const ended = await applyAll(parts, chosen, title);
    const { done, sentences } = describeCleanUp(chosen, ended);
    const message = plain(sentences.join(' '));
    if (done) void vscode.window.showInformationMessage(message);
    else void vscode.window.showErrorMessage(message);
  },
};

/** What is there and which of it is left over; `undefined` where there are no previews, or nobody tells their pull requests. */
async function look(parts: Parts, at: Repository): Promise<{ cleanUp: CleanUp; pulls: ReadonlyMap<number, PullRequest> } | undefined> {
  const { registries, pullRequests } = parts;
  const { host, repository } = at;
  const registry = registries.at(host);
  return surveying(parts, `Looking at the previews of ${repository}`, async ({ signal, protection, ...options }) => {
    const asked = signal ? { signal } : {};
    const found = await survey(registry, repository, { ...options, ...asked });
    const previews = previewsIn(found);
    if (previews.length === 0) {
      void vscode.window.showInformationMessage(`${repository} has no tags of pull requests.`);
      return undefined;
    }
    // A stranger's pull request may have built its preview with a label of its own; what an environment runs was looked at by somebody.
    const trusted = [...found.tags].flatMap(([tag, digest]) => (['environment', 'latest'].includes(tagKind(tag)) ? [{ digest }] : []));
    const source = await sourceOf(parts, at, [...trusted.slice(0, 3), ...previews.slice(0, 3)], asked);
    const numbers = [...new Set(previews.map(({ number }) => number))];
    const pulls = await pullRequests({ host, ...(source !== undefined && { source }) }, numbers, asked);
    if (pulls.size === 0) {
      void vscode.window.showWarningMessage(
        'Which pull requests are closed is not known: sign in to GitHub, and see that the images say where they come from (the label org.opencontainers.image.source).',
      );
      return undefined;
    }
    const protectedTags = await protection?.(`${host}/${repository}`, [...found.tags.keys()]);
    return { cleanUp: planCleanUp(registry, repository, found, pulls, protectedTags), pulls };
  });
}

/** Where the first of these images that can be read says that it comes from. */
async function sourceOf(
  { registries, log }: Parts,
  { host, repository }: Repository,
  images: readonly Pick<Preview, 'digest'>[],
  options: { readonly signal?: AbortSignal },
): Promise<string | undefined> {
  for (const { digest } of images) {
    try {
      const source = (await registries.image(host, repository, digest, options))?.source;
      if (source !== undefined) return source;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      log.warn(troubleOf(error).message);
    }
  }
  return undefined;
}

/** Shows what would go, all of it chosen; what stays is named in the title. */
async function choose(
  { repository }: Repository,
  { plan, kept }: CleanUp,
  pulls: ReadonlyMap<number, PullRequest>,
): Promise<readonly Removal[]> {
  const items = plan.removals.map(
    (removal): Item => ({
      label: `$(git-pull-request) ${removal.tags.join(', ')}`,
      description: withoutSymbols(pullWords(removal.tags[0] ?? '', pulls)),
      detail: removal.deletes ? 'the image is deleted' : 'only the tag goes; other tags name the image',
      picked: true,
      removal,
    }),
  );
  const stay = kept.length === 0 ? '' : `; ${kept.length} ${kept.length === 1 ? 'stays' : 'stay'}`;
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title}: ${repository}`,
    placeHolder: `Left over from closed pull requests${ofRepository(pulls)}${stay}`,
    canPickMany: true,
    matchOnDescription: true,
  });
  return chosen?.map(({ removal }) => removal) ?? [];
}

/** ` of acme/shop`: whose pull requests were asked for. */
function ofRepository(pulls: ReadonlyMap<number, PullRequest>): string {
  const page = [...pulls.values()].find(({ url }) => url !== undefined)?.url;
  const [, owner, name] = page === undefined ? [] : new URL(page).pathname.split('/');
  return owner && name ? ` of ${plain(`${owner}/${name}`)}` : '';
}

function pullWords(tag: string, pulls: ReadonlyMap<number, PullRequest>): string {
  const pull = pulls.get(previewNumber(tag) ?? 0);
  return pull ? `#${pull.number} ${pull.title}, ${pull.state}` : '';
}
