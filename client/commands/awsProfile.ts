import * as vscode from 'vscode';
import { ecrPlace } from '../../core/registry/ecr/hosts.ts';
import { type AwsProfile, awsProfiles } from '../../core/registry/ecr/profiles.ts';
import { printable } from '../../core/text/printable.ts';
import { withoutSymbols } from '../trouble.ts';
import type { Parts } from './command.ts';

const sources: Readonly<Record<AwsProfile['source'], string>> = {
  session: 'IAM Identity Center',
  role: 'assumes a role',
  login: 'aws login',
  keys: 'access keys',
  program: 'credential_process',
  nothing: 'no credentials of its own',
};

/** True for a registry of Amazon ECR, by its name or by the person's settings. */
export function isEcr({ registries }: Parts, host: string): boolean {
  return ecrPlace(host) !== undefined || registries.settings(host).kind === 'ecr';
}

/** Asks which profile is used for a registry of Amazon ECR, and keeps the answer in the setting. True where there is a reason to try again. */
export async function chooseProfile({ registries }: Parts, host: string): Promise<boolean> {
  const account = ecrPlace(host)?.account;
  const current = registries.settings(host).aws?.profile;
  const profiles = await awsProfiles();
  const own = (profile: AwsProfile) => Number(profile.account === account && account !== undefined);
  const items: (vscode.QuickPickItem & { readonly profile?: string })[] = [...profiles]
    .sort((a, b) => own(b) - own(a))
    .map(profile => ({
      label: `$(account) ${withoutSymbols(printable(profile.name))}`,
      description: [sources[profile.source], profile.account, profile.name === current ? 'in use' : ''].filter(Boolean).join(' · '),
      profile: profile.name,
    }));
  items.push({
    label: '$(refresh) Look Again',
    detail: 'After the environment or the AWS configuration changed: aws configure sso, aws login.',
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: `AWS profile for ${host}`,
    placeHolder: profiles.length === 0 ? 'There are no profiles yet; aws configure sso makes one.' : 'Which profile may see this registry?',
    ignoreFocusOut: true,
  });
  if (!picked) return false;
  if (picked.profile !== undefined) await registries.useProfile(host, picked.profile);
  registries.forget(host);
  return true;
}
