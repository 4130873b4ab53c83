import { Shared } from '../abort.ts';
import { canonicalHost } from '../hosts.ts';
import type { Credentials, Keychain, RequestOptions } from '../registry.ts';
import { fingerprint } from './fingerprint.ts';

/** One place that was looked in, and what came of it. Both are printable and hold no secret. */
export interface Tried {
  /** As people know it: `docker's config.json`, `docker-credential-pass`. */
  readonly place: string;
  /** `none`, `found`, `refused by the registry`, `timed out` and the like. */
  readonly result: string;
}

export interface Step extends Tried {
  readonly credentials?: Credentials;
}

/** A place, or several, where credentials of a host may be. What goes wrong there is told as a step, never thrown; only cancelling throws. */
export interface CredentialSource {
  look(host: string, options: RequestOptions): AsyncIterable<Step>;
}

export interface CredentialChain extends Keychain {
  /** What was looked at for this host when it was last asked about, in order. */
  tried(host: string): readonly Tried[];
  /** Looks anew for the next request, without what is remembered of this host; of all hosts where none is named. */
  renew(host?: string): void;
}

export interface ChainOptions {
  /** Milliseconds for which credentials are kept, so that a helper is not run for each request. */
  readonly keep?: number;
  /** Milliseconds for which it is kept that there are none: a login may happen meanwhile. */
  readonly keepNone?: number;
}

interface State {
  answer?: Shared<Credentials | undefined>;
  until: number;
  tried: readonly Tried[];
  /** Fingerprints of what the registry did not take, and until when that is believed. */
  readonly refused: Map<string, number>;
}

const minutes = 60_000;

/** Asks the sources in this order and takes the first credentials that the registry has not refused just now. */
export function credentialChain(
  sources: readonly CredentialSource[],
  { keep = 5 * minutes, keepNone = 5000 }: ChainOptions = {},
): CredentialChain {
  const states = new Map<string, State>();

  function stateOf(host: string): State {
    const name = canonicalHost(host);
    const state = states.get(name) ?? { until: 0, tried: [], refused: new Map<string, number>() };
    states.set(name, state);
    return state;
  }

  async function look(host: string, state: State, signal: AbortSignal): Promise<Credentials | undefined> {
    const tried: Tried[] = [];
    let refused: Credentials | undefined;
    let found: Credentials | undefined;
    search: for (const source of sources) {
      for await (const { place, result, credentials } of source.look(host, { signal })) {
        const bad = credentials && (state.refused.get(fingerprint(credentials)) ?? 0) > Date.now();
        tried.push({ place, result: bad ? 'refused by the registry' : result });
        if (bad) refused ??= credentials;
        else if (credentials) {
          found = credentials;
          break search;
        }
      }
    }
    signal.throwIfAborted();
    state.tried = tried;
    state.until = Date.now() + (found ? keep : keepNone);
    // With nothing better they are sent all the same: what one repository refuses another may take.
    return found ?? refused;
  }

  return {
    async credentials(host, { signal } = {}) {
      const name = canonicalHost(host);
      const state = stateOf(name);
      if (!state.answer || state.answer.stopped || state.until <= Date.now()) {
        state.until = Number.POSITIVE_INFINITY;
        state.answer = new Shared(work => look(name, state, work));
      }
      const { answer } = state;
      try {
        return await answer.wait(signal);
      } catch (error) {
        if (state.answer === answer) delete state.answer;
        throw error;
      }
    },

    refused(host, credentials) {
      const state = stateOf(host);
      state.refused.set(fingerprint(credentials), Date.now() + keep);
      delete state.answer;
    },

    tried: host => stateOf(host).tried,

    renew(host) {
      if (host === undefined) states.clear();
      else states.delete(canonicalHost(host));
    },
  };
}

/** `stored here – none; docker's config.json – none`; empty where nothing was looked at. */
export function triedWords(tried: readonly Tried[]): string {
  return tried.map(({ place, result }) => `${place} – ${result}`).join('; ');
}
