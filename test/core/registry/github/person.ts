import { afterEach, beforeEach } from 'vitest';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { ConnectOptions } from '../../../../core/registry/providers/provider.ts';
import type { Credentials, Registry } from '../../../../core/registry/registry.ts';
import { type RunningGitHub, startGitHub } from '../../../fakes/github/server.ts';
import type { Scope } from '../../../fakes/github/state.ts';
import { keychainOf } from '../asking.ts';

/** The token of the person in these tests: no message may ever hold it. */
export const token = 'ghp_Zm9yTmVpdGhlckxvZ3NOb3JFeWVz';
export const octocat: Credentials = { kind: 'basic', username: 'octocat', password: token };

/** Octocat, with a token of these scopes, and the organisation acme that they are in. */
export function populate({ state }: RunningGitHub, scopes: readonly Scope[] = ['read:packages', 'delete:packages', 'read:org']): void {
  state.accounts.set('octocat', { kind: 'User', memberOf: ['acme'] });
  state.accounts.set('acme', { kind: 'Organization' });
  state.tokens.set(token, { login: 'octocat', scopes });
}

export interface Stage {
  readonly github: RunningGitHub;
  /** A client of the stand-in with octocat's token. */
  open(changes?: ConnectOptions): Registry;
}

/** Stand-ins for GitHub before each test, with octocat and acme. */
export function stage(): Stage {
  let github: RunningGitHub;
  beforeEach(async () => {
    github = await startGitHub();
    populate(github);
  });
  afterEach(() => github.stop());
  return {
    get github() {
      return github;
    },
    open(changes = {}) {
      const { registry, api } = github;
      const keychain = keychainOf({ [registry.host]: octocat });
      return connect(registry.host, { kind: 'ghcr', api: api.url, keychain, timeout: 3000, ...changes });
    },
  };
}
