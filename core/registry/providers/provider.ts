import type { Fetch } from '../fetch.ts';
import type { Keychain, Registry } from '../registry.ts';

export interface ConnectOptions {
  /** Where credentials come from; without one every request is anonymous. */
  readonly keychain?: Keychain;
  /** The global `fetch` where absent. */
  readonly fetch?: Fetch;
  /** Plain http to a host that is not loopback; no credentials are sent then. */
  readonly plainHttp?: boolean;
  /** Origins of token services that the user was asked about and trusts, for registries whose realm is at another site. */
  readonly trustedRealms?: readonly string[];
  /** Milliseconds for one request and its answer; 30,000 where absent. */
  readonly timeout?: number;
}

/** A kind of registry. Connecting contacts nothing yet. */
export interface Provider {
  readonly id: string;
  readonly title: string;
  matches(host: string): boolean;
  connect(host: string, options: ConnectOptions): Registry;
}
