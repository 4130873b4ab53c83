import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

const certificate = join(import.meta.dirname, 'certificate');

/** The authority that signed `registry.test`, for NODE_EXTRA_CA_CERTS. */
export const authority = join(certificate, 'authority.pem');

export interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

export interface ProxyServer extends Listener {
  /** What was asked for: `registry.test:443`. */
  readonly tunnels: readonly string[];
}

/** https as `registry.test` in front of a plain http server on loopback. */
export async function startTls(port: number): Promise<Listener> {
  const [cert, key] = await Promise.all([readFile(join(certificate, 'registry.pem')), readFile(join(certificate, 'registry.key'))]);
  const server = createTlsServer({ cert, key }, socket => couple(socket, connect(port, '127.0.0.1')));
  return listen(server);
}

/** An http proxy that knows CONNECT only and leads every name to `port` on loopback; `password` is asked of user `ada`. */
export async function startProxy(port: number, password?: string): Promise<ProxyServer> {
  const tunnels: string[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Socket, head) => {
    const wanted = password === undefined ? undefined : `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`;
    if (request.headers['proxy-authorization'] !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tunnels.push(request.url ?? '');
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      couple(client, upstream);
    });
  });
  return { ...(await listen(server)), tunnels };
}

/** Each one's bytes to the other, and the end of either ends both. */
function couple(a: Socket, b: Socket): void {
  a.pipe(b).pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

async function listen(server: Server): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, stop };
}
