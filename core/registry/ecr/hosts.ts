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

const domains = partitions.flatMap(({ domain, dual }) => [domain, ...(dual ? [dual] : [])]);
const isRegion = (label: string) => /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/.test(label);

/** True for `SERVICE.REGION.DOMAIN` of one of the partitions. */
function isEndpoint(host: string, services: RegExp): boolean {
  const [, service = '', region = '', domain = ''] = /^((?:[a-z]+\.)?[a-z-]+)\.([a-z0-9-]+)\.([a-z0-9.-]+)$/.exec(host) ?? [];
  return services.test(service) && isRegion(region) && domains.includes(domain);
}

/** The registry that a host's name stands for; `undefined` for every name that is not Amazon's to give. */
export function ecrPlace(host: string): EcrPlace | undefined {
  const [, account, separator, fips = '', place, domain] =
    /^(\d{12})\.dkr([.-])ecr(-fips)?\.([a-z0-9-]+)\.([a-z0-9.-]+)$/.exec(canonicalHost(host)) ?? [];
  if (account === undefined || place === undefined || !isRegion(place)) return undefined;
  const dual = separator === '-';
  const partition = partitions.find(one => domain === (dual ? one.registry : one.domain));
  if (!partition) return undefined;
  const api = dual ? `ecr${fips}.${place}.${partition.dual}` : `api.ecr${fips}.${place}.${partition.domain}`;
  const site = place.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : partition.console;
  return { account, region: place, api, ...(site !== undefined && { console: `https://${place}.${site}` }) };
}

/** True for the hosts of Amazon ECR's own API, also at an address of one's own network (PrivateLink). */
export function isEcrApi(host: string): boolean {
  if (isEndpoint(host, /^(?:api\.)?ecr(?:-fips)?$/)) return true;
  const region = /^vpce-[0-9a-z-]+\.api\.ecr(?:-fips)?\.([a-z0-9-]+)\.vpce\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1];
  return region !== undefined && isRegion(region);
}

/** True for the services that hand out AWS credentials for a session, a role or a login. */
export function isAwsIdentity(host: string): boolean {
  if (host === 'sts.amazonaws.com' || isEndpoint(host, /^(?:sts|portal\.sso|oidc)(?:-fips)?$/)) return true;
  const region = /^([a-z0-9-]+)\.signin\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)$/.exec(host)?.[1];
  return region !== undefined && isRegion(region);
}

/** The region that an API's host is in. */
export function regionOf(host: string): string | undefined {
  return host.split('.').slice(1, -1).find(isRegion);
}

export function isEcrPublic(host: string): boolean {
  return canonicalHost(host) === 'public.ecr.aws';
}
