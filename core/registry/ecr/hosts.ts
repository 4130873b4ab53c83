import { canonicalHost } from '../hosts.ts';

/** One private registry of Amazon ECR: an account in a region. */
export interface EcrPlace {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** Where its API answers. */
  readonly api: string;
  /** Where its console is; absent for partitions whose console is not on the internet. */
  readonly console?: string;
}

/** The partitions' domains, with those of their endpoints for IPv4 and IPv6. AWS General Reference, "Amazon ECR endpoints". */
const partitions: readonly { readonly domain: string; readonly dual?: string; readonly registry?: string; readonly console?: string }[] = [
  { domain: 'amazonaws.com', dual: 'api.aws', registry: 'on.aws', console: 'console.aws.amazon.com' },
  {
    domain: 'amazonaws.com.cn',
    dual: 'api.amazonwebservices.com.cn',
    registry: 'on.amazonwebservices.com.cn',
    console: 'console.amazonaws.cn',
  },
  { domain: 'amazonaws.eu', dual: 'api.amazonwebservices.eu', registry: 'on.amazonwebservices.eu', console: 'console.amazonaws-eusc.eu' },
  { domain: 'c2s.ic.gov' },
  { domain: 'sc2s.sgov.gov' },
  { domain: 'cloud.adc-e.uk' },
  { domain: 'csp.hci.ic.gov' },
];

const region = '[a-z]{2,4}(?:-[a-z]+)+-\\d{1,2}';
const verbatim = (text: string) => text.replaceAll('.', '\\.');
const anchored = (service: string, domains: readonly string[]) =>
  new RegExp(`^(?:${service})\\.${region}\\.(?:${domains.map(verbatim).join('|')})$`);

const registryHost = new RegExp(`^(\\d{12})\\.dkr([.-])ecr(-fips)?\\.(${region})\\.(.+)$`);
const domains = partitions.flatMap(({ domain, dual }) => [domain, ...(dual ? [dual] : [])]);
const apiHost = anchored('(?:api\\.)?ecr(?:-fips)?', domains);
/** An address of one's own network (PrivateLink). */
const privateApiHost = new RegExp(`^vpce-[0-9a-z-]+\\.api\\.ecr(?:-fips)?\\.${region}\\.vpce\\.amazonaws\\.com(?:\\.cn)?$`);
const identityHost = anchored('(?:sts|portal\\.sso|oidc)(?:-fips)?', domains);
const signInHost = new RegExp(`^${region}\\.signin\\.(?:aws\\.amazon\\.com|amazonaws\\.cn|amazonaws-us-gov\\.com|amazonaws-eusc\\.eu)$`);

/** The registry that a host's name stands for; `undefined` for every name that is not Amazon's to give. */
export function ecrPlace(host: string): EcrPlace | undefined {
  const [, account, separator, fips = '', place, domain] = registryHost.exec(canonicalHost(host)) ?? [];
  if (account === undefined || place === undefined) return undefined;
  const dual = separator === '-';
  const partition = partitions.find(one => domain === (dual ? one.registry : one.domain));
  if (!partition) return undefined;
  const api = dual ? `ecr${fips}.${place}.${partition.dual}` : `api.ecr${fips}.${place}.${partition.domain}`;
  const site = place.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : partition.console;
  return { account, region: place, api, ...(site !== undefined && { console: `https://${place}.${site}` }) };
}

/** True for the hosts of Amazon ECR's own API. */
export function isEcrApi(host: string): boolean {
  return apiHost.test(host) || privateApiHost.test(host);
}

/** True for the services that hand out AWS credentials for a session, a role or a login. */
export function isAwsIdentity(host: string): boolean {
  return identityHost.test(host) || signInHost.test(host) || host === 'sts.amazonaws.com';
}

/** The region that an API's host is in. */
export function regionOf(host: string): string | undefined {
  return new RegExp(`(?<=\\.)${region}(?=\\.)`).exec(host)?.[0];
}

export function isEcrPublic(host: string): boolean {
  return canonicalHost(host) === 'public.ecr.aws';
}
