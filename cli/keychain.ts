import { homedir } from 'node:os';
import { isAbsolute, relative } from 'node:path';
import { type CredentialChain, credentialChain, triedWords } from '../core/registry/credentials/chain.ts';
import { dockerSource } from '../core/registry/credentials/dockerConfig.ts';

/** Credentials as the command line has them: what `docker login` left, its helpers' included. */
export function cliKeychain(environment: NodeJS.ProcessEnv = process.env): CredentialChain {
  return credentialChain([dockerSource({ outside: () => workspace(process.cwd()), environment })]);
}

/** Where credentials were looked for, as a sentence; `undefined` where nowhere. */
export function triedSentence(keychain: CredentialChain, host: string): string | undefined {
  const words = triedWords(keychain.tried(host));
  return words === '' ? undefined : `Tried: ${words}.`;
}

/** The folder that must not bring programs; none where the person's own home lies in it. */
function workspace(folder: string): readonly string[] {
  const home = relative(folder, homedir());
  return home.startsWith('..') || isAbsolute(home) ? [folder] : [];
}
