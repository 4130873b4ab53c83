import { unlessAborted } from '../registry/abort.ts';
import { apiError } from '../registry/api.ts';
import { RegistryError, type RegistryErrorCode } from '../registry/errors.ts';
import type { Fetch } from '../registry/fetch.ts';
import { gitHubAuthorization } from '../registry/github/authorization.ts';
import type { Keychain, RequestOptions } from '../registry/registry.ts';
import { boundFetch } from './fetching.ts';
import { type PullRequest, pullRequests } from './pullRequests.ts';
import type { GitHubRepository } from './repository.ts';
import { isRefusal, type Transport } from './transport.ts';

export interface GitHubOptions {
  /** `https://api.github.com` where absent. */
  readonly api?: string;
  /** The registry beside it, whose token serves too; `ghcr.io` where absent. */
  readonly host?: string;
  readonly keychain?: Keychain;
  /** The global `fetch` where absent. */
  readonly fetch?: Fetch;
  /** Milliseconds for one request and its answer; 30,000 where absent. */
  readonly timeout?: number;
}

/** GitHub, asked for what the registry does not know. Trouble throws a RegistryError whose host is the API's. */
export interface GitHub {
  /** There is a token for it. */
  isSignedIn(options?: RequestOptions): Promise<boolean>;
  /**
   * The pull requests of these numbers, in few requests: a hundred numbers in one with a token, else the newest five hundred of a public
   * repository in five. Numbers that are not there, that are issues, or that this person may not see are left out.
   */
  pullRequests(
    repository: GitHubRepository,
    numbers: readonly number[],
    options?: RequestOptions,
  ): Promise<ReadonlyMap<number, PullRequest>>;
}

const defaultTimeout = 30_000;

/** Contacts nothing until it is used; then octokit is loaded too. */
export function openGitHub(options: GitHubOptions = {}): GitHub {
  const base = new URL(options.api ?? 'https://api.github.com');
  const { headers, secrets, authorization } = gitHubAuthorization(options.host ?? 'ghcr.io', base, options.keychain);
  const fetch = boundFetch(base, options.fetch ?? globalThis.fetch, options.timeout ?? defaultTimeout);
  let opened: Promise<Transport> | undefined;

  function transport(): Promise<Transport> {
    opened ??= import('./octokit.ts').then(({ openOctokit }) =>
      openOctokit({ base: base.href.replace(/\/$/, ''), headers, fetch, authorization: () => authorization({}) }),
    );
    return opened;
  }

  /** The error that `error` means. */
  function troubleOf(error: unknown, subject: string): unknown {
    if (!isRefusal(error)) return error;
    const { status, headers: sent, data } = error.refusal;
    const answer = {
      status,
      url: base,
      headers: { get: (name: string) => sent[name.toLowerCase()] ?? null },
      body: Buffer.from(JSON.stringify(data ?? '')),
    };
    return apiError(base.host, { method: 'GET', missing: 'NAME_UNKNOWN', subject }, answer, secrets);
  }

  async function ask<T>(subject: string, { signal }: RequestOptions, work: (transport: Transport) => Promise<T>): Promise<T> {
    try {
      return await unlessAborted(transport().then(work), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw troubleOf(error, subject);
    }
  }

  const fail = (code: RegistryErrorCode, subject: string, detail?: string) =>
    new RegistryError(code, base.host, { subject, ...(detail !== undefined && { detail }) });
  const isSignedIn = async (asking: RequestOptions = {}) => (await authorization(asking)) !== undefined;
  return { isSignedIn, pullRequests: pullRequests({ ask, fail, isSignedIn }) };
}
