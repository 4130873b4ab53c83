import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { TagNode } from '../../../client/tree/nodes.ts';
import type { Fault } from '../../../demo/registry/faults.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { pushHostile } from '../../fakes/hostile.ts';
import { repositoryAt, troubleRows } from './hostRows.ts';
import { eventually, parts } from './parts.ts';

const password = process.env['TALLYMAN_EDITOR_SECRET'] ?? 'only-a-test';
const list = /\/tags\/list/;

/** Faults that end well, and those that must not be believed. */
export const gotOver = () =>
  describe('a registry with a fault that passes or lies', () => {
    let running: RunningRegistry;
    let elsewhere: RunningRegistry;
    before(async () => {
      running = await startRegistry({ auth: { kind: 'token', users: { ada: { password } } } });
      elsewhere = await startRegistry();
      for (const { store } of [running, elsewhere]) pushHostile(store, 'prod');
      const { keychain } = await parts();
      await keychain.store(running.host, { kind: 'basic', username: 'ada', password });
    });
    after(async () => {
      const { keychain, registries } = await parts();
      await registries.remove(running.host);
      await keychain.forget(running.host);
      await Promise.all([running.stop(), elsewhere.stop()]);
    });

    /** Does something with `team/app` in the tree, asked for anew with these faults. */
    async function withFaults(faults: readonly Fault[], work: () => Promise<void>): Promise<void> {
      const { registries } = await parts();
      await vscode.commands.executeCommand('tallyman.clearCache');
      running.faults.clear();
      for (const fault of faults) running.faults.add(fault);
      await registries.add(running.host, 'team/app');
      try {
        await work();
      } finally {
        running.faults.clear();
        await registries.remove(running.host);
      }
    }

    /** The row of `prod`, once it is no longer being asked about. */
    async function prod(): Promise<TagNode> {
      const { tree } = await parts();
      const [group] = await tree.getChildren(await repositoryAt(running.host));
      assert.ok(group?.kind === 'group');
      const row = await eventually(async () => {
        const rows = await tree.getChildren(group);
        return rows.find(one => one.kind === 'tag' && one.tag === 'prod' && one.state.status !== 'loading');
      }, 'the tag');
      return row.kind === 'tag' ? row : assert.fail(`A row of kind ${row.kind}.`);
    }

    const passing: readonly (readonly [string, () => readonly Fault[]])[] = [
      ['one reset', () => [{ kind: 'reset', count: 1, path: list }]],
      ['one 503', () => [{ kind: 'status', status: 503, count: 1, path: list }]],
      ['a short wait that is asked for', () => [{ kind: 'status', status: 429, retryAfter: '1', count: 1, path: list }]],
      ['too many requests once, without a time', () => [{ kind: 'status', status: 429, count: 1, path: list }]],
      ['a slow body', () => [{ kind: 'slowBody', milliseconds: 2, path: list }]],
      ['303 for what is attached', () => [{ kind: 'redirect', to: elsewhere.url, status: 303, path: /\/referrers\// }]],
      ['a redirect to another host', () => [{ kind: 'redirect', to: elsewhere.url, path: /\/(?:manifests|blobs)\// }]],
    ];
    for (const [name, faults] of passing) {
      it(`gets over ${name}`, () =>
        withFaults(faults(), async () => {
          const { tree } = await parts();
          const tag = await prod();
          assert.equal(tag.state.status, 'known');
          const details = await tree.getChildren(tag);
          assert.ok(details.length > 0 && details.every(({ kind }) => kind === 'detail'));
        }));
    }

    it('sends no credentials to where redirects led', () => {
      assert.ok(elsewhere.requests.length > 0);
      assert.deepEqual([...new Set(elsewhere.requests.map(({ authorization }) => authorization))], [undefined]);
      // The referrers' 303 is a web page, which is not asked for.
      assert.ok(elsewhere.requests.every(({ path }) => !path.includes('/referrers/')));
    });

    it('gets over a token that expires in the middle of a list', async () => {
      const { tags } = running.store.open('team/app');
      const digest = tags.get('prod');
      assert.ok(digest);
      for (let count = 0; count < 1500; count++) tags.set(`v0.0.${count}`, digest);
      let asks = 0;
      // The first request is the one that is told of tokens, the second has the first page.
      const run = () => void (++asks === 2 && running.faults.add({ kind: 'expireTokens', count: 1, path: list }));
      const { length } = running.requests;
      await withFaults([{ kind: 'before', run, path: list }], async () => {
        const { tree } = await parts();
        const asked = (what: RegExp) => running.requests.slice(length).filter(({ path }) => what.test(path));
        const repository = await repositoryAt(running.host);
        await tree.getChildren(repository);
        await eventually(() => asked(list).length >= 4 || undefined, 'the rest of the list');
        assert.deepEqual(
          asked(list).map(({ status }) => status),
          [401, 200, 401, 200],
        );
        const groups = await tree.getChildren(repository);
        assert.ok(groups.every(({ kind }) => kind === 'group'));
      });
      for (let count = 0; count < 1500; count++) tags.delete(`v0.0.${count}`);
    });

    it('keeps what came of a list that is refused in the middle, says so, and offers to sign in', async () => {
      const { tags } = running.store.open('team/app');
      const digest = tags.get('prod');
      assert.ok(digest);
      for (let count = 0; count < 1500; count++) tags.set(`v0.0.${count}`, digest);
      let asks = 0;
      const run = () => void (++asks === 2 && running.faults.add({ kind: 'status', status: 401, path: list }));
      await withFaults([{ kind: 'before', run, path: list }], async () => {
        const { tree } = await parts();
        const repository = await repositoryAt(running.host);
        await tree.getChildren(repository);
        const trouble = await eventually(() => repository.trouble, 'the trouble');
        assert.equal(trouble.remedy, 'signIn');
        const rows = await tree.getChildren(repository);
        assert.deepEqual([...new Set(rows.map(({ kind }) => kind))], ['group', 'trouble']);
      });
      for (let count = 0; count < 1500; count++) tags.delete(`v0.0.${count}`);
    });

    for (const kind of ['wrongBytes', 'wrongDigest'] as const) {
      it(`shows nothing of an image whose bytes are not those of its digest (${kind})`, () =>
        withFaults([{ kind, path: /\/manifests\// }], async () => {
          const { tree } = await parts();
          const tag = await prod();
          const rows = tag.state.status === 'failed' ? [] : await tree.getChildren(tag);
          const told = tag.state.status === 'failed' ? [tag.state.message] : rows.map(row => row.kind === 'note' && row.text);
          assert.match(String(told), /sent something else for \S+ than its digest says .+ Nothing of it is used\.$/);
        }));
    }

    it('lists a registry at an IPv6 address', async () => {
      const { registries, tree } = await parts();
      const six = await startRegistry({ host: '[::1]' });
      pushHostile(six.store, 'prod');
      await registries.add(six.host);
      try {
        const repository = await repositoryAt(six.host);
        assert.equal(repository.repository, 'team/app');
        assert.ok((await tree.getChildren(repository)).length > 0);
      } finally {
        await registries.remove(six.host);
        await six.stop();
      }
    });

    it('says of a certificate that nobody signed that it is not trusted, and sends nothing', async () => {
      const { registries } = await parts();
      const root = vscode.extensions.getExtension('tallyman.tallyman')?.extensionPath ?? '';
      const [cert = '', key = ''] = ['pem', 'key'].map(end => readFileSync(join(root, `test/fakes/certificate/selfSigned.${end}`), 'utf8'));
      const own = await startRegistry({ tls: { cert, key } });
      // This machine, and the same by a name that does not tell it.
      for (const host of [own.host, own.host.replace('127.0.0.1', '0.0.0.0')]) {
        await registries.add(host);
        try {
          const [message] = await troubleRows(host, undefined);
          assert.ok(message?.kind === 'trouble');
          assert.match(message.trouble.message, /^The certificate of \S+ is not trusted \(\w+\)\./);
        } finally {
          await registries.remove(host);
        }
      }
      assert.deepEqual(own.requests, []);
      await own.stop();
    });
  });
