import { type Served, serve } from '../serve.ts';
import { ghcrRegistry, type Quirks } from './registry.ts';
import { rest } from './rest.ts';
import { GitHubState } from './state.ts';

export interface RunningGitHub {
  /** The REST and GraphQL API. */
  readonly api: Served;
  /** The registry, as ghcr.io is one. */
  readonly registry: Served;
  readonly state: GitHubState;
  readonly quirks: Quirks;
  stop(): Promise<void>;
}

export interface GitHubOptions {
  /** `/api/v3` for a GitHub Enterprise server. */
  readonly prefix?: string;
}

/** Starts stand-ins for api.github.com and ghcr.io on loopback: two servers over one state, with nobody and nothing in it. */
export async function startGitHub({ prefix = '' }: GitHubOptions = {}): Promise<RunningGitHub> {
  const state = new GitHubState();
  const quirks: Quirks = { referrers: 'missing' };
  const distribution = ghcrRegistry(state, quirks);
  const [api, registry] = await Promise.all([
    serve((asked, url) => rest(state, asked, url, prefix), state.store),
    serve(asked => distribution.handle(asked), state.store),
  ]);
  distribution.guard.listensAt(registry.url);
  return {
    api,
    registry,
    state,
    quirks,
    stop: async () => {
      await Promise.all([api.stop(), registry.stop()]);
    },
  };
}
