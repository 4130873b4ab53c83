import pLimit from 'p-limit';
import { connect } from '../../core/registry/providers/index.ts';
import type { ConnectOptions } from '../../core/registry/providers/provider.ts';
import { push } from '../../demo/images/images.ts';
import { startRegistry } from '../../demo/registry/registry.ts';
import { fill, image } from '../client/listing/repositories.ts';
import { startDockerHub } from '../fakes/dockerHub/server.ts';
import { startDockerRegistry } from '../fakes/dockerRegistry.ts';
import { startEcr } from '../fakes/ecr/server.ts';
import { startGitHub } from '../fakes/github/server.ts';
import { upload } from '../fakes/upload.ts';
import { type CountingFetch, countingFetch } from './counting.ts';

/** Milliseconds added to each request. */
export const latency = 20;
export const count = 10_000;
export const repository = 'acme/shop';

/** A registry with ten thousand tags in one repository. */
export interface Place {
  readonly name: string;
  readonly host: string;
  readonly options: ConnectOptions;
  /** Where Container Tools would ask. */
  readonly origin?: string;
  readonly fetched: CountingFetch;
  stop(): Promise<unknown>;
}

async function demo(): Promise<Place> {
  const server = await startRegistry();
  fill(server.store, repository, count - 2, 500);
  const fetched = countingFetch(latency);
  return {
    name: 'OCI, this project’s',
    host: server.host,
    origin: server.url,
    options: { fetch: fetched.fetch },
    fetched,
    stop: () => server.stop(),
  };
}

async function docker(): Promise<Place> {
  const server = await startDockerRegistry();
  const registry = connect(server.host);
  const images = Array.from({ length: 100 }, (_, number) => image(number));
  const limit = pLimit(12);
  for (const built of images) await upload(server, repository, built, [built.digest]);
  const tags = [...Array.from({ length: count - 2 }, (_, number) => `v1.0.${number}`), 'prod', 'staging'];
  await Promise.all(
    tags.map((tag, number) =>
      limit(async () => {
        const built = images[number % images.length] as (typeof images)[number];
        await registry.putManifest(repository, tag, {
          digest: built.digest,
          mediaType: built.mediaType,
          size: built.bytes.length,
          bytes: built.bytes,
        });
      }),
    ),
  );
  const fetched = countingFetch(latency);
  return {
    name: 'docker-registry 2.8',
    host: server.host,
    origin: server.url,
    options: { fetch: fetched.fetch },
    fetched,
    stop: () => server.stop(),
  };
}

async function ecr(): Promise<Place> {
  const server = await startEcr();
  // Two indexes of five manifests each; with them it is ten thousand images.
  server.state.fill(repository, count - 10);
  server.state.push(repository, image(1), ['prod']);
  server.state.push(repository, image(2), ['staging']);
  const fetched = countingFetch(latency);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATALLYMANTEST0001',
    AWS_SECRET_ACCESS_KEY: 'of-the-benchmark',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  const options = { kind: 'ecr', api: server.url, fetch: fetched.fetch };
  // The SDK is read with the first call.
  await connect(server.host, options).lookUp(repository, ['prod']);
  return { name: 'Amazon ECR', host: server.host, options, fetched, stop: () => server.stop() };
}

async function gitHub(): Promise<Place> {
  const server = await startGitHub();
  const { state } = server;
  const token = 'of-the-benchmark';
  state.tokens.set(token, { login: 'octocat', scopes: ['read:packages'] });
  state.accounts.set('octocat', { kind: 'User' });
  state.accounts.set('acme', { kind: 'Organization' });
  state.fill(repository, count - 2);
  for (const [number, tag] of ['prod', 'staging'].entries()) {
    const built = image(number);
    for (const child of built.children) push(state.store, repository, child);
    state.push(repository, built.bytes, [tag], '2026-11-20T00:00:00Z');
  }
  const fetched = countingFetch(latency);
  const keychain = { credentials: async () => ({ kind: 'basic', username: 'octocat', password: token }) as const };
  const options = { kind: 'ghcr', api: server.api.url, fetch: fetched.fetch, keychain };
  await connect(server.registry.host, options).resolve(repository, 'prod');
  return { name: 'GHCR', host: server.registry.host, options, fetched, stop: () => server.stop() };
}

async function dockerHub(): Promise<Place> {
  const { api, registry, state, stop } = await startDockerHub();
  const token = 'of-the-benchmark';
  state.users.set('acme', token);
  // Many benchmarks run within what is one minute there.
  state.remaining = 1000;
  state.fill(repository, count - 2);
  for (const [number, tag] of ['prod', 'staging'].entries()) {
    const built = image(number);
    for (const child of built.children) push(state.store, repository, child);
    state.push(repository, built.bytes, [tag], '2026-11-20T00:00:00Z', built.mediaType);
  }
  const fetched = countingFetch(latency);
  const keychain = { credentials: async () => ({ kind: 'basic', username: 'acme', password: token }) as const };
  const options = { kind: 'dockerHub', api: api.url, fetch: fetched.fetch, keychain };
  return { name: 'Docker Hub', host: registry.host, options, fetched, stop };
}

/** Each kind of registry, to be started one after the other. */
export const places: readonly (() => Promise<Place>)[] = [demo, docker, ecr, gitHub, dockerHub];
