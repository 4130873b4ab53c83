import { type Command, InvalidArgumentError, Option } from 'commander';
import { openRepository } from '../core/git/repository.ts';
import { parseReference } from '../core/image/reference.ts';
import type { PlanOptions } from '../core/promotion/plan.ts';
import { RegistryError } from '../core/registry/errors.ts';
import { explain } from '../core/registry/explain.ts';
import { canonicalHost, isLoopback } from '../core/registry/hosts.ts';
import { connect, providerOf, providers } from '../core/registry/providers/index.ts';
import { oci } from '../core/registry/providers/oci.ts';
import type { Registry } from '../core/registry/registry.ts';
import { printable } from '../core/text/printable.ts';
import { advice } from './advice.ts';
import { exit, Failure } from './failure.ts';
import { cliKeychain, triedSentence } from './keychain.ts';
import { proxyFetch } from './proxyFetch.ts';
import { ask, canAsk, tell } from './terminal.ts';

/** The options of every command that talks to a registry. */
export interface RegistryOptions {
  readonly format: 'pretty' | 'json';
  readonly plainHttp?: true;
  readonly trustRealm?: readonly string[];
  /** The provider's id, where the host's name does not tell it. */
  readonly registryKind?: string;
  readonly api?: string;
  readonly profile?: string;
}

/** A repository of one registry, and what was named in it. */
export interface Target {
  readonly registry: Registry;
  readonly repository: string;
  /** A tag or a digest; `latest` where none was named, as docker has it. */
  readonly reference: string;
}

/** What every such command is given. */
export interface Control {
  /** Aborted by Ctrl-C, until `finish` is called. */
  readonly signal: AbortSignal;
  /** From here on Ctrl-C does not stop the work: what was sent is to be confirmed. */
  finish(): void;
}

/** What such a command works with. */
export interface Session extends Control {
  readonly registry: Registry;
  readonly repository: string;
}

export function registryOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how the result is written').choices(['pretty', 'json']).default('pretty'))
    .option('--plain-http', 'talk http to a host other than this machine; credentials are not sent then')
    .addOption(
      new Option('--registry-kind <kind>', 'what the registry is, where its name does not tell').choices(providers.map(({ id }) => id)),
    )
    .addOption(new Option('--api <url>', "the provider's own interface, where it is not at its usual place").argParser(parseAddress))
    .option('--profile <name>', 'a profile of the AWS configuration')
    .addOption(new Option('--trust-realm <origin>', 'also send credentials to this token service (repeatable)').argParser(collectOrigin));
}

/** Runs `work` on the repository that `name` names, which `writes` there or only reads; a token service at another site is asked about once. */
export async function withRegistry(
  name: string,
  options: RegistryOptions & { readonly writes?: boolean },
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const { host, repository } = parseRepository(name);
  return attended(options, [host], (at, control) => work({ registry: at(host), repository, ...control }));
}

/** The same for images: each name may have a tag or a digest, and they may be in several registries. */
export async function withImages(
  names: readonly string[],
  options: RegistryOptions,
  work: (targets: readonly Target[], control: Control) => Promise<number>,
): Promise<number> {
  const parsed = names.map(parseImage);
  const hosts = parsed.map(({ host }) => host);
  return attended(options, hosts, (at, control) =>
    work(
      parsed.map(({ host, repository, reference }) => ({ registry: at(host), repository, reference })),
      control,
    ),
  );
}

/** Runs `work` with clients for the hosts it asks for; trouble with one of them ends it with a sentence and 3. */
async function attended(
  options: RegistryOptions & { readonly writes?: boolean },
  hosts: readonly string[],
  work: (at: (host: string) => Registry, control: Control) => Promise<number>,
): Promise<number> {
  const keychain = cliKeychain();
  const fetch = await proxyFetch(process.env);
  const interrupt = new Interrupt();
  const { trustRealm = [] } = options;
  /** What was answered with yes holds for the host that it was asked about. */
  const allowed = new Map<string, readonly string[]>();
  const { registryKind: kind, api, profile, plainHttp = false } = options;
  const settings = { keychain, plainHttp, ...(profile && { aws: { profile } }) };
  // Of two registries, one whose name tells what it is is not made into the other.
  const several = new Set(hosts).size > 1;
  const nature = (host: string) => (several && providerOf(host) !== oci ? {} : { ...(kind && { kind }), ...(api && { api }) });
  try {
    for (;;) {
      const clients = new Map<string, Registry>();
      const at = (host: string) => {
        const client =
          clients.get(host) ??
          connect(host, {
            ...settings,
            ...nature(host),
            trustedRealms: [...trustRealm, ...(allowed.get(host) ?? [])],
            ...(fetch && { fetch }),
          });
        clients.set(host, client);
        return client;
      };
      try {
        return await work(at, { signal: interrupt.signal, finish: () => interrupt.ignore() });
      } catch (error) {
        if (interrupt.signal.aborted) throw new Failure(exit.declined, options.writes ? 'Cancelled; nothing was written.' : 'Cancelled.');
        if (!(error instanceof RegistryError)) throw error;
        const { code, realm, host } = error;
        const known = allowed.get(host) ?? [];
        if (code === 'UNTRUSTED_REALM' && realm !== undefined && URL.canParse(realm) && !known.includes(realm)) {
          if (canAsk() && (await ask(`${explain(error)} Send them there?`, interrupt.signal))) {
            allowed.set(host, [...known, realm]);
            continue;
          }
        }
        const tried = code === 'UNAUTHORIZED' || code === 'DENIED' ? triedSentence(keychain, host) : undefined;
        throw new Failure(exit.registry, [explain(error), tried, advice(error)].filter(Boolean).join(' '));
      }
    }
  } finally {
    interrupt.dispose();
  }
}

/** What the clone around the current folder knows, if there is one. */
export async function clone(signal: AbortSignal): Promise<Pick<PlanOptions, 'commitsBetween'>> {
  const repository = await openRepository(process.cwd(), { signal });
  return repository ? { commitsBetween: repository.commitsBetween } : {};
}

function parseRepository(name: string): { host: string; repository: string } {
  const reference = parseReference(name);
  const example = 'A repository is written as host/path, such as ghcr.io/acme/app.';
  if (!reference) throw new Failure(exit.usage, `${JSON.stringify(printable(name))} is no repository. ${example}`);
  const { host = 'docker.io', repository, tag, digest } = reference;
  if (tag !== undefined || digest !== undefined) {
    throw new Failure(exit.usage, `${JSON.stringify(printable(name))} names an image; only its repository is wanted here. ${example}`);
  }
  return { host: canonicalHost(host), repository };
}

function parseImage(name: string): { host: string; repository: string; reference: string } {
  const parsed = parseReference(name);
  if (!parsed) {
    const example = 'An image is written as host/path:tag or host/path@digest, such as ghcr.io/acme/app:prod.';
    throw new Failure(exit.usage, `${JSON.stringify(printable(name))} is no image. ${example}`);
  }
  const { host = 'docker.io', repository, tag = 'latest', digest } = parsed;
  return { host: canonicalHost(host), repository, reference: digest ?? tag };
}

function parseAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const allowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.host));
  if (!allowed || url.username || url.password)
    throw new InvalidArgumentError('It is an https address without credentials, such as https://github.example.com/api/v3.');
  return url.href;
}

function collectOrigin(text: string, before: readonly string[] = []): readonly string[] {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    throw new InvalidArgumentError('It is an https address, such as https://auth.example.com.');
  return [...before, new URL(text).origin];
}

/** Ctrl-C: once to cancel, twice to leave at once. */
class Interrupt {
  readonly #controller = new AbortController();
  #ignored = false;
  #count = 0;

  constructor() {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, this.#stop);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  ignore(): void {
    this.#ignored = true;
  }

  dispose(): void {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, this.#stop);
  }

  readonly #stop = () => {
    this.#count += 1;
    if (this.#count > 1) process.exit(130);
    if (this.#ignored) tell('The write was sent already; finishing. Interrupt again to leave without knowing how it ended.');
    else this.#controller.abort();
  };
}
