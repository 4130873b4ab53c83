import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { image } from '../core/promotion/team.ts';
import { keys } from '../core/registry/ecr/person.ts';
import { type RunningEcr, startEcr } from '../fakes/ecr/server.ts';
import { startProxy, startTls } from '../fakes/proxy.ts';
import { type Run, tallyman } from './cli.ts';

let ecr: RunningEcr;
let home: string;
let name: string;
beforeEach(async () => {
  ecr = await startEcr({ callers: { [keys.id]: {} } });
  ecr.state.push('team/app', image('one'), ['prod', 'v1.0.0']);
  name = `${ecr.host}/team/app`;
  home = mkdtempSync(join(tmpdir(), 'tallyman-aws-'));
  mkdirSync(join(home, '.aws'));
  const session = '[sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.awsapps.com/start\n';
  const work = '[profile work]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n';
  const dev = `[profile dev]\naws_access_key_id = ${keys.id}\naws_secret_access_key = ${keys.secret}\n`;
  writeFileSync(join(home, '.aws', 'config'), session + work + dev);
});
afterEach(async () => {
  await ecr.stop();
  rmSync(home, { recursive: true });
});

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> =>
  tallyman(args, { env: { HOME: home, USERPROFILE: home, AWS_EC2_METADATA_DISABLED: 'true', ...env } });

describe('Amazon ECR on the command line', () => {
  test('tags with a profile; nothing but the table is written', async () => {
    const { code, stdout, stderr } = await run(['tags', name, '--registry-kind', 'ecr', '--profile', 'dev']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('prod');
    expect(stdout).toContain('v1.0.0');
  });

  test('a promotion is read back', async () => {
    const digest = ecr.state.push('team/app', image('two'), ['v2.0.0']);
    const before = ecr.state.store.repository('team/app')?.tags.get('prod') ?? '';
    const args = ['promote', name, '--from', 'v2.0.0', '--to', 'prod', '--expect', before, '--yes', '--ledger', join(home, 'ledger.jsonl')];
    const { code, stderr } = await run([...args, '--registry-kind', 'ecr', '--profile', 'dev']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(ecr.state.store.repository('team/app')?.tags.get('prod')).toBe(digest);
  });

  test.each([
    ['a session that is over', ['--profile', 'work'], 'Run `aws sso login --profile work`, then try again.'],
    [
      'no credentials',
      [],
      'Name a profile of your AWS configuration with --profile, or set AWS_PROFILE; `aws configure list-profiles` shows them.',
    ],
    ['a profile that is not there', ['--profile', 'gone'], '(no credentials come from the AWS profile gone)'],
  ])('%s: exit code 3 and what to do', async (_, more, advice) => {
    const { code, stdout, stderr } = await run(['tags', name, '--registry-kind', 'ecr', ...more]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(advice);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('Amazon’s API is asked through the proxy too', async () => {
    // Its certificate is another host's, so the way there is all that can be seen.
    const tls = await startTls(Number(new URL(ecr.url).port));
    const proxy = await startProxy(tls.port);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const { code, stderr } = await run(['tags', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app', '--profile', 'dev'], env);
    expect(code).toBe(3);
    expect(stderr).toContain('The certificate of 123456789012.dkr.ecr.eu-west-1.amazonaws.com is not trusted');
    expect(new Set(proxy.tunnels)).toEqual(new Set(['api.ecr.eu-west-1.amazonaws.com:443']));
    await Promise.all([proxy.stop(), tls.stop()]);
  });

  test('no secret is written, whatever goes wrong', async () => {
    for (const name of ['AccessDeniedException', 'ExpiredTokenException', 'SomethingNewException']) {
      ecr.faults.clear();
      ecr.faults.add({ kind: 'error', name, status: 400 });
      const { stdout, stderr } = await run(['tags', `${ecr.host}/team/app`, '--registry-kind', 'ecr', '--profile', 'dev']);
      for (const secret of [keys.secret, 'AWS4-HMAC-SHA256', ...ecr.secrets]) expect(stdout + stderr).not.toContain(secret);
    }
  });
});
