import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RegistryError } from '../../../../core/registry/errors.ts';
import { explain } from '../../../../core/registry/explain.ts';
import type { Fetch } from '../../../../core/registry/fetch.ts';
import { connect } from '../../../../core/registry/providers/index.ts';
import type { Registry } from '../../../../core/registry/registry.ts';
import type { EcrFaultEffect } from '../../../fakes/ecr/faults.ts';
import { type RunningEcr, startEcr } from '../../../fakes/ecr/server.ts';
import { image } from '../../promotion/team.ts';
import { asPerson, keys } from './person.ts';

const sessionToken = 'session-token-of-the-tests-0123456789';
asPerson({ AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret, AWS_SESSION_TOKEN: sessionToken });
let running: RunningEcr;
let registry: Registry;
beforeEach(async () => {
  running = await startEcr();
  running.state.push('team/app', image('one', { architectures: ['amd64'] }), ['prod', 'v1']);
  registry = connect(running.host, { kind: 'ecr', timeout: 1000 });
});
afterEach(() => running.stop());

async function list(): Promise<number> {
  let count = 0;
  for await (const { images } of registry.images('team/app')) count += images.length;
  return count;
}

/** The error of a listing while something goes wrong; it and what people read of it are free of secrets. */
async function trouble(work: Promise<unknown> = list()): Promise<RegistryError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  const known = error as RegistryError;
  const all = inspect(known, { depth: 20, showHidden: true, maxStringLength: null }) + explain(known);
  for (const secret of [keys.secret, sessionToken, 'AWS4-HMAC', ...running.secrets]) expect(all).not.toContain(secret);
  return known;
}

describe('tried again', () => {
  test.each<EcrFaultEffect>([
    { kind: 'error', name: 'ThrottlingException', status: 400 },
    { kind: 'error', name: 'ThrottleException', status: 400 },
    { kind: 'error', name: 'ServerException', status: 500 },
    { kind: 'reset' },
    { kind: 'truncatedBody' },
  ])('$kind $name, and then it works', async effect => {
    running.faults.add({ ...effect, count: 1 });
    expect(await list()).toBe(3);
    expect(running.calls).toHaveLength(2);
  });

  test.each<[EcrFaultEffect, object]>([
    [
      { kind: 'error', name: 'TooManyRequestsException', status: 429, retryAfter: '2' },
      { code: 'TOOMANYREQUESTS', retryAfter: 2000 },
    ],
    [{ kind: 'error', name: 'ServerException', status: 503 }, { code: 'SERVER_ERROR' }],
    [{ kind: 'reset' }, { code: 'RESET' }],
  ])(
    '%o for good: four times in all',
    async (effect, expected) => {
      running.faults.add(effect);
      expect(await trouble()).toMatchObject(expected);
      expect(running.calls).toHaveLength(4);
    },
    30_000,
  );
});

describe('said at once', () => {
  test('a right that is missing, with its name and whose it is', async () => {
    running.callers = {
      [keys.id]: { sessionToken, arn: 'arn:aws:sts::123456789012:assumed-role/dev/ada', denied: ['ecr:DescribeImages'] },
    };
    const error = await trouble();
    expect(error).toMatchObject({ code: 'DENIED', subject: 'team/app' });
    expect(explain(error)).toContain('the IAM action ecr:DescribeImages is not allowed to arn:aws:sts::123456789012:assumed-role/dev/ada');
  });

  test('keys that AWS does not know', async () => {
    running.callers = {};
    expect(await trouble()).toMatchObject({ code: 'UNAUTHORIZED', detail: 'The security token included in the request is invalid.' });
  });

  test.each<[EcrFaultEffect, string, number]>([
    [{ kind: 'html' }, 'NOT_A_REGISTRY', 1],
    [{ kind: 'slowBody', milliseconds: 50 }, 'TIMEOUT', 1],
    [{ kind: 'error', name: 'SomethingNewException', status: 400 }, 'UNEXPECTED', 1],
  ])('%o is %s', async (effect, code, calls) => {
    running.faults.add(effect);
    expect((await trouble()).code).toBe(code);
    expect(running.calls).toHaveLength(calls);
  });

  test('nothing that listens', async () => {
    const { host } = running;
    await running.stop();
    registry = connect(host, { kind: 'ecr' });
    expect(await trouble()).toMatchObject({ code: 'UNREACHABLE', detail: 'ECONNREFUSED' });
    running = await startEcr();
  });

  test('a redirect to another host: nothing is sent there', async () => {
    const elsewhere = await startEcr();
    running.faults.add({ kind: 'redirect', to: elsewhere.url });
    expect((await trouble()).code).toBe('REDIRECT');
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.stop();
  });

  test('what lies in an error of the distribution API', async () => {
    running.faults.add({ kind: 'html', operation: '/v2' });
    const error = await trouble(registry.blob('team/app', `sha256:${'0'.repeat(64)}`));
    expect(error.code).toBe('NOT_A_REGISTRY');
    running.faults.clear();
    running.faults.add({ kind: 'error', name: 'ThrottlingException', status: 429, retryAfter: '60', operation: '/v2' });
    const limited = await trouble(registry.blob('team/app', `sha256:${'0'.repeat(64)}`));
    expect(limited).toMatchObject({ code: 'TOOMANYREQUESTS', detail: 'Rate exceeded', retryAfter: 60_000 });
  });
});

describe('cancelling', () => {
  test('a slow answer', async () => {
    running.faults.add({ kind: 'latency', milliseconds: 5000 });
    const started = Date.now();
    await expect(registry.lookUp('team/app', ['prod'], { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(Date.now() - started).toBeLessThan(1000);
  });

  test('the wait before another attempt', async () => {
    running.faults.add({ kind: 'error', name: 'TooManyRequestsException', status: 429, retryAfter: '5' });
    const started = Date.now();
    await expect(registry.lookUp('team/app', ['prod'], { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(Date.now() - started).toBeLessThan(2000);
  });

  test('one of two that wait for a token', async () => {
    running.faults.add({ kind: 'latency', milliseconds: 200, operation: 'GetAuthorizationToken' });
    const blob = `sha256:${'0'.repeat(64)}` as const;
    const both = [registry.blob('team/app', blob, { signal: AbortSignal.timeout(100) }), registry.blob('team/app', blob)];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

test('six requests at once, not more', async () => {
  running.state.fill('team/app', 1200);
  let now = 0;
  let most = 0;
  const counting: Fetch = async (url, init) => {
    most = Math.max(most, ++now);
    try {
      return await fetch(url, init);
    } finally {
      now--;
    }
  };
  const busy = connect(running.host, { kind: 'ecr', fetch: counting });
  await Promise.all(Array.from({ length: 30 }, (_, index) => busy.lookUp('team/app', [`v1.${index}.0`])));
  expect(most).toBe(6);
});
