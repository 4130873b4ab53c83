import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Asked, failure } from './answer.ts';
import { type Auth, Guard } from './auth.ts';
import { Uploads } from './blobs.ts';
import { type Fault, Faults } from './faults.ts';
import { type Parts, route } from './routes.ts';
import { distorted, instead, send } from './send.ts';
import { Store } from './store.ts';

export interface RegistryOptions {
  /** 0 or absent takes a free port. */
  readonly port?: number;
  /** The name it is reached by; `127.0.0.1` where it is left out. Only ever on loopback. */
  readonly host?: '127.0.0.1' | 'localhost' | '[::1]';
  /** Speaks https with this certificate, in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Anonymous where it is left out. */
  readonly auth?: Auth;
  readonly faults?: readonly Fault[];
  /** Manifests and blobs can be deleted; true where it is left out. */
  readonly allowDelete?: boolean;
}

/** One request as it came, for tests that ask what was sent. Credentials are not kept, only which scheme they had. */
export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** 0 where the connection was ended without an answer. */
  readonly status: number;
  readonly authorization?: 'Basic' | 'Bearer' | 'other';
}

export interface RunningRegistry {
  /** `http://127.0.0.1:5005`, no slash at the end. */
  readonly url: string;
  /** `127.0.0.1:5005`, as it stands in an image reference. */
  readonly host: string;
  readonly port: number;
  readonly store: Store;
  readonly faults: Faults;
  /** Every request so far, each noted just before its answer is sent. */
  readonly requests: readonly LoggedRequest[];
  /** How many requests have come in, answered or not. */
  readonly arrived: number;
  /** Ends open connections too, so it is quick. */
  stop(): Promise<void>;
}

/** The port is in use: `message` is a sentence for people. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** The largest body taken, in bytes: this registry keeps everything in memory. */
const largestBody = 64 * 1024 * 1024;

/** Starts an OCI distribution registry on loopback, empty. Throws PortTaken where something else listens there. */
export async function startRegistry({
  port = 0,
  host = '127.0.0.1',
  auth = { kind: 'anonymous' },
  faults: initial,
  allowDelete = true,
  tls,
}: RegistryOptions = {}): Promise<RunningRegistry> {
  const parts: Parts = { store: new Store(), uploads: new Uploads(), guard: new Guard(auth), allowDelete };
  const faults = new Faults(initial);
  const requests: LoggedRequest[] = [];
  let arrived = 0;
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    arrived++;
    respond(parts, faults, request, response, logged => requests.push(logged)).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = new PortTaken(`Port ${port} is in use by another program. Choose another one with --port.`, { cause: error });
      reject(error.code === 'EADDRINUSE' ? taken : error);
    });
    server.listen(port, host === '[::1]' ? '::1' : '127.0.0.1', resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  const name = `${host}:${taken}`;
  const url = `${tls ? 'https' : 'http'}://${name}`;
  parts.guard.listensAt(url);
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url,
    host: name,
    port: taken,
    store: parts.store,
    faults,
    requests,
    get arrived() {
      return arrived;
    },
    stop,
  };
}

async function respond(
  parts: Parts,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
  log: (request: LoggedRequest) => void,
): Promise<void> {
  const method = request.method ?? 'GET';
  const pathAndQuery = request.url ?? '/';
  const [path = '/', query = ''] = pathAndQuery.split(/\?(.*)/s);
  const scheme = request.headers.authorization?.split(' ')[0];
  const end = (status: number) => {
    const authorization = scheme === undefined || scheme === 'Basic' || scheme === 'Bearer' ? scheme : 'other';
    log({ method, path: pathAndQuery, status, ...(authorization && { authorization }) });
    if (status === 0) request.socket.resetAndDestroy();
  };
  const active = faults.take(method, path);
  const body = await read(request);
  for (const fault of active) {
    if (fault.kind === 'latency') await delay(fault.milliseconds);
    if (fault.kind === 'expireTokens') parts.guard.expireTokens();
    if (fault.kind === 'before') await fault.run(parts.store);
    if (fault.kind === 'reset') return end(0);
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : value]),
  );
  const asked: Asked = { method, path, query: new URLSearchParams(query), headers, body: body ?? new Uint8Array() };
  const answer = body ? answered(parts, active, asked, pathAndQuery) : tooLarge();
  if (active.some(({ kind }) => kind === 'resetAfter')) return end(0);
  end(answer.status);
  await send(response, method, answer, active);
}

function answered(parts: Parts, active: readonly Fault[], asked: Asked, pathAndQuery: string): Answer {
  try {
    return instead(active, pathAndQuery, asked) ?? distorted(route(parts, asked), active, asked.path);
  } catch (error) {
    return failure(500, 'UNKNOWN', `the registry failed: ${(error as Error).message}`);
  }
}

function tooLarge(): Answer {
  return failure(413, 'SIZE_INVALID', `a request may have ${largestBody} bytes`);
}

/** The whole body, or `undefined` where it is larger than this registry takes; the rest is read and dropped so that the answer arrives. */
async function read(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > largestBody ? undefined : Buffer.concat(chunks);
}
