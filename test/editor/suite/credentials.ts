import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { pushHostile } from '../../fakes/hostile.ts';
import { repositoryAt, troubleRows } from './hostRows.ts';
import { eventually, findHelper, parts } from './parts.ts';

/** Looked for by the launcher, afterwards, in everything that the editor wrote; its helper hands it out too. */
const password = process.env['TALLYMAN_EDITOR_SECRET'] ?? 'only-a-test';
const refresh = `${password}-to-refresh`;
const auth = Buffer.from(`ada:${password}`).toString('base64');

/** One host in the tree, with credentials from each place after the other. */
export const credentials = () =>
  describe('credentials', () => {
    const config = join(process.env['DOCKER_CONFIG'] ?? '', 'config.json');
    const save = (content: object) => writeFileSync(config, JSON.stringify(content));
    let kept: string;
    let running: RunningRegistry;
    before(async () => {
      kept = readFileSync(config, 'utf8');
      findHelper();
      running = await startRegistry({ auth: { kind: 'token', users: { ada: { password } }, refreshTokens: { [refresh]: 'ada' } } });
      pushHostile(running.store, 'prod');
      const { registries } = await parts();
      save({});
      await registries.add(running.host, 'team/app');
    });
    after(async () => {
      const { keychain, registries } = await parts();
      writeFileSync(config, kept);
      await registries.remove(running.host);
      await keychain.forget(running.host);
      await running.stop();
    });

    /** As “Look Again” does it; answers the kinds of the rows, once they are there. */
    async function lookAgain(wanted: 'group' | 'trouble'): Promise<void> {
      const { keychain, registries, tree } = await parts();
      await registries.clearCache();
      keychain.renew(running.host);
      registries.forget(running.host);
      tree.refresh(await repositoryAt(running.host));
      await eventually(async () => {
        const rows = await tree.getChildren(await repositoryAt(running.host));
        return rows.some(({ kind }) => kind === wanted) || undefined;
      }, `a ${wanted}`);
    }

    async function tried(): Promise<readonly (readonly [string, string])[]> {
      const { keychain } = await parts();
      await keychain.credentials(running.host);
      return keychain.tried(running.host).map(({ place, result }) => [place, result] as const);
    }

    it('are asked for where none are found, and it is known where they were looked for', async () => {
      const { tree } = await parts();
      const [message, remedy] = await troubleRows(running.host, 'team/app');
      assert.ok(message?.kind === 'trouble' && remedy);
      assert.match(message.trouble.message, /wants credentials for team\/app \(authentication required\)\.$/);
      assert.equal(tree.getTreeItem(remedy).label, 'Sign In…');
      assert.deepEqual(await tried(), [
        ['stored here', 'none'],
        ["docker's config.json", 'none'],
      ]);
    });

    it('are taken from the helper that docker uses for all hosts', async () => {
      save({ auths: { [running.host]: {} }, credsStore: 'spy' });
      await lookAgain('group');
      assert.deepEqual(await tried(), [
        ['stored here', 'none'],
        ["docker's config.json", 'none'],
        ['docker-credential-spy', 'found'],
      ]);
    });

    it('are taken from what docker login wrote, before that', async () => {
      save({ auths: { [running.host]: { auth } }, credsStore: 'spy' });
      await lookAgain('group');
      assert.deepEqual((await tried()).at(-1), ["docker's config.json", 'found']);
    });

    it('may be an identity token, which is exchanged', async () => {
      save({ auths: { [running.host]: { auth: '', identitytoken: refresh } } });
      const { length } = running.requests;
      await lookAgain('group');
      assert.ok(
        running.requests.slice(length).some(({ method, path, status }) => method === 'POST' && path === '/token' && status === 200),
      );
    });

    it('are taken from the helper of the one host before what the file holds', async () => {
      save({
        auths: { [running.host]: { auth: Buffer.from('ada:from before').toString('base64') } },
        credHelpers: { [running.host]: 'spy' },
      });
      await lookAgain('group');
      assert.deepEqual((await tried()).at(-1), ['docker-credential-spy', 'found']);
    });

    it('are first of all those that were typed in, until they are removed', async () => {
      const { keychain } = await parts();
      await keychain.store(running.host, { kind: 'basic', username: 'ada', password });
      await lookAgain('group');
      assert.equal(await keychain.isStored(running.host), true);
      assert.deepEqual(await tried(), [['stored here', 'found']]);
      await keychain.forget(running.host);
      assert.equal(await keychain.isStored(running.host), false);
      assert.deepEqual((await tried()).at(-1), ['docker-credential-spy', 'found']);
    });

    it('that the registry refuses give way to the next', async () => {
      const { keychain } = await parts();
      await keychain.store(running.host, { kind: 'basic', username: 'ada', password: 'changed since' });
      await lookAgain('group');
      assert.deepEqual(await tried(), [
        ['stored here', 'refused by the registry'],
        ['docker-credential-spy', 'found'],
      ]);
      await keychain.forget(running.host);
    });

    it('are sent to a token service at another site only where that was allowed, and for no other host', async () => {
      const { registries } = await parts();
      const realm = 'https://auth.elsewhere.invalid';
      const users = { ada: { password } };
      const [one, other] = await Promise.all([0, 1].map(() => startRegistry({ auth: { kind: 'token', users, realm: `${realm}/token` } })));
      assert.ok(one && other);
      for (const { host } of [one, other]) await registries.add(host, 'team/app');
      try {
        const untrusted = await Promise.all([one, other].map(({ host }) => troubleRows(host, 'team/app')));
        for (const [row] of untrusted)
          assert.ok(row?.kind === 'trouble' && row.trouble.remedy === 'trustRealm' && row.trouble.realm === realm);
        await registries.trustRealm(one.host, realm);
        assert.deepEqual(registries.settings(one.host).trustedRealms, [realm]);
        assert.deepEqual(registries.settings(other.host).trustedRealms, []);
        await registries.remove(one.host);
        assert.deepEqual(registries.settings(one.host).trustedRealms, []);
        assert.ok([one, other].every(({ requests }) => requests.every(({ authorization }) => authorization === undefined)));
      } finally {
        for (const { host } of [one, other]) await registries.remove(host);
        await Promise.all([one.stop(), other.stop()]);
      }
    });
  });
