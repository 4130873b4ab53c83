import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Asked, json } from '../../../demo/registry/answer.ts';
import { Uploads } from '../../../demo/registry/blobs.ts';
import { EcrFailure, invalid, type Operation } from './call.ts';
import { type EcrFault, EcrFaults } from './faults.ts';
import { describeImageScanFindings, describeImages, describeRepositories, listImageReferrers, listImages } from './images.ts';
import { getLifecyclePolicy, getLifecyclePolicyPreview, putLifecyclePolicy, startLifecyclePolicyPreview } from './lifecycle.ts';
import { batchDeleteImage, batchGetImage, putImage, putImageTagMutability } from './manifests.ts';
import { EcrState } from './state.ts';
import { v2 } from './v2.ts';

/** Who may call, by access key id. */
export interface Caller {
  /** Of temporary credentials; compared where it is there. */
  readonly sessionToken?: string;
  readonly arn?: string;
  /** Actions that the caller's policies do not allow: `ecr:DescribeImages`. */
  readonly denied?: readonly string[];
}

export interface EcrOptions {
  readonly account?: string;
  readonly region?: string;
  /** Anyone with a signature where it is left out. */
  readonly callers?: Readonly<Record<string, Caller>>;
  /** Milliseconds that every answer takes. */
  readonly latency?: number;
}

/** One request as it came. Secrets are not kept, only who signed it. */
export interface LoggedCall {
  /** `DescribeImages`, or `GET /v2/…`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** 0 where the connection was ended without an answer. */
  readonly status: number;
  readonly accessKeyId?: string;
}

export interface RunningEcr {
  readonly url: string;
  readonly host: string;
  readonly state: EcrState;
  readonly faults: EcrFaults;
  readonly calls: LoggedCall[];
  /** Can be changed while it runs. */
  callers: Readonly<Record<string, Caller>> | undefined;
  /** Every secret that was handed out, for tests that look for them where they must not be. */
  readonly secrets: readonly string[];
  /** Tokens for `/v2` that were handed out are no longer good. */
  expireTokens(): void;
  stop(): Promise<void>;
}

const target = 'AmazonEC2ContainerRegistry_V20150921.';
const tokenLife = 12 * 60 * 60;

const operations: Readonly<Record<string, Operation>> = {
  DescribeRepositories: describeRepositories,
  ListImages: listImages,
  DescribeImages: describeImages,
  BatchGetImage: batchGetImage,
  PutImage: putImage,
  BatchDeleteImage: batchDeleteImage,
  ListImageReferrers: listImageReferrers,
  PutImageTagMutability: putImageTagMutability,
  GetLifecyclePolicy: getLifecyclePolicy,
  PutLifecyclePolicy: putLifecyclePolicy,
  StartLifecyclePolicyPreview: startLifecyclePolicyPreview,
  GetLifecyclePolicyPreview: getLifecyclePolicyPreview,
  DescribeImageScanFindings: describeImageScanFindings,
};

/** Starts one registry of Amazon ECR on loopback: its API (AWS JSON 1.1) and its distribution API under one address. */
export async function startEcr({ account, region, callers, latency = 0 }: EcrOptions = {}): Promise<RunningEcr> {
  const state = new EcrState(account, region);
  const faults = new EcrFaults();
  const uploads = new Uploads();
  const calls: LoggedCall[] = [];
  const secrets: string[] = [];
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;

  const getAuthorizationToken: Operation = ({ input }) => {
    const ids = input['registryIds'];
    if (ids !== undefined && (!Array.isArray(ids) || ids.length < 1 || ids.length > 10))
      throw invalid('registryIds', 'Member must have length between 1 and 10');
    const password = randomBytes(24).toString('base64url');
    state.passwords.add(password);
    const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
    secrets.push(password, authorizationToken);
    return { authorizationData: [{ authorizationToken, expiresAt: Date.now() / 1000 + tokenLife, proxyEndpoint: url }] };
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    const named = String(request.headers['x-amz-target'] ?? '').startsWith(target);
    const name = named ? String(request.headers['x-amz-target']).slice(target.length) : '';
    const active = faults.take(named ? name : '/v2');
    const accessKeyId = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
    const input = named ? (JSON.parse(body.toString() || '{}') as Record<string, unknown>) : {};
    const operation = named ? name : `${request.method} ${path}`;
    const log = (status: number) => calls.push({ operation, input, status, ...(accessKeyId && { accessKeyId }) });
    await delay(latency);
    for (const fault of active) {
      if (fault.kind === 'latency') await delay(fault.milliseconds);
      if (fault.kind === 'before') fault.run();
      if (fault.kind === 'reset') {
        log(0);
        return void request.socket.resetAndDestroy();
      }
    }
    const asked: Asked = {
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers: Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)])),
      body,
    };
    const answer =
      instead(active, request.url ?? '/', named) ?? (named ? api(request, name, input, active) : v2(state, uploads, asked, url, active));
    if (active.some(({ kind }) => kind === 'resetAfter')) {
      log(0);
      return void request.socket.resetAndDestroy();
    }
    log(answer.status);
    await send(response, asked.method, answer, active);
  }

  function api(request: IncomingMessage, name: string, input: Readonly<Record<string, unknown>>, active: readonly EcrFault[]): Sent {
    try {
      if (!/^application\/x-amz-json-1\.1\b/.test(request.headers['content-type'] ?? ''))
        throw new EcrFailure('SerializationException', 'Start of structure or map found where not expected');
      admit(running.callers, request, name, state);
      const operation = name === 'GetAuthorizationToken' ? getAuthorizationToken : operations[name];
      if (!operation) throw new EcrFailure('UnknownOperationException', `The operation ${name} is not known`);
      if (active.some(({ kind }) => kind === 'translated'))
        return amz(200, operation({ state, input: { ...input, acceptedMediaTypes: ['none'] }, url }));
      if (!active.some(({ kind }) => kind === 'endlessPaging')) return amz(200, operation({ state, input, url }));
      const { nextToken: _, ...first } = input;
      return amz(200, { ...operation({ state, input: first, url }), nextToken: 'round-and-round' });
    } catch (error) {
      if (error instanceof EcrFailure) return amz(error.status, { __type: error.name, message: error.message });
      return amz(500, { __type: 'ServerException', message: (error as Error).message });
    }
  }

  const running: RunningEcr = {
    url,
    host,
    state,
    faults,
    calls,
    callers,
    secrets,
    expireTokens: () => state.passwords.clear(),
    stop: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return running;
}

/** Throws as AWS does where the signature is nobody's, is another service's or region's, or its owner may not do this. */
function admit(callers: RunningEcr['callers'], { headers }: IncomingMessage, operation: string, state: EcrState): void {
  const scope = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/ecr\/aws4_request, SignedHeaders=/.exec(headers.authorization ?? '');
  if (!scope) throw new EcrFailure('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, key = '', region] = scope;
  if (region !== state.region)
    throw new EcrFailure('InvalidSignatureException', `Credential should be scoped to a valid region, not '${region}'.`);
  if (!callers) return;
  const caller = callers[key];
  if (!caller || caller.sessionToken !== headers['x-amz-security-token'])
    throw new EcrFailure('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const action = `ecr:${operation === 'ListImageReferrers' ? 'BatchGetImage' : operation}`;
  if (!caller.denied?.includes(action)) return;
  const who = caller.arn ?? `arn:aws:iam::${state.account}:user/ada`;
  const resource = operation === 'GetAuthorizationToken' ? '*' : `arn:aws:ecr:${state.region}:${state.account}:repository/*`;
  const words = `User: ${who} is not authorized to perform: ${action} on resource: ${resource}`;
  throw new EcrFailure('AccessDeniedException', `${words} because no identity-based policy allows the ${action} action`);
}

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

function amz(status: number, value: object, headers: Readonly<Record<string, string>> = {}): Sent {
  const all = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID(), ...headers };
  return { status, headers: all, body: Buffer.from(JSON.stringify(value)) };
}

function instead(active: readonly EcrFault[], pathAndQuery: string, named: boolean): Sent | undefined {
  for (const fault of active) {
    if (fault.kind === 'error') {
      const message = fault.message ?? (/throttl/i.test(fault.name) ? 'Rate exceeded' : 'told to fail');
      const headers: Record<string, string> = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      if (named) return amz(fault.status, { __type: fault.name, message }, headers);
      // As docker sees it: `TOOMANYREQUESTS: Rate exceeded`.
      const code = /throttl|toomanyrequests/i.test(fault.name) ? 'TOOMANYREQUESTS' : fault.name;
      return json(fault.status, { errors: [{ code, message }] }, headers);
    }
    if (fault.kind === 'html')
      return { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<!DOCTYPE html><title>Sign in</title>') };
    if (fault.kind === 'redirect') return { status: 307, headers: { location: `${fault.to}${pathAndQuery}` } };
  }
  return undefined;
}

async function send(
  response: ServerResponse,
  method: string,
  { status, headers, body = new Uint8Array() }: Sent,
  active: readonly EcrFault[],
) {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  if (method === 'HEAD') return void response.end();
  if (active.some(({ kind }) => kind === 'truncatedBody'))
    return void response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
  const slow = active.find(fault => fault.kind === 'slowBody');
  for (const byte of slow ? body : []) {
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
    await delay(slow?.milliseconds ?? 0);
  }
  response.end(slow ? undefined : body);
}
