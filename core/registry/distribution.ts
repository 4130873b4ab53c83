import type { ConnectOptions } from './providers/provider.ts';
import type { Registry } from './registry.ts';

/** The OCI distribution API of one host. */
export declare function distribution(host: string, options: ConnectOptions): Registry;
