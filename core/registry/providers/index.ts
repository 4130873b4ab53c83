import type { Registry } from '../registry.ts';
import { dockerHub } from './dockerHub.ts';
import { ecr } from './ecr.ts';
import { ecrPublic } from './ecrPublic.ts';
import { ghcr } from './ghcr.ts';
import { oci } from './oci.ts';
import type { ConnectOptions, Provider } from './provider.ts';

/** Asked in this order; the last one takes any host. */
export const providers: readonly Provider[] = [ecr, ecrPublic, ghcr, dockerHub, oci];

/** What a host's name tells that it is. */
export function providerOf(host: string): Provider {
  return providers.find(({ matches }) => matches(host)) ?? oci;
}

/** The registry at `host` (`ghcr.io`, `docker.io`, `127.0.0.1:5000`). Contacts nothing until it is used. */
export function connect(host: string, options: ConnectOptions = {}): Registry {
  const { kind } = options;
  const provider = kind === undefined ? providerOf(host) : (providers.find(({ id }) => id === kind) ?? oci);
  return provider.connect(host, options);
}
