import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRegistry } from '../../demo/registry/registry.ts';
import { image, push } from '../core/promotion/team.ts';
import { tallyman } from './cli.ts';

const certificate = join(import.meta.dirname, '../fakes/certificate');

test('a registry on this machine that speaks https is spoken to over https, with credentials and page after page', async () => {
  const [cert = '', key = ''] = await Promise.all(
    ['selfSigned.pem', 'selfSigned.key'].map(name => readFile(join(certificate, name), 'utf8')),
  );
  const users = { ada: { password: 'only-a-test' } };
  const running = await startRegistry({ host: 'localhost', tls: { cert, key }, auth: { kind: 'token', users } });
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-loopback-'));
  try {
    const digest = push(running.store, 'team/app', image('one'), ['prod']);
    for (let count = 0; count < 1200; count++) running.store.open('team/app').tags.set(`v0.0.${count}`, digest);
    const auth = Buffer.from('ada:only-a-test').toString('base64');
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [running.host]: { auth } } }));
    const name = `${running.host}/team/app`;
    const untrusted = await tallyman(['tags', name], { env: { DOCKER_CONFIG: folder } });
    expect(untrusted).toMatchObject({ code: 3, stdout: '' });
    expect(untrusted.stderr).toBe(
      `The certificate of ${running.host} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT). NODE_EXTRA_CA_CERTS names a file with an authority of your own.\n`,
    );
    expect(running.requests).toEqual([]);
    const env = { DOCKER_CONFIG: folder, NODE_EXTRA_CA_CERTS: join(certificate, 'selfSigned.pem') };
    const listed = await tallyman(['tags', name, '--format', 'json', '--limit', '1'], { env });
    expect({ code: listed.code, stderr: listed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout)).toMatchObject({ omitted: 1200 });
    const planned = await tallyman(['promote', name, '--from', 'prod', '--to', 'next', '--plan'], { env });
    expect(planned.stdout).toMatch(new RegExp(`PUT +https://${running.host}/v2/team/app/manifests/next$`, 'm'));
  } finally {
    await running.stop();
    await rm(folder, { recursive: true });
  }
});
