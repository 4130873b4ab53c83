import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type ErrorCode, failure } from './answer.ts';
import type { Fault } from './faults.ts';
import { nextLink } from './listings.ts';

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'MANIFEST_UNKNOWN',
  405: 'UNSUPPORTED',
  429: 'TOOMANYREQUESTS',
};

/** The answer that a fault puts in place of the real one, before anything is handled. */
export function instead(faults: readonly Fault[], pathAndQuery: string): Answer | undefined {
  for (const fault of faults) {
    if (fault.kind === 'html') {
      const page = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to the network to go on.</body></html>\n';
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(page) };
    }
    if (fault.kind === 'redirect') return { status: 307, headers: { location: `${fault.to}${pathAndQuery}` } };
    if (fault.kind === 'status') {
      const { status, headers, body } = failure(
        fault.status,
        codes[fault.status] ?? 'UNKNOWN',
        `the demo registry was told to answer ${fault.status}`,
      );
      const retry = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      return { status, headers: { ...headers, ...retry }, ...(body && { body }) };
    }
  }
  return undefined;
}

/** The real answer with the lies that faults tell about it. */
export function distorted(answer: Answer, faults: readonly Fault[], path: string): Answer {
  const headers = { ...answer.headers };
  for (const { kind } of faults) {
    if (kind === 'missingDigest') {
      delete headers['docker-content-digest'];
      delete headers['etag'];
    }
    if (kind === 'wrongDigest' && headers['docker-content-digest']) headers['docker-content-digest'] = `sha256:${'0'.repeat(64)}`;
    if (kind === 'endlessLink') headers['link'] = nextLink(path, `after-${Date.now()}-${Math.random().toString(36).slice(2)}`, 1);
  }
  return { ...answer, headers };
}

/** Writes the answer to the socket, slowly or only in part where a fault says so. A HEAD gets the headers of its GET. */
export async function send(response: ServerResponse, method: string, answer: Answer, faults: readonly Fault[]): Promise<void> {
  const body = answer.body ?? new Uint8Array();
  const bodyless = answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, { ...answer.headers, ...(!bodyless && { 'content-length': String(body.length) }) });
  if (method === 'HEAD' || bodyless) {
    response.end();
    return;
  }
  if (faults.some(({ kind }) => kind === 'truncatedBody')) {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    return;
  }
  for (const fault of faults) {
    if (fault.kind !== 'slowBody') continue;
    for (const byte of body) {
      if (response.destroyed) return;
      response.write(Uint8Array.of(byte));
      await delay(fault.milliseconds);
    }
    response.end();
    return;
  }
  response.end(body);
}
