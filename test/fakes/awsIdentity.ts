import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Temporary credentials that a service hands out. */
export interface Issued {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface IdentityRequest {
  readonly service: 'sts' | 'sso' | 'oidc';
  /** What was sent, without secrets: the parameters of a role, the account and role of a session. */
  readonly input: Readonly<Record<string, string>>;
  /** Who signed it. */
  readonly accessKeyId?: string;
}

export interface RunningIdentity {
  readonly url: string;
  /** The variables that lead the SDK's clients here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: readonly IdentityRequest[];
  stop(): Promise<void>;
}

export interface IdentityOptions {
  /** By role ARN, and the external id that the role asks for. */
  readonly roles?: Readonly<Record<string, Issued & { readonly externalId?: string }>>;
  /** By the access token of the session. */
  readonly sessions?: Readonly<Record<string, Issued>>;
  /** By refresh token: the access token that it is exchanged for. */
  readonly refresh?: Readonly<Record<string, string>>;
}

/** AWS STS (AssumeRole), IAM Identity Center's portal (GetRoleCredentials) and its OIDC service (CreateToken), on loopback. */
export async function startIdentity({ roles = {}, sessions = {}, refresh = {} }: IdentityOptions): Promise<RunningIdentity> {
  const requests: IdentityRequest[] = [];
  const expiration = () => new Date(Date.now() + 3_600_000);

  function sts(form: URLSearchParams, accessKeyId: string | undefined): Sent {
    const input = Object.fromEntries(
      ['Action', 'RoleArn', 'RoleSessionName', 'ExternalId'].flatMap(name => (form.has(name) ? [[name, form.get(name) ?? '']] : [])),
    );
    requests.push({ service: 'sts', input, ...(accessKeyId && { accessKeyId }) });
    const role = roles[input['RoleArn'] ?? ''];
    if (!role || role.externalId !== input['ExternalId']) {
      const words = `User: arn:aws:iam::123456789012:user/ada is not authorized to perform: sts:AssumeRole on resource: ${input['RoleArn']}`;
      return xml(
        403,
        `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${words}</Message></Error></ErrorResponse>`,
      );
    }
    const fields = `<AccessKeyId>${role.accessKeyId}</AccessKeyId><SecretAccessKey>${role.secretAccessKey}</SecretAccessKey><SessionToken>${role.sessionToken}</SessionToken><Expiration>${expiration().toISOString()}</Expiration>`;
    const user = `<AssumedRoleUser><AssumedRoleId>AROA:tallyman</AssumedRoleId><Arn>${input['RoleArn']}</Arn></AssumedRoleUser>`;
    return xml(
      200,
      `<AssumeRoleResponse><AssumeRoleResult><Credentials>${fields}</Credentials>${user}</AssumeRoleResult></AssumeRoleResponse>`,
    );
  }

  function sso(query: URLSearchParams, token: string): Sent {
    requests.push({ service: 'sso', input: Object.fromEntries(query) });
    const issued = sessions[token];
    if (!issued)
      return { ...json(401, { message: 'Session token not found or invalid' }), headers: { 'x-amzn-errortype': 'UnauthorizedException' } };
    return json(200, { roleCredentials: { ...issued, expiration: expiration().getTime() } });
  }

  function oidc(body: string): Sent {
    const { grantType = '', refreshToken = '' } = JSON.parse(body) as { grantType?: string; refreshToken?: string };
    requests.push({ service: 'oidc', input: { grantType } });
    const accessToken = refresh[refreshToken];
    if (accessToken === undefined)
      return { ...json(400, { error: 'invalid_grant' }), headers: { 'x-amzn-errortype': 'InvalidGrantException' } };
    return json(200, { accessToken, expiresIn: 3600, refreshToken, tokenType: 'Bearer' });
  }

  function route(request: IncomingMessage, body: string): Sent {
    const [path, query] = (request.url ?? '/').split(/\?(.*)/s);
    if (path === '/token') return oidc(body);
    if (path === '/federation/credentials') return sso(new URLSearchParams(query), String(request.headers['x-amz-sso_bearer_token']));
    return sts(new URLSearchParams(body), /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]);
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { status, headers, body } = route(request, Buffer.concat(chunks).toString());
    response.writeHead(status, { 'content-type': body.startsWith('<') ? 'text/xml' : 'application/json', ...headers }).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: { AWS_ENDPOINT_URL_STS: url, AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL_SSO_OIDC: url },
    requests,
    stop: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Sent {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

function json(status: number, value: object): Sent {
  return { status, body: JSON.stringify(value) };
}

function xml(status: number, body: string): Sent {
  return { status, body };
}
