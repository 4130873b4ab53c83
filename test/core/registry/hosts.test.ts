import { describe, expect, test } from 'vitest';
import { apiBase, apiRepository, canonicalHost, isLoopback, sameSite } from '../../../core/registry/hosts.ts';

describe('hosts', () => {
  test('all of Docker Hub is one registry, with official images under library/', () => {
    for (const host of ['docker.io', 'index.docker.io', 'Registry-1.docker.io']) expect(canonicalHost(host)).toBe('docker.io');
    expect(apiBase('docker.io').href).toBe('https://registry-1.docker.io/');
    expect(apiRepository('docker.io', 'nginx')).toBe('library/nginx');
    expect(apiRepository('docker.io', 'acme/app')).toBe('acme/app');
    expect(apiRepository('ghcr.io', 'app')).toBe('app');
  });

  test('plain http only on this machine, or when asked', () => {
    expect(apiBase('127.0.0.1:5000').protocol).toBe('http:');
    expect(apiBase('[::1]:5000').protocol).toBe('http:');
    expect(apiBase('localhost').protocol).toBe('http:');
    expect(apiBase('registry.acme.io:5000').protocol).toBe('https:');
    expect(apiBase('registry.acme.io:5000', true).protocol).toBe('http:');
  });

  test.each(['127.0.0.1.evil.io', 'localhost.evil.io', '128.0.0.1', '10.0.0.1', 'my-localhost'])('%s is not this machine', host => {
    expect(isLoopback(host)).toBe(false);
  });

  test.each([
    ['ghcr.io', 'ghcr.io'],
    ['registry-1.docker.io', 'auth.docker.io'],
    ['registry.gitlab.com', 'gitlab.com'],
    ['harbor.acme.io:8443', 'auth.acme.io'],
    ['registry.acme.co.uk', 'auth.acme.co.uk'],
  ])('%s and %s are one site', (a, b) => {
    expect(sameSite(a, b)).toBe(true);
  });

  test.each([
    ['ghcr.io', 'evil-ghcr.io'],
    ['ghcr.io', 'ghcr.io.evil.com'],
    ['acme.co.uk', 'evil.co.uk'],
    ['acme.com.au', 'evil.com.au'],
    ['1.dkr.ecr.eu-west-1.amazonaws.com', 'evil.s3.eu-west-1.amazonaws.com'],
    ['acme.azurecr.io', 'evil.azurecr.io'],
    ['acme.jfrog.io', 'evil.jfrog.io'],
    ['5000-acme.ws-eu1.gitpod.io', '80-evil.ws-eu1.gitpod.io'],
    ['registry.acme.ts.net', 'auth.evil.ts.net'],
    ['ghcr.io', 'io'],
    ['ghcr.io', 'ghcr.io.'],
    ['[::1]:5000', '[::2]:5000'],
    ['10.0.0.1', '10.0.0.2'],
    ['10.0.0.1', '1.10.0.0.1'],
    ['registry.io', 'auth.io'],
  ])('%s and %s are not', (a, b) => {
    expect(sameSite(a, b)).toBe(false);
  });
});
