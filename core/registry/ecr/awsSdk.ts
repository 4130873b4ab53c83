// The AWS SDK, and the only file that loads it: a bundle of its own, read on first use.
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  type ECRClientConfig,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
} from '@aws-sdk/client-ecr';
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';
import type { EcrApi, EcrApiSettings } from './api.ts';

// Reading a policy takes a library as large as all the rest; whoever asks for one has this bundle.
export { lifecycleOf } from './expiring.ts';

/** With what is waited between them, about seven seconds at most. */
const attempts = 4;
/** What a promotion or a listing is called in the account's own logs. */
const sessionName = 'tallyman';

// The bundles run on Node 20.19; what the SDK does from 2027 on is a matter for whoever updates it.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** The API over the SDK, with Amazon's usual chain of credentials: environment, profile (SSO, role, process), container, machine. */
export function openEcr({ region, endpoint, aws, send }: EcrApiSettings): EcrApi {
  const requestHandler = handlerOf(send);
  const { profile, roleArn: RoleArn, externalId: ExternalId } = aws;
  const own = ownCredentials(requestHandler, profile);
  const role =
    RoleArn === undefined ? undefined : { RoleArn, RoleSessionName: sessionName, ...(ExternalId !== undefined && { ExternalId }) };
  const credentials = role
    ? fromTemporaryCredentials({ masterCredentials: own, params: role, clientConfig: { requestHandler, region } })
    : own;
  const config: ECRClientConfig = { region, endpoint, credentials, requestHandler, logger: silent, customUserAgent: 'tallyman' };
  const reading = new ECRClient({ ...config, retryMode: 'adaptive', maxAttempts: attempts });
  const writing = new ECRClient({ ...config, maxAttempts: 1 });
  return {
    describeRepositories: (input, { signal } = {}) => reading.send(new DescribeRepositoriesCommand(input), abortable(signal)),
    listImages: (input, { signal } = {}) => reading.send(new ListImagesCommand(input), abortable(signal)),
    describeImages: (input, { signal } = {}) => reading.send(new DescribeImagesCommand(input), abortable(signal)),
    batchGetImage: (input, { signal } = {}) => reading.send(new BatchGetImageCommand(input), abortable(signal)),
    listImageReferrers: (input, { signal } = {}) => reading.send(new ListImageReferrersCommand(input), abortable(signal)),
    getLifecyclePolicy: (input, { signal } = {}) => reading.send(new GetLifecyclePolicyCommand(input), abortable(signal)),
    getAuthorizationToken: (input, { signal } = {}) => reading.send(new GetAuthorizationTokenCommand(input), abortable(signal)),
    batchDeleteImage: (input, { signal } = {}) => writing.send(new BatchDeleteImageCommand(input), abortable(signal)),
  };
}

/** What the configuration files say of each profile. Secrets are among it. */
export async function sharedProfiles(): Promise<Readonly<Record<string, Readonly<Record<string, string | undefined>>>>> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  return Object.fromEntries([...names].map(name => [name, { ...configFile[name], ...credentialsFile[name] }]));
}

/** A named profile alone, or all that Amazon's tools look at. */
function ownCredentials(requestHandler: ReturnType<typeof handlerOf>, profile: string | undefined): ReturnType<typeof fromIni> {
  // A region here would also be taken for that of the SSO session.
  const settings = { clientConfig: { requestHandler }, ignoreCache: true, logger: silent };
  if (profile !== undefined) return fromIni({ ...settings, profile });
  const chain = fromNodeProviderChain(settings);
  return async asked => {
    try {
      return await chain(asked);
    } catch (error) {
      // The chain goes on where a login is over, and says in the end that there is nothing; the profile knows better.
      const reason: unknown = await fromIni(settings)(asked).catch((one: unknown) => one);
      throw reason instanceof Error && !/Could not resolve credentials using profile/.test(reason.message) ? reason : error;
    }
  };
}

/** The SDK writes its warnings to the console where it is given no logger. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function abortable(abortSignal: AbortSignal | undefined) {
  return abortSignal ? { abortSignal } : {};
}

/** The part of the SDK's request that is read. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** Takes the SDK's requests to `send`. */
function handlerOf(send: EcrApiSettings['send']) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest, { abortSignal: signal }: { abortSignal?: AbortSignal } = {}) {
      const { method, headers, body } = request;
      try {
        const answer = await send({ method, url: addressOf(request), headers, ...(body && { body }), ...(signal && { signal }) });
        return { response: { statusCode: throttled(answer) ? 429 : answer.status, headers: { ...answer.headers }, body: answer.body } };
      } catch (trouble) {
        if (signal?.aborted) throw trouble;
        throw new UndeliveredRequest(trouble);
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

/** ECR has an error for too many calls that the SDK does not know as one, so it would not try again. */
function throttled({ status, body }: { readonly status: number; readonly body: Uint8Array }): boolean {
  return status === 400 && /"__type"\s*:\s*"(?:[\w.]+#)?ThrottleException"/.test(Buffer.from(body.subarray(0, 2000)).toString());
}

function addressOf({ protocol, hostname, port, path, query = {} }: SdkRequest): URL {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  for (const [name, value] of Object.entries(query)) for (const each of [value ?? ''].flat()) url.searchParams.append(name, each);
  return url;
}

/** Not a `cause`: the SDK looks through causes for network errors and would repeat writes. Reads are repeated after a lost connection. */
class UndeliveredRequest extends Error {
  override readonly name = 'Undelivered';
  readonly trouble: unknown;
  readonly $retryable?: object;

  constructor(trouble: unknown) {
    super(trouble instanceof Error ? trouble.message : String(trouble));
    this.trouble = trouble;
    if (trouble instanceof Error && 'code' in trouble && trouble.code === 'RESET') this.$retryable = {};
  }
}
