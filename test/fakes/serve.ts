import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Asked } from '../../demo/registry/answer.ts';
import { Faults } from '../../demo/registry/faults.ts';
import type { LoggedRequest } from '../../demo/registry/registry.ts';
import { distorted, instead, send } from '../../demo/registry/send.ts';
import { Store } from '../../demo/registry/store.ts';

export interface Served {
  /** `http://127.0.0.1:40123`, no slash at the end. */
  readonly url: string;
  /** `127.0.0.1:40123`. */
  readonly host: string;
  readonly faults: Faults;
  /** Every request so far, with the scheme of its authorization and never its value. */
  readonly requests: LoggedRequest[];
  /** The most requests that were answered at one time. */
  readonly mostAtOnce: number;
  /** Milliseconds before each answer; may be changed while it runs. */
  latency: number;
  stop(): Promise<void>;
}

/** Serves plain functions over HTTP on loopback, with the switchable faults that the demo registry has. `store` is what `before` faults get. */
export async function serve(handle: (asked: Asked, url: string) => Answer, store = new Store()): Promise<Served> {
  const faults = new Faults();
  const requests: LoggedRequest[] = [];
  let running = 0;
  let most = 0;
  let latency = 0;
  const server = createServer((request, response) => {
    running += 1;
    most = Math.max(most, running);
    response.once('close', () => {
      running -= 1;
    });
    respond(request, response).catch(() => response.destroy());
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const pathAndQuery = request.url ?? '/';
    const [path = '/', query = ''] = pathAndQuery.split(/\?(.*)/s);
    const active = faults.take(method, path);
    const log = (status: number) => requests.push({ method, path: pathAndQuery, status, ...schemeOf(request.headers.authorization) });
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (latency > 0) await delay(latency);
    for (const fault of active) {
      if (fault.kind === 'latency') await delay(fault.milliseconds);
      if (fault.kind === 'before') await fault.run(store);
      if (fault.kind === 'reset') {
        log(0);
        return void request.socket.resetAndDestroy();
      }
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
    const asked: Asked = { method, path, query: new URLSearchParams(query), headers, body: Buffer.concat(chunks) };
    const answer = instead(active, pathAndQuery, asked) ?? distorted(handle(asked, url), active, path);
    if (active.some(({ kind }) => kind === 'resetAfter')) {
      log(0);
      return void request.socket.resetAndDestroy();
    }
    log(answer.status);
    await send(response, method, answer, active);
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;
  return {
    url,
    host,
    faults,
    requests,
    get mostAtOnce() {
      return most;
    },
    get latency() {
      return latency;
    },
    set latency(milliseconds) {
      latency = milliseconds;
    },
    stop: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function schemeOf(header: string | undefined): Pick<LoggedRequest, 'authorization'> {
  const scheme = header?.split(' ')[0];
  if (scheme === undefined) return {};
  return { authorization: scheme === 'Basic' || scheme === 'Bearer' ? scheme : 'other' };
}
