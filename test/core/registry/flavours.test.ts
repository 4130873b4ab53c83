import { afterEach, describe, expect, test } from 'vitest';
import { credentialChain, triedWords } from '../../../core/registry/credentials/chain.ts';
import { RegistryError } from '../../../core/registry/errors.ts';
import { explain } from '../../../core/registry/explain.ts';
import { flavourOf, loginCommand } from '../../../core/registry/flavours.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { Credentials, Registry } from '../../../core/registry/registry.ts';
import { verifyCredentials } from '../../../core/registry/verify.ts';
import { type Flavour, flavours, type RunningFlavour, startFlavour } from '../../fakes/flavours.ts';
import { image, push } from '../promotion/team.ts';

const password = 'pass-of-the-tests';
const ada = { kind: 'basic', username: 'ada', password } as const;
let running: RunningFlavour | undefined;
afterEach(() => running?.stop());

async function start(flavour: Flavour, credentials: Credentials | undefined = ada): Promise<{ registry: Registry; tried(): string }> {
  running = await startFlavour(flavour, password);
  push(running.inner.store, 'team/app', image('one'), ['prod', 'v1']);
  const keychain = credentialChain([
    {
      async *look() {
        yield { place: 'stored here', result: credentials ? 'found' : 'none', ...(credentials && { credentials }) };
      },
    },
  ]);
  return {
    registry: connect(flavour.host, { keychain, fetch: running.fetch, kind: 'oci' }),
    tried: () => triedWords(keychain.tried(flavour.host)),
  };
}

async function names(list: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const name of list) found.push(name);
  return found;
}

async function trouble(work: Promise<unknown>): Promise<RegistryError> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RegistryError);
  return error as RegistryError;
}

const all = Object.entries<Flavour>(flavours);

describe.each(all)('%s', (name, flavour) => {
  test('tags are listed and looked up with a user and a password', async () => {
    const { registry } = await start(flavour);
    expect(await names(registry.tags('team/app'))).toEqual(['prod', 'v1']);
    const found = await registry.lookUp('team/app', ['prod', 'nope']);
    expect([...found.keys()]).toEqual(['prod']);
    expect(await registry.manifest('team/app', 'prod')).toBeDefined();
  });

  test('the list of repositories, or that there is none for this person, which blames no credentials', async () => {
    const { registry, tried } = await start(flavour);
    if (flavour.catalog === 'lists') expect(await names(registry.repositories())).toEqual(['team/app']);
    else {
      const error = await trouble(names(registry.repositories()));
      expect([error.code, explain(error)]).toEqual(['UNSUPPORTED', `${flavour.host} does not list its repositories. Name one.`]);
    }
    expect(await names(registry.tags('team/app'))).toEqual(['prod', 'v1']);
    // Harbor refuses the list as it refuses credentials, so it is asked once more who this is.
    if (name !== 'harbor') expect(tried()).toBe('stored here – found');
  });

  test('wrong credentials are said to be wanted, for the list of repositories too', async () => {
    const { registry, tried } = await start(flavour, { ...ada, password: 'changed-since' });
    expect((await trouble(names(registry.tags('team/app')))).code).toBe('UNAUTHORIZED');
    expect(tried()).toBe('stored here – refused by the registry');
    if (flavour.catalog !== 'a web page with 404') expect((await trouble(names(registry.repositories()))).code).toBe('UNAUTHORIZED');
  });

  test('credentials are verified without naming a repository', async () => {
    await start(flavour);
    const options = { fetch: running?.fetch ?? fetch };
    await verifyCredentials(flavour.host, ada, options);
    expect((await trouble(verifyCredentials(flavour.host, { ...ada, password: 'wrong' }, options))).code).toBe('UNAUTHORIZED');
  });
});

describe.each(all.filter(([, { realm }]) => realm !== ''))('%s', (_name, flavour) => {
  test('an identity token is exchanged', async () => {
    const { registry } = await start(flavour, { kind: 'identityToken', token: password });
    expect(await names(registry.tags('team/app'))).toEqual(['prod', 'v1']);
  });
});

test('GitLab’s token service is at another host of the same site', async () => {
  const { registry } = await start(flavours.gitlab);
  await names(registry.tags('team/app'));
  expect(running?.asked).toEqual([
    'GET registry.gitlab.com/v2/team/app/tags/list',
    'GET gitlab.com/jwt/auth repository:team/app:pull',
    'GET registry.gitlab.com/v2/team/app/tags/list',
  ]);
});

test('Azure is asked for the scope it wants beside our own, once', async () => {
  const { registry } = await start(flavours.azure);
  await names(registry.tags('team/app'));
  await names(registry.tags('team/app'));
  const tokens = running?.asked.filter(line => line.includes('/oauth2/token'));
  expect(tokens).toEqual(['GET acme.azurecr.io/oauth2/token repository:team/app:pull repository:team/app:metadata_read']);
});

test('a repository that is empty and says only its name is empty', async () => {
  const { registry } = await start(flavours.zot);
  running?.inner.store.open('team/empty');
  expect(await names(registry.tags('team/empty'))).toEqual([]);
});

test('a web page in place of the list at a host that is no registry is no registry', async () => {
  const { registry } = await start(flavours.google);
  running?.inner.faults.add({ kind: 'html' });
  const away = connect('europe-docker.pkg.dev', {
    fetch: async () => new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } }),
  });
  expect((await trouble(names(away.repositories()))).code).toBe('NOT_A_REGISTRY');
  expect(registry.host).toBe('europe-docker.pkg.dev');
});

describe('what is said of signing in', () => {
  test.each([
    ['ghcr.io', 'GitHub', 'docker login ghcr.io'],
    ['index.docker.io', 'Docker Hub', 'docker login'],
    ['registry.gitlab.com', 'GitLab', 'docker login registry.gitlab.com'],
    ['registry.gitlab.acme.io:5050', 'GitLab', 'docker login registry.gitlab.acme.io:5050'],
    ['quay.io', 'Quay', 'docker login quay.io'],
    ['acme.azurecr.io', 'Azure Container Registry', 'az acr login --name acme'],
    ['europe-docker.pkg.dev', 'Google Artifact Registry', 'gcloud auth configure-docker europe-docker.pkg.dev'],
    ['eu.gcr.io', 'Google Artifact Registry', 'gcloud auth configure-docker eu.gcr.io'],
    ['harbor.acme.io', 'Harbor', 'docker login harbor.acme.io'],
    ['registry.acme.io', undefined, 'docker login registry.acme.io'],
    ['azurecr.io.evil.com', undefined, 'docker login azurecr.io.evil.com'],
    ['notghcr.io', undefined, 'docker login notghcr.io'],
  ])('%s', (host, title, command) => {
    expect([flavourOf(host).title, loginCommand(host)]).toEqual([title, command]);
  });
});
