import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../../core/image/digest.ts';
import { awsProfiles } from '../../../../core/registry/ecr/profiles.ts';
import { awsLoginArguments, RegistryError } from '../../../../core/registry/errors.ts';
import { explain } from '../../../../core/registry/explain.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { AwsSettings } from '../../../../core/registry/providers/provider.ts';
import type { Keychain } from '../../../../core/registry/registry.ts';
import { type RunningIdentity, startIdentity } from '../../../fakes/awsIdentity.ts';
import { type RunningEcr, startEcr } from '../../../fakes/ecr/server.ts';
import { image } from '../../promotion/team.ts';
import { asPerson, keys } from './person.ts';

const role = 'arn:aws:iam::210987654321:role/reader';
const assumed = {
  accessKeyId: 'ASIAROLE000000000001',
  secretAccessKey: 'secret-of-the-role-0123456789abcdef',
  sessionToken: 'token-of-the-role-0123456789abcdef',
};
const fromSession = {
  accessKeyId: 'ASIASSO0000000000001',
  secretAccessKey: 'secret-of-the-session-0123456789',
  sessionToken: 'token-of-the-session-0123456789',
};
const startUrl = 'https://acme.awsapps.com/start';

const person = asPerson({});
let ecr: RunningEcr;
let identity: RunningIdentity;
beforeEach(async () => {
  identity = await startIdentity({
    roles: { [role]: { ...assumed, externalId: 'acme-42' } },
    sessions: { 'access-token': fromSession, 'renewed-token': fromSession },
    refresh: { 'refresh-token': 'renewed-token' },
  });
  Object.assign(process.env, identity.environment);
  const { sessionToken } = assumed;
  ecr = await startEcr({
    callers: {
      [keys.id]: {},
      [assumed.accessKeyId]: { sessionToken },
      [fromSession.accessKeyId]: { sessionToken: fromSession.sessionToken },
    },
  });
  ecr.state.push('team/app', image('one', { architectures: ['amd64'] }), ['prod']);
});
afterEach(async () => {
  await ecr.stop();
  await identity.stop();
});

/** Writes `~/.aws/config`. */
function configure(text: string): void {
  mkdirSync(join(person.home, '.aws'), { recursive: true });
  writeFileSync(join(person.home, '.aws', 'config'), text);
}

/** What `aws sso login` leaves for a session, or for a start address before there were sessions. */
function signedIn(name: string, expiresAt: Date, more: object = {}): void {
  const folder = join(person.home, '.aws', 'sso', 'cache');
  mkdirSync(folder, { recursive: true });
  const file = `${createHash('sha1').update(name).digest('hex')}.json`;
  writeFileSync(
    join(folder, file),
    JSON.stringify({ accessToken: 'access-token', expiresAt: expiresAt.toISOString(), region: 'us-east-1', startUrl, ...more }),
  );
}

const soon = () => new Date(Date.now() + 3_600_000);
const past = () => new Date(Date.now() - 60_000);
const lookUp = async (aws?: AwsSettings, keychain?: Keychain) =>
  connect(ecr.host, { kind: 'ecr', ...(aws && { aws }), ...(keychain && { keychain }) }).lookUp('team/app', ['prod']);
const trouble = async (work: Promise<unknown>): Promise<RegistryError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  return error as RegistryError;
};
const staticProfile = `[profile dev]\naws_access_key_id = ${keys.id}\naws_secret_access_key = ${keys.secret}\n`;
const session =
  '[sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.awsapps.com/start\nsso_registration_scopes = sso:account:access\n';
const ssoProfile = `${session}[profile work]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n`;

describe('credentials come from', () => {
  test('the environment', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret });
    expect((await lookUp()).size).toBe(1);
  });

  test('a named profile, whatever else there is', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAOTHER', AWS_SECRET_ACCESS_KEY: 'other' });
    configure(staticProfile);
    expect((await lookUp({ profile: 'dev' })).size).toBe(1);
    expect(ecr.calls[0]?.accessKeyId).toBe(keys.id);
  });

  test('AWS_PROFILE', async () => {
    configure(staticProfile);
    process.env['AWS_PROFILE'] = 'dev';
    expect((await lookUp()).size).toBe(1);
  });

  test('a role that another account gives, with its external id', async () => {
    configure(staticProfile);
    expect((await lookUp({ profile: 'dev', roleArn: role, externalId: 'acme-42' })).size).toBe(1);
    expect(identity.requests).toMatchObject([
      { service: 'sts', accessKeyId: keys.id, input: { RoleArn: role, RoleSessionName: 'tallyman', ExternalId: 'acme-42' } },
    ]);
    expect(ecr.calls[0]?.accessKeyId).toBe(assumed.accessKeyId);
  });

  test('a role that a profile names', async () => {
    configure(`${staticProfile}[profile reader]\nrole_arn = ${role}\nexternal_id = acme-42\nsource_profile = dev\n`);
    expect((await lookUp({ profile: 'reader' })).size).toBe(1);
    expect(ecr.calls[0]?.accessKeyId).toBe(assumed.accessKeyId);
  });

  test('a session of IAM Identity Center', async () => {
    configure(ssoProfile);
    signedIn('acme', soon());
    expect((await lookUp({ profile: 'work' })).size).toBe(1);
    expect(identity.requests).toEqual([{ service: 'sso', input: { account_id: '123456789012', role_name: 'ReadOnly' } }]);
  });

  test('such a session that its refresh token renews', async () => {
    configure(ssoProfile);
    signedIn('acme', past(), {
      clientId: 'client',
      clientSecret: 'client-secret',
      refreshToken: 'refresh-token',
      registrationExpiresAt: soon().toISOString(),
    });
    expect((await lookUp({ profile: 'work' })).size).toBe(1);
    expect(identity.requests.map(({ service }) => service)).toEqual(['oidc', 'sso']);
  });

  test('what `docker login` left, where Amazon has nothing: names alone', async () => {
    ecr.state.passwords.add('docker-has-this');
    const asked: string[] = [];
    const keychain: Keychain = {
      async credentials(host) {
        asked.push(host);
        return { kind: 'basic', username: 'AWS', password: 'docker-has-this' };
      },
    };
    const registry = connect(ecr.host, { kind: 'ecr', keychain });
    const rows = [];
    for await (const { images } of registry.images('team/app')) rows.push(...images);
    expect(rows).toEqual([{ tags: ['prod'] }]);
    expect((await registry.lookUp('team/app', ['prod', 'nope'])).get('prod')).toMatchObject({ tags: ['prod'] });
    expect(await registry.manifest('team/app', 'prod')).toBeDefined();
    expect(new Set(asked)).toEqual(new Set([ecr.host]));
  });
});

describe('no credentials', () => {
  test('none at all is said', async () => {
    const error = await trouble(lookUp());
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', detail: 'no AWS credentials are found' });
  });

  test('a profile that is not there is named', async () => {
    configure(staticProfile);
    const error = await trouble(lookUp({ profile: 'prod' }));
    expect(error.code).toBe('UNAUTHORIZED');
    expect(explain(error)).toContain('prod');
  });

  test.each<[string, () => void]>([
    ['an expired session', () => signedIn('acme', past())],
    ['no session yet', () => undefined],
    ['a session that was ended elsewhere', () => signedIn('acme', soon(), { accessToken: 'revoked' })],
    [
      'a session that cannot be renewed',
      () =>
        signedIn('acme', past(), { clientId: 'c', clientSecret: 's', refreshToken: 'gone', registrationExpiresAt: soon().toISOString() }),
    ],
  ])('%s asks for a login of that profile', async (_, prepare) => {
    configure(ssoProfile);
    prepare();
    const error = await trouble(lookUp({ profile: 'work' }));
    expect(error).toMatchObject({ code: 'SESSION_EXPIRED', awsLogin: { command: 'sso login', profile: 'work' } });
    expect(awsLoginArguments(error.awsLogin ?? { command: 'login' })).toEqual(['sso', 'login', '--profile', 'work']);
    expect(ecr.calls).toEqual([]);
  });

  test('a profile from before there were sessions, and AWS_PROFILE, are named too', async () => {
    configure(
      `[profile old]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n`,
    );
    process.env['AWS_PROFILE'] = 'old';
    signedIn(startUrl, past());
    expect(await trouble(lookUp())).toMatchObject({ code: 'SESSION_EXPIRED', awsLogin: { command: 'sso login', profile: 'old' } });
    signedIn(startUrl, soon());
    expect((await lookUp()).size).toBe(1);
  });

  test('a login of the AWS tools that is over asks for that login, of the default profile too', async () => {
    configure('[default]\nlogin_session = arn:aws:iam::123456789012:user/ada\nregion = us-east-1\n');
    expect(await trouble(lookUp())).toMatchObject({ code: 'SESSION_EXPIRED', awsLogin: { command: 'login' } });
    configure('[profile me]\nlogin_session = arn:aws:iam::123456789012:user/ada\nregion = us-east-1\n');
    expect(await trouble(lookUp({ profile: 'me' }))).toMatchObject({
      code: 'SESSION_EXPIRED',
      awsLogin: { command: 'login', profile: 'me' },
    });
  });

  test('after the login the same connection works', async () => {
    configure(ssoProfile);
    const registry = connect(ecr.host, { kind: 'ecr', aws: { profile: 'work' } });
    expect((await trouble(registry.lookUp('team/app', ['prod']))).code).toBe('SESSION_EXPIRED');
    signedIn('acme', soon());
    expect((await registry.lookUp('team/app', ['prod'])).size).toBe(1);
  });

  test('a role that is not given says which action is missing', async () => {
    configure(staticProfile);
    const error = await trouble(lookUp({ profile: 'dev', roleArn: role, externalId: 'wrong' }));
    expect(error).toMatchObject({ code: 'DENIED', detail: expect.stringContaining('sts:AssumeRole') });
  });
});

describe('credentials that run out', () => {
  test('in the middle of a listing, they are read anew and the listing goes on', async () => {
    configure(staticProfile);
    ecr.state.fill('team/app', 3000);
    ecr.faults.add({ kind: 'error', operation: 'DescribeImages', name: 'ExpiredTokenException', status: 400, after: 1, count: 1 });
    let count = 0;
    for await (const { images } of connect(ecr.host, { kind: 'ecr', aws: { profile: 'dev' } }).images('team/app')) count += images.length;
    // With the index, its platform and its attestation.
    expect(count).toBe(3003);
  });

  test('for good, they are reported once', async () => {
    configure(staticProfile);
    ecr.faults.add({
      kind: 'error',
      name: 'ExpiredTokenException',
      status: 400,
      message: 'The security token included in the request is expired',
    });
    const error = await trouble(lookUp({ profile: 'dev' }));
    expect(error.code).toBe('UNAUTHORIZED');
    expect(explain(error)).toContain('the credentials of profile dev are expired');
    expect(ecr.calls).toHaveLength(2);
  });

  test('a token of the distribution API that is refused is fetched anew, once', async () => {
    configure(staticProfile);
    const app = image('one', { architectures: ['amd64'] });
    const registry = connect(ecr.host, { kind: 'ecr', aws: { profile: 'dev' } });
    const config = app.children[0]?.blobs[0] ?? new Uint8Array();
    expect(await registry.blob('team/app', digestOf(config))).toBeDefined();
    ecr.expireTokens();
    expect(await registry.blob('team/app', digestOf(config))).toBeDefined();
    expect(ecr.calls.filter(({ operation }) => operation === 'GetAuthorizationToken')).toHaveLength(2);
  });
});

test('profiles are told apart by where their credentials come from, and secrets stay where they are', async () => {
  configure(
    `${ssoProfile}${staticProfile}[default]\nregion = us-east-1\n[profile reader]\nrole_arn = ${role}\nsource_profile = dev\n[profile tool]\ncredential_process = vend\n`,
  );
  const profiles = await awsProfiles();
  expect(profiles).toEqual([
    { name: 'default', source: 'nothing' },
    { name: 'dev', source: 'keys' },
    { name: 'reader', source: 'role', account: '210987654321' },
    { name: 'tool', source: 'program' },
    { name: 'work', source: 'session', account: '123456789012' },
  ]);
  expect(JSON.stringify(profiles)).not.toContain(keys.secret);
});
