import { describe, expect, test } from 'vitest';
import { parseEntry, readEntry, withProfile } from '../../client/entry.ts';

test.each([
  ['ghcr.io', { host: 'ghcr.io' }],
  [' https://registry.example.com/ ', { host: 'registry.example.com' }],
  ['localhost:5000', { host: 'localhost:5000' }],
  ['localhost:5000/shop', { host: 'localhost:5000', repository: 'shop' }],
  ['ghcr.io/acme/shop', { host: 'ghcr.io', repository: 'acme/shop' }],
  ['index.docker.io', { host: 'docker.io' }],
  ['127.0.0.1:5005', { host: '127.0.0.1:5005' }],
])('%s is understood', (text, entry) => {
  expect(parseEntry(text)).toEqual({ ...entry, reach: {} });
});

test.each(['', 'ghcr.io:99999', 'user:secret@ghcr.io', 'ghcr.io/Acme', 'acme/shop', 'ghcr.io?x=1', '../etc'])('%j is none', text => {
  expect(parseEntry(text)).toBeUndefined();
});

describe('an item of the setting', () => {
  test('is text', () => {
    expect(readEntry('ghcr.io/acme/shop')).toEqual({ host: 'ghcr.io', repository: 'acme/shop', reach: {} });
  });

  test('says which account of Amazon’s is meant', () => {
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    const aws = { profile: 'prod', roleArn: 'arn:aws:iam::123456789012:role/reader', externalId: 'shop' };
    expect(readEntry({ host, repository: 'acme/shop', ...aws })).toEqual({ host, repository: 'acme/shop', reach: { aws } });
  });

  test('says what kind of registry a host is, and where its own interface is', () => {
    const reach = { kind: 'ghcr', api: 'https://github.acme.example/api/v3' };
    expect(readEntry({ host: 'containers.acme.example', ...reach })).toEqual({ host: 'containers.acme.example', reach });
    expect(readEntry({ host: 'localhost:5005', api: 'http://127.0.0.1:7000' })?.reach.api).toBe('http://127.0.0.1:7000');
  });

  test('names the accounts whose repositories are listed', () => {
    expect(readEntry('ghcr.io/acme')).toEqual({ host: 'ghcr.io', reach: { owners: ['acme'] } });
    expect(readEntry('containers.acme.ghe.com/shop')?.reach.owners).toEqual(['shop']);
    expect(readEntry('docker.io/nginx')).toEqual({ host: 'docker.io', repository: 'nginx', reach: {} });
    const owners = ['acme', 'Other-Org'];
    expect(readEntry({ host: 'docker.io', owners })).toEqual({ host: 'docker.io', reach: { owners } });
  });

  test('gets another AWS profile and keeps the rest', () => {
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    expect(withProfile(host, 'work')).toEqual({ host, profile: 'work' });
    expect(withProfile(`${host}/acme/shop`, 'work')).toEqual({ host, repository: 'acme/shop', profile: 'work' });
    expect(withProfile({ host, profile: 'old', externalId: 'x' }, 'work')).toEqual({ host, profile: 'work', externalId: 'x' });
    expect(withProfile({ note: 'mine' }, 'work')).toEqual({ note: 'mine' });
  });

  test.each([
    undefined,
    null,
    7,
    {},
    { host: '../etc' },
    { host: 'ghcr.io', repository: 'Acme' },
    { host: 'ghcr.io', owners: 'acme' },
    { host: 'ghcr.io', owners: ['../user'] },
    { host: 'ghcr.io', profile: 7 },
    { host: 'ghcr.io', profile: '' },
    { host: 'ghcr.io', api: 'http://github.acme.example' },
    { host: 'ghcr.io', api: 'https://ada:secret@github.acme.example' },
    { host: 'ghcr.io', api: 'file:///etc' },
  ])('%j is none', item => {
    expect(readEntry(item)).toBeUndefined();
  });
});
