import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Asked, type ErrorCode, failure, json } from './answer.ts';
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
export function instead(faults: readonly Fault[], pathAndQuery: string, asked: Asked): Answer | undefined {
  for (const fault of faults) {
    if (fault.kind === 'echo') return failure(403, 'DENIED', everythingOf(asked, pathAndQuery));
    if (fault.kind === 'html') {
      const page = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to the network to go on.</body></html>\n';
      return { status: fault.status ?? 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(page) };
    }
    if (fault.kind === 'endlessNames' && /\/tags\/list|\/_catalog/.test(pathAndQuery)) return madeUp(pathAndQuery);
    if (fault.kind === 'answer') {
      const { status, headers = {}, body = '' } = fault;
      if (typeof body === 'object') return json(status, body, headers);
      return { status, headers, body: Buffer.from(body) };
    }
    if (fault.kind === 'redirect') return { status: fault.status ?? 307, headers: { location: `${fault.to}${pathAndQuery}` } };
    if (fault.kind === 'status') {
      const { status, headers, body } = failure(
        fault.status,
        fault.code ?? codes[fault.status] ?? 'UNKNOWN',
        fault.message ?? `the demo registry was told to answer ${fault.status}`,
      );
      const retry = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      return { status, headers: { ...headers, ...retry }, ...(body && { body }) };
    }
  }
  return undefined;
}

function everythingOf({ method, headers, body }: Asked, pathAndQuery: string): string {
  const { authorization = '' } = headers;
  const decoded = Buffer.from(authorization.split(' ')[1] ?? '', 'base64').toString('utf8');
  return [method, pathAndQuery, authorization, decoded, encodeURIComponent(decoded), Buffer.from(body).toString('utf8')].join(' ');
}

/** One page of a list that goes on for ever. */
function madeUp(pathAndQuery: string): Answer {
  const [path = '', query = ''] = pathAndQuery.split('?');
  const name = `made-up-${Number(/made-up-(\d+)/.exec(query)?.[1] ?? 0) + 1}`;
  const field = path.endsWith('_catalog') ? 'repositories' : 'tags';
  return json(200, { [field]: [name] }, { link: nextLink(path, name, 1) });
}

/** The real answer with the lies that faults tell about it. */
export function distorted(answer: Answer, faults: readonly Fault[], path: string): Answer {
  const headers = { ...answer.headers };
  let { body } = answer;
  for (const { kind } of faults) {
    if (kind === 'wrongBytes' && body && answer.status === 200) body = Buffer.concat([body, Buffer.from(' ')]);
    if (kind === 'missingDigest') {
      delete headers['docker-content-digest'];
      delete headers['etag'];
    }
    if (kind === 'missingLink') delete headers['link'];
    if (kind === 'wrongDigest' && headers['docker-content-digest']) headers['docker-content-digest'] = `sha256:${'0'.repeat(64)}`;
    if (kind === 'endlessLink') headers['link'] = nextLink(path, `after-${Date.now()}-${Math.random().toString(36).slice(2)}`, 1);
  }
  return { ...answer, headers, ...(body && { body }) };
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
