import pLimit from 'p-limit';
import { RegistryError } from '../errors.ts';
import { exchange } from '../exchange.ts';
import { isLoopback } from '../hosts.ts';
import type { ConnectOptions } from '../providers/provider.ts';
import { isAwsIdentity, isEcrApi } from './hosts.ts';

export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the SDK reads of an answer's headers. */
const readHeaders = [
  'content-type',
  'date',
  'retry-after',
  'x-amz-retry-after',
  'x-amzn-errortype',
  'x-amzn-requestid',
  'x-amzn-query-error',
];
const requestsAtOnce = 6;
const defaultTimeout = 30_000;
/** A thousand images with many tags each. */
const answerLimit = 32 * 1024 * 1024;

/**
 * Carries the SDK's requests through the caller's own `fetch`, so that its proxy and certificates hold; six at a time, each once: what is
 * tried again is the SDK's to decide. Goes only to Amazon's own hosts for ECR and for credentials, and to this machine.
 */
export function awsTransport(host: string, options: ConnectOptions): (request: AwsRequest) => Promise<AwsResponse> {
  const limit = pLimit(requestsAtOnce);
  const { fetch = globalThis.fetch, timeout = defaultTimeout } = options;
  return ({ method, url, headers, body, signal }) =>
    limit(async () => {
      const known = url.protocol === 'https:' && url.port === '' && (isEcrApi(url.hostname) || isAwsIdentity(url.hostname));
      if (!known && !isLoopback(url.host)) throw new RegistryError('FOREIGN_API', host, { detail: url.host });
      const settings = { host, apiHost: url.host, fetch, timeout };
      const answer = await exchange(settings, {
        method: method === 'POST' ? 'POST' : 'GET',
        url,
        headers: withoutHost(headers),
        stays: true,
        limit: answerLimit,
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      });
      const found = readHeaders.flatMap(name => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      return { status: answer.status, headers: Object.fromEntries(found), body: answer.body };
    });
}

/** `fetch` writes these itself. */
function withoutHost(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host' && name !== 'content-length'));
}
