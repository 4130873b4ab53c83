import { type Answer, type Asked, failure } from '../../../demo/registry/answer.ts';
import { type Action, Guard, type User } from '../../../demo/registry/auth.ts';
import { Uploads } from '../../../demo/registry/blobs.ts';
import { route } from '../../../demo/registry/routes.ts';
import { type Served, serve } from '../serve.ts';
import { hubApi } from './api.ts';
import { HubState } from './state.ts';

export interface RunningHub {
  /** hub.docker.com. */
  readonly api: Served;
  /** registry-1.docker.io, with auth.docker.io's `/token`. */
  readonly registry: Served;
  readonly state: HubState;
  stop(): Promise<void>;
}

export interface HubOptions {
  /** What somebody who is not signed in may do at the registry; pull where it is left out. */
  readonly anonymous?: readonly Action[];
}

const manifestPath = /^\/v2\/.+\/manifests\/[^/]+$/;

/** Starts stand-ins for Docker Hub's API and registry on loopback: two servers over one state, with nobody and nothing in it. */
export async function startDockerHub({ anonymous = ['pull'] }: HubOptions = {}): Promise<RunningHub> {
  const state = new HubState();
  const guard = new Guard({
    kind: 'token',
    anonymous,
    get users(): Readonly<Record<string, User>> {
      return Object.fromEntries([...state.users].map(([login, password]) => [login, { password }]));
    },
  });
  const parts = { store: state.store, uploads: new Uploads(), guard, allowDelete: false };
  const [api, registry] = await Promise.all([
    serve((asked, url) => hubApi(state, asked, url), state.store),
    serve(asked => limited(state, asked, () => route(parts, asked)), state.store),
  ]);
  guard.listensAt(registry.url);
  return {
    api,
    registry,
    state,
    stop: async () => {
      await Promise.all([api.stop(), registry.stop()]);
    },
  };
}

/** Counts a GET of a manifest as a pull and refuses it where none is left; HEAD is free. docs.docker.com, "Docker Hub pull usage and limits". */
function limited(state: HubState, asked: Asked, answer: () => Answer): Answer {
  const left = state.pulls;
  if (left === undefined || !manifestPath.test(asked.path)) return answer();
  const pull = asked.method === 'GET';
  if (pull && left <= 0)
    return failure(
      429,
      'TOOMANYREQUESTS',
      'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading.',
    );
  const sent = answer();
  if (sent.status !== 200) return sent;
  if (pull) state.pulls = left - 1;
  const counts = {
    'ratelimit-limit': '100;w=21600',
    'ratelimit-remaining': `${state.pulls};w=21600`,
    'docker-ratelimit-source': '203.0.113.7',
  };
  return { ...sent, headers: { ...sent.headers, ...counts } };
}
