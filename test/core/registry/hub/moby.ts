import { afterEach, beforeEach } from 'vitest';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { ConnectOptions } from '../../../../core/registry/providers/provider.ts';
import type { Credentials, Registry } from '../../../../core/registry/registry.ts';
import { type HubOptions, type RunningHub, startDockerHub } from '../../../fakes/dockerHub/server.ts';
import { keychainOf } from '../asking.ts';

/** The personal access token in these tests: no message may ever hold it. */
export const secret = 'dckr_pat_Zm9yTmVpdGhlckxvZ3NOb3JFeWVz';
export const moby: Credentials = { kind: 'basic', username: 'moby', password: secret };

export interface Stage {
  readonly hub: RunningHub;
  /** A client of the stand-in with moby's token. */
  open(changes?: ConnectOptions): Registry;
  /** The same for nobody. */
  anonymous(changes?: ConnectOptions): Registry;
}

/** Stand-ins for Docker Hub before each test, where moby has an account. */
export function stage(options: HubOptions = {}): Stage {
  let hub: RunningHub;
  beforeEach(async () => {
    hub = await startDockerHub(options);
    hub.state.users.set('moby', secret);
  });
  afterEach(() => hub.stop());
  const open = (changes: ConnectOptions = {}) => {
    const { registry, api } = hub;
    return connect(registry.host, {
      kind: 'dockerHub',
      api: api.url,
      keychain: keychainOf({ [registry.host]: moby }),
      timeout: 3000,
      ...changes,
    });
  };
  return {
    get hub() {
      return hub;
    },
    open,
    anonymous: changes => open({ keychain: keychainOf({}), ...changes }),
  };
}
