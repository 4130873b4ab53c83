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
  /** The id of the provider to use where the host's name does not tell: a GitHub Enterprise server, a stand-in on this machine. */
  readonly kind?: string;
  /** Where the provider's own interface is (GitHub's REST, Docker Hub's, ECR's) where it is not at the provider's usual place. */
  readonly api?: string;
  /** Accounts whose repositories are listed beside the person's own, where the registry lists by account (GitHub, Docker Hub). */
  readonly owners?: readonly string[];
  /** How to reach an account of Amazon's; the environment decides what is absent. */
  readonly aws?: AwsSettings;
}

/** The person's own settings, never a workspace's: they choose who one is. */
export interface AwsSettings {
  /** A profile of the shared configuration files. */
  readonly profile?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
}

/** A kind of registry. Connecting contacts nothing yet. */
export interface Provider {
  readonly id: string;
  readonly title: string;
  matches(host: string): boolean;
  connect(host: string, options: ConnectOptions): Registry;
}
