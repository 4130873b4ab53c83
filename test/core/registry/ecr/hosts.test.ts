import { describe, expect, test } from 'vitest';
import { ecrPlace, isAwsIdentity, isEcrApi } from '../../../../core/registry/ecr/hosts.ts';
import { awsTransport } from '../../../../core/registry/ecr/transport.ts';
import type { Fetch } from '../../../../core/registry/fetch.ts';
import { connect, providers } from '../../../../core/registry/providers/index.ts';
import { asPerson } from './person.ts';

asPerson();
const account = '123456789012';

describe('hosts of Amazon ECR', () => {
  test.each([
    ['.dkr.ecr.eu-west-1.amazonaws.com', 'eu-west-1', 'api.ecr.eu-west-1.amazonaws.com', 'https://eu-west-1.console.aws.amazon.com'],
    [
      '.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
      'us-gov-west-1',
      'api.ecr-fips.us-gov-west-1.amazonaws.com',
      'https://us-gov-west-1.console.amazonaws-us-gov.com',
    ],
    [
      '.dkr.ecr.cn-north-1.amazonaws.com.cn',
      'cn-north-1',
      'api.ecr.cn-north-1.amazonaws.com.cn',
      'https://cn-north-1.console.amazonaws.cn',
    ],
    ['.dkr-ecr.eu-west-1.on.aws', 'eu-west-1', 'ecr.eu-west-1.api.aws', 'https://eu-west-1.console.aws.amazon.com'],
    [
      '.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn',
      'cn-north-1',
      'ecr.cn-north-1.api.amazonwebservices.com.cn',
      'https://cn-north-1.console.amazonaws.cn',
    ],
    [
      '.dkr.ecr.eusc-de-east-1.amazonaws.eu',
      'eusc-de-east-1',
      'api.ecr.eusc-de-east-1.amazonaws.eu',
      'https://eusc-de-east-1.console.amazonaws-eusc.eu',
    ],
    ['.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1', 'api.ecr.us-iso-east-1.c2s.ic.gov', undefined],
    ['.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', 'api.ecr.us-isob-east-1.sc2s.sgov.gov', undefined],
  ])('%s', (rest, region, api, console) => {
    expect(ecrPlace(account + rest.toUpperCase())).toEqual({ account, region, api, ...(console && { console }) });
    expect(isEcrApi(api)).toBe(true);
  });

  test.each([
    `${account}.dkr.ecr.eu-west-1.amazonaws.com.evil.io`,
    `${account}.dkr.ecr.eu-west-1.amazonaws.com:8443`,
    `evil.io.${account}.dkr.ecr.eu-west-1.amazonaws.com`,
    `${account}.dkr.ecr.evil.io.amazonaws.com`,
    `${account}.dkr.ecr.eu-west-1.evil-amazonaws.com`,
    `${account}.dkr.ecr.eu-west-1amazonaws.com`,
    `${account}.dkr-ecr.eu-west-1.amazonaws.com`,
    `${account}.dkr.ecr.eu-west-1.on.aws`,
    '12345.dkr.ecr.eu-west-1.amazonaws.com',
    'bucket.s3.eu-west-1.amazonaws.com',
    'amazonaws.com',
  ])('%s is none', host => {
    expect(ecrPlace(host)).toBeUndefined();
    expect(providers.find(({ matches }) => matches(host))?.id).toBe('oci');
  });

  test.each([
    'api.ecr.eu-west-1.amazonaws.com.evil.io',
    'x.api.ecr.eu-west-1.amazonaws.com',
    'api-ecr.eu-west-1.amazonaws.com',
    'ecr.eu-west-1.on.aws',
    'sts.eu-west-1.amazonaws.com',
  ])('%s is no interface of it', host => expect(isEcrApi(host)).toBe(false));

  test('an address in a network of one’s own is', () => {
    expect(isEcrApi('vpce-0a1b2c3d-x9y8.api.ecr.eu-west-1.vpce.amazonaws.com')).toBe(true);
    expect(isEcrApi('vpce-0a1b2c3d-x9y8.api.ecr.eu-west-1.vpce.amazonaws.com.evil.io')).toBe(false);
  });

  test('the services that hand out credentials', () => {
    const known = [
      'sts.amazonaws.com',
      'sts.eu-west-1.amazonaws.com',
      'portal.sso.eu-west-1.amazonaws.com',
      'oidc.cn-north-1.amazonaws.com.cn',
      'eu-west-1.signin.aws.amazon.com',
    ];
    const strange = [
      'sts.eu-west-1.amazonaws.com.evil.io',
      'portal.sso.evil.amazonaws.com',
      'sts.eu-west-1.elb.amazonaws.com',
      'eu-west-1.signin.aws.amazon.com.evil.io',
    ];
    expect(known.filter(host => !isAwsIdentity(host))).toEqual([]);
    expect(strange.filter(isAwsIdentity)).toEqual([]);
  });
});

describe('AWS credentials go nowhere else', () => {
  const asked: string[] = [];
  const noting: Fetch = async url => {
    asked.push(url);
    throw new Error('no network in tests');
  };

  test.each([
    'https://api.ecr.eu-west-1.amazonaws.com.evil.io',
    'https://evil.io',
    'http://api.ecr.eu-west-1.amazonaws.com',
    'https://api.ecr.eu-west-1.amazonaws.com:8443',
  ])('not to %s', async api => {
    const registry = connect(`${account}.dkr.ecr.eu-west-1.amazonaws.com`, { api, fetch: noting });
    await expect(registry.lookUp('team/app', ['prod'])).rejects.toMatchObject({ code: 'FOREIGN_API' });
    expect(asked).toEqual([]);
  });

  test('not as a token either, to a host that only calls itself ECR', async () => {
    const refusing: Fetch = async url => {
      asked.push(url);
      return { status: 401, headers: new Headers({ 'www-authenticate': 'Basic realm="x"' }), body: null };
    };
    const registry = connect('registry.evil.io', { kind: 'ecr', api: 'http://127.0.0.1:9', fetch: refusing });
    await expect(registry.blob('team/app', `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'FOREIGN_API' });
    expect(asked).toEqual([`https://registry.evil.io/v2/team/app/blobs/sha256:${'0'.repeat(64)}`]);
  });

  test('not where a variable of the environment leads the services that hand them out', async () => {
    const send = awsTransport('x', { fetch: noting });
    await expect(send({ method: 'POST', url: new URL('https://sts.evil.io/'), headers: {} })).rejects.toMatchObject({
      code: 'FOREIGN_API',
    });
  });

  test('each call names the account, and goes to its region', async () => {
    asked.length = 0;
    const registry = connect(`${account}.dkr.ecr.eu-west-1.amazonaws.com`, { fetch: noting });
    await expect(registry.lookUp('team/app', ['prod'])).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(asked).toEqual(['https://api.ecr.eu-west-1.amazonaws.com/']);
  });
});

describe('pages of the console', () => {
  const registry = connect(`${account}.dkr.ecr.eu-west-1.amazonaws.com`);
  const digest = `sha256:${'a'.repeat(64)}`;

  test('of a repository and of an image', () => {
    const page = `https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/${account}/team/app`;
    expect(registry.webPage('team/app')).toBe(`${page}?region=eu-west-1`);
    expect(registry.webPage('team/app', 'prod')).toBe(`${page}?region=eu-west-1`);
    expect(registry.webPage('team/app', digest)).toBe(`${page}/_/image/${digest}/details?region=eu-west-1`);
    expect(connect('public.ecr.aws').webPage('nginx/nginx')).toBe('https://gallery.ecr.aws/nginx/nginx');
  });
});

describe('Amazon ECR Public', () => {
  const registry = connect('PUBLIC.ecr.aws', {
    fetch: () => {
      throw new Error('nothing is asked');
    },
  });

  test('lists no repositories and deletes nothing, and says so before anything is sent', async () => {
    const digest = `sha256:${'a'.repeat(64)}` as const;
    expect(registry.abilities).toMatchObject({ repositories: false, untag: false, remove: false });
    const first = registry.repositories()[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ code: 'UNSUPPORTED', subject: 'the catalog' });
    await expect(registry.untag('nginx/nginx', 'latest')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(registry.remove('nginx/nginx', digest)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  test.each(['public.ecr.aws.evil.io', 'x.public.ecr.aws', 'public-ecr.aws'])('%s is not it', host => {
    expect(providers.find(({ matches }) => matches(host))?.id).toBe('oci');
  });
});
