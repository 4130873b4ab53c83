import type { ActionAdapter, ActionFacts, StepReader } from '../stepReader.ts';
import { bake } from './bake.ts';
import { otherBuilders, setupBuildx } from './builders.ts';
import { buildPush } from './buildPush.ts';
import { checkout } from './checkout.ts';
import { commentReaders } from './comments.ts';
import { pushToRegistry, tagPush } from './copies.ts';
import { deployers, dockerRun, ecsDeploy, ecsRender } from './deploys.ts';
import { createEcrRepository } from './ecrRepositories.ts';
import { fileKeepers } from './files.ts';
import { githubBuilder } from './githubBuilder.ts';
import { githubScript } from './githubScript.ts';
import { ecrLogin, login, ownLogins } from './logins.ts';
import { metadata } from './metadata.ts';
import { deletePackageVersions, deleteUntagged, ghcrCleanup, ghcrPrune, namedRemovals, retentionPolicy } from './retention.ts';
import { scriptRunners } from './scripts.ts';
import { attest, notationActions, scanners } from './signing.ts';
import { pushToGhcr, simpleBuilders } from './simpleBuilders.ts';
import { unknownAction } from './unknown.ts';

/** Every action that is understood. */
const adapters: readonly ActionAdapter[] = [
  buildPush,
  metadata,
  bake,
  login,
  ecrLogin,
  ownLogins,
  checkout,
  setupBuildx,
  otherBuilders,
  ...simpleBuilders,
  pushToGhcr,
  pushToRegistry,
  tagPush,
  ...fileKeepers,
  ...commentReaders,
  ...deployers,
  ecsRender,
  ecsDeploy,
  dockerRun,
  attest,
  ...notationActions,
  scanners,
  ...scriptRunners,
  githubBuilder,
  githubScript,
  createEcrRepository,
  deletePackageVersions,
  ghcrCleanup,
  retentionPolicy,
  ghcrPrune,
  deleteUntagged,
  ...namedRemovals,
];

const byName = new Map(adapters.flatMap(adapter => adapter.names.map(name => [name.toLowerCase(), adapter] as const)));

/** The adapter for `owner/name@version`, whatever the version, or `docker://image`. */
export function actionAdapter(uses: string): ActionAdapter | undefined {
  if (uses.startsWith('docker://')) return imageAction;
  const at = uses.indexOf('@');
  return byName.get((at < 0 ? uses : uses.slice(0, at)).trim().toLowerCase());
}

/** `docker://alpine:3.20`: the runner starts the image for the step. */
const imageAction: ActionAdapter = {
  names: [],
  read(step) {
    const reference = step.usesText();
    return { facts: reference ? [{ kind: 'pull', at: reference.span, reference, purpose: 'container' }] : [] };
  },
};

/** What may be said of an action that has no adapter and cannot be read. */
export function unreadAction(step: StepReader): ActionFacts {
  return { facts: unknownAction(step) };
}
