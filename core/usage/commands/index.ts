import { literal } from '../../image/template.ts';
import type { ShellCommand } from '../../shell/interpret.ts';
import type { Fact } from '../usage.ts';
import { buildctl } from './builders/buildctl.ts';
import { java } from './builders/java.ts';
import { apko, kaniko, pack } from './builders/kaniko.ts';
import { ko } from './builders/ko.ts';
import { aws } from './clouds/aws.ts';
import { az } from './clouds/azure.ts';
import { gcloud } from './clouds/gcloud.ts';
import { caprover, cloudFoundry, doctl, dokku, fly, heroku, terraform } from './clouds/platforms.ts';
import type { CommandAdapter, CommandContext } from './command.ts';
import { envsubst } from './deploys/envsubst.ts';
import { helm } from './deploys/helm.ts';
import { kubectl } from './deploys/kubectl.ts';
import { argocd, kustomize } from './deploys/kustomize.ts';
import { sed } from './deploys/sed.ts';
import { jq, yq } from './deploys/yq.ts';
import { depot, docker, dockerCompose } from './docker/index.ts';
import { opaqueCommand } from './opaque/index.ts';
import { curl } from './registries/apis.ts';
import { crane } from './registries/crane.ts';
import { oras } from './registries/oras.ts';
import { regctl } from './registries/regctl.ts';
import { cosign, gh, notation, slsaVerifier } from './registries/signing.ts';
import { skopeo } from './registries/skopeo.ts';

/** Every program that is understood. */
const adapters: readonly CommandAdapter[] = [
  docker,
  dockerCompose,
  depot,
  skopeo,
  crane,
  regctl,
  oras,
  cosign,
  notation,
  gh,
  slsaVerifier,
  curl,
  kubectl,
  helm,
  kustomize,
  argocd,
  sed,
  envsubst,
  yq,
  jq,
  aws,
  gcloud,
  az,
  fly,
  terraform,
  doctl,
  heroku,
  cloudFoundry,
  caprover,
  dokku,
  kaniko,
  pack,
  apko,
  ko,
  java,
  buildctl,
];

const byName = new Map(adapters.flatMap(adapter => adapter.names.map(name => [name, adapter] as const)));

/** What a command does with images. A call of a function, or of a script that is read, does nothing itself: its commands follow. */
export function commandFacts(command: ShellCommand, context: CommandContext): readonly Fact[] {
  if (command.isFunction || command.isFollowed) return [];
  const word = literal(command.words[0]?.template ?? []);
  // The first word may be a path.
  const adapter = word === undefined ? undefined : byName.get(word.slice(word.lastIndexOf('/') + 1));
  const facts = adapter?.read(command, context) ?? [];
  if (facts.length > 0 || (adapter && adapter !== java)) return facts;
  const opaque = opaqueCommand(command, context);
  return opaque ? [opaque] : [];
}

/** Whether the program's commands are read. */
export function isReadProgram(name: string): boolean {
  return byName.has(name);
}
