import * as vscode from 'vscode';
import { troubleOf } from '../trouble.ts';
import { clearFilter, filterRepository, sortRepository } from './arrange.ts';
import { awsLogin } from './awsLogin.ts';
import { cleanUpPreviews } from './cleanUpPreviews.ts';
import { clearCache } from './clearCache.ts';
import type { Command, Parts } from './command.ts';
import { compareImages, compareWithSelected, selectForCompare } from './compareImages.ts';
import { connectRegistry, nameRepository } from './connectRegistry.ts';
import { copyByDigest, copyDigest } from './copyDigest.ts';
import { copyPullCommand } from './copyPullCommand.ts';
import { copyReference } from './copyReference.ts';
import { inspectImage } from './inspectImage.ts';
import { newWorkflow } from './newWorkflow.ts';
import { openUse } from './openUse.ts';
import { openWebPage } from './openWebPage.ts';
import { pinRepository, unpinRepository } from './pinRepository.ts';
import { promote } from './promote.ts';
import { refresh, refreshItem, retry, showMore } from './refresh.ts';
import { deleteImage, removeTag } from './removeImage.ts';
import { removeRegistry } from './removeRegistry.ts';
import { restartServer } from './restartServer.ts';
import { rollback } from './rollback.ts';
import { copyManifest, showManifest } from './showManifest.ts';
import { showRule } from './showRule.ts';
import { showTrouble } from './showTrouble.ts';
import { signIn } from './signIn.ts';
import { trustRealm } from './trustRealm.ts';

export const commands: readonly Command[] = [
  connectRegistry,
  nameRepository,
  signIn,
  awsLogin,
  trustRealm,
  removeRegistry,
  refresh,
  refreshItem,
  retry,
  showMore,
  sortRepository,
  filterRepository,
  clearFilter,
  clearCache,
  openUse,
  showTrouble,
  copyReference,
  copyDigest,
  copyByDigest,
  copyPullCommand,
  openWebPage,
  inspectImage,
  showManifest,
  copyManifest,
  compareImages,
  selectForCompare,
  compareWithSelected,
  pinRepository,
  unpinRepository,
  removeTag,
  deleteImage,
  cleanUpPreviews,
  promote,
  rollback,
  newWorkflow,
  showRule,
  restartServer,
];

/** Registers every command; what one throws is told to the user in a sentence. */
export function registerCommands(parts: Parts): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(({ name, run }) =>
      vscode.commands.registerCommand(`tallyman.${name}`, async (argument: unknown, selection: unknown) => {
        try {
          await run(parts, argument, selection);
        } catch (error) {
          if (error instanceof vscode.CancellationError) return;
          parts.log.error(error instanceof Error ? error : String(error));
          void vscode.window.showErrorMessage(troubleOf(error).message);
        }
      }),
    ),
  );
}
