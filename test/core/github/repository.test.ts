import { describe, expect, test } from 'vitest';
import { parseRemote, placeOf } from '../../../core/github/repository.ts';

describe('the address of a repository', () => {
  const shop = { owner: 'acme', name: 'shop' };
  test.each([
    'https://github.com/acme/shop',
    'https://github.com/acme/shop.git',
    'https://octocat:secret@github.com/acme/shop/',
    'https://www.github.com/acme/shop#readme',
    'git@github.com:acme/shop.git',
    'ssh://git@github.com/acme/shop.git',
    'ssh://git@ssh.github.com:443/acme/shop.git',
    'git://github.com/acme/shop',
  ])('%s is of github.com', address => {
    expect(parseRemote(address)).toEqual({ ...shop, host: 'github.com', api: 'https://api.github.com' });
  });

  test('names the API of a tenant of ghe.com, and none of a host that does not tell', () => {
    expect(parseRemote('https://acme.ghe.com/acme/shop')).toEqual({ ...shop, host: 'acme.ghe.com', api: 'https://api.acme.ghe.com' });
    expect(parseRemote('git@github.acme.dev:acme/shop.git')).toEqual({ ...shop, host: 'github.acme.dev' });
    expect(parseRemote('https://github.com.evil.example/acme/shop')).toEqual({ ...shop, host: 'github.com.evil.example' });
  });

  test.each([
    '',
    'acme/shop',
    'https://github.com/acme',
    'https://github.com/acme/shop/tree/main',
    '/srv/git/acme/shop',
    'https://github.com/../shop',
    'file:///a/b',
  ])('%j is none', address => {
    expect(parseRemote(address)).toBeUndefined();
  });
});

describe('where pull requests are asked for', () => {
  const repository = { owner: 'acme', name: 'shop' };
  const shop = (host: string) => parseRemote(`git@${host}:acme/shop.git`);

  test('is the API of the host that the repository is on, with the token of the registry beside it', () => {
    expect(placeOf('ghcr.io', {}, shop('github.com'))).toEqual({ api: 'https://api.github.com', host: 'ghcr.io', repository });
    expect(placeOf('registry.example.com', {}, shop('github.com'))).toEqual({ api: 'https://api.github.com', host: 'ghcr.io', repository });
    const tenant = { api: 'https://api.acme.ghe.com', host: 'containers.acme.ghe.com', repository };
    expect(placeOf('containers.acme.ghe.com', {}, shop('acme.ghe.com'))).toEqual(tenant);
  });

  test('is the API that is set for a registry of GitHub’s', () => {
    const api = 'https://github.acme.dev/api/v3';
    const host = 'containers.github.acme.dev';
    expect(placeOf(host, { kind: 'ghcr', api }, shop('github.acme.dev'))).toEqual({ api, host, repository });
    expect(placeOf('quay.io', { kind: 'dockerHub', api }, shop('github.com'))?.api).toBe('https://api.github.com');
  });

  test('is nowhere for other hosts', () => {
    expect(placeOf('ghcr.io', {}, shop('gitlab.com'))).toBeUndefined();
    expect(placeOf('ghcr.io', {}, undefined)).toBeUndefined();
  });
});
