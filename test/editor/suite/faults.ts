import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Node } from '../../../client/tree/nodes.ts';
import type { Fault } from '../../../demo/registry/faults.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { forging, hostile, pushHostile } from '../../fakes/hostile.ts';
import { specErrors } from '../../fakes/specErrors.ts';
import { repositoryAt, troubleRows } from './hostRows.ts';
import { eventually, parts } from './parts.ts';

/** Looked for by the launcher, afterwards, in everything that the editor wrote. */
const password = process.env['TALLYMAN_EDITOR_SECRET'] ?? 'only-a-test';
const list = /\/tags\/list|\/_catalog/;

/** A fault of the lists, the sentence in its place, and what is offered. */
const table: readonly (readonly [string, Fault, RegExp, string])[] = [
  [
    '401',
    { kind: 'status', status: 401 },
    /^\S+ (?:wants credentials for .+|does not list its repositories\. Name one)\.$/,
    'Sign In…|Name a Repository…',
  ],
  [
    '403',
    { kind: 'status', status: 403 },
    /^(?:\S+ refuses access to .+|\S+ does not list its repositories\. Name one\.)$/,
    'Sign In…|Name a Repository…',
  ],
  [
    '404',
    { kind: 'status', status: 404, code: 'NAME_UNKNOWN' },
    /^\S+ (?:has no repository \S+\.|does not list its repositories\. Name one\.)$/,
    'Try Again|Name a Repository…',
  ],
  [
    '405',
    { kind: 'status', status: 405 },
    /^\S+ does not (?:support this .+|list its repositories\. Name one)\.$/,
    'Try Again|Name a Repository…',
  ],
  [
    '429',
    { kind: 'status', status: 429, retryAfter: '300' },
    /^\S+ answers too many requests already; it asks to wait 5 min\. Try again later\.$/,
    'Try Again',
  ],
  ['429 without a time', { kind: 'status', status: 429 }, /^\S+ answers too many requests already\. Try again later\.$/, 'Try Again'],
  ['500', { kind: 'status', status: 500 }, /^\S+ has trouble of its own \(status 500\)\. Try again later\.$/, 'Try Again'],
  ['a page of a proxy', { kind: 'html' }, /^\S+ does not answer as a registry \(status 200\)\. Check the host; .+\.$/, 'Try Again'],
  ['a reset', { kind: 'reset' }, /^\S+ closed the connection before its answer was complete\. Try again\.$/, 'Try Again'],
  [
    'a body that ends early',
    { kind: 'truncatedBody' },
    /^\S+ closed the connection before its answer was complete\. Try again\.$/,
    'Try Again',
  ],
  ['a redirect to where nothing is', { kind: 'redirect', to: 'http://127.0.0.1:9' }, /^\S+ cannot be reached .+\.$/, 'Try Again'],
  [
    'an echo of what was sent',
    { kind: 'echo' },
    /^\S+ (?:refuses access to .+|does not list its repositories\. Name one\.)$/,
    'Sign In…|Name a Repository…',
  ],
];

export const faults = () =>
  describe('a registry in trouble', () => {
    let running: RunningRegistry;
    before(async () => {
      const users = { ada: { password } };
      running = await startRegistry({ auth: { kind: 'token', users } });
      pushHostile(running.store, 'prod');
      const { keychain } = await parts();
      await keychain.store(running.host, { kind: 'basic', username: 'ada', password });
    });
    after(async () => {
      const { keychain, registries } = await parts();
      await registries.remove(running.host);
      await keychain.forget(running.host);
      await running.stop();
    });

    for (const [name, fault, sentence, remedies] of table) {
      it(`says in one sentence what is wrong and offers what to do: ${name}`, async () => {
        const { registries, tree } = await parts();
        // What was listed before would be shown in place of the trouble.
        await vscode.commands.executeCommand('tallyman.clearCache');
        running.faults.clear();
        running.faults.add({ ...fault, path: list });
        for (const named of [undefined, 'team/app']) {
          await registries.add(running.host, named);
          try {
            const rows = await troubleRows(running.host, named);
            const [message, remedy] = rows.map(row => (row.kind === 'trouble' ? row : assert.fail(`A row of kind ${row.kind}.`)));
            assert.ok(message && remedy);
            assert.match(message.trouble.message, sentence);
            assert.doesNotMatch(message.trouble.message, /\n|undefined|\bat \S+:\d+:\d+|Error:/);
            assert.equal(message.trouble.message.includes(password), false);
            assert.ok(remedies.split('|').includes(String(tree.getTreeItem(remedy).label)), String(tree.getTreeItem(remedy).label));
            assert.ok(tree.getTreeItem(remedy).command);
          } finally {
            await registries.remove(running.host);
          }
        }
      });
    }

    for (const [status, code] of specErrors) {
      it(`has a sentence and a remedy for ${status} ${code}`, async () => {
        const { registries, tree } = await parts();
        await vscode.commands.executeCommand('tallyman.clearCache');
        running.faults.clear();
        running.faults.add({ kind: 'status', status, code, message: `${hostile} said by the registry`, retryAfter: '60', path: list });
        await registries.add(running.host, 'team/app');
        try {
          const rows = await troubleRows(running.host, 'team/app');
          const [message, remedy] = rows.map(row => (row.kind === 'trouble' ? row : assert.fail(`A row of kind ${row.kind}.`)));
          assert.ok(message && remedy);
          assert.match(message.trouble.message, /^[^\n]+\.$/);
          for (const text of [message.trouble.message, tree.getTreeItem(message).tooltip]) assert.doesNotMatch(String(text), forging);
          assert.match(String(tree.getTreeItem(remedy).label), /^(?:Sign In…|Try Again)$/);
        } finally {
          await registries.remove(running.host);
        }
      });
    }

    it('writes into its log what went wrong with a command; the launcher looks for credentials there', async () => {
      const { registries } = await parts();
      await registries.add(running.host, 'team/app');
      const image = { kind: 'tag', host: running.host, repository: 'team/app', tag: 'prod', reference: 'prod' };
      const echoes: readonly (readonly Fault[])[] = [
        [{ kind: 'echo' }],
        [
          { kind: 'expireTokens', path: /manifests/ },
          { kind: 'echo', path: /^\/token/ },
        ],
        [{ kind: 'reset' }],
        [{ kind: 'html' }],
      ];
      for (const together of echoes) {
        running.faults.clear();
        // With credentials from the first request on, so that there is something to repeat.
        await vscode.commands.executeCommand('tallyman.copyByDigest', image);
        for (const fault of together) running.faults.add(fault);
        const { length } = running.requests;
        for (const command of ['inspectImage', 'showManifest', 'copyByDigest'])
          await vscode.commands.executeCommand(`tallyman.${command}`, image);
        assert.ok(running.requests.slice(length).some(({ authorization }) => authorization !== undefined));
      }
      running.faults.clear();
      await registries.remove(running.host);
    });

    it('shows what came of a list without end, and leaves it', async () => {
      const { registries, tree } = await parts();
      await vscode.commands.executeCommand('tallyman.clearCache');
      running.faults.clear();
      running.faults.add({ kind: 'endlessLink', path: list });
      const { length } = running.requests;
      await registries.add(running.host);
      const [message] = await troubleRows(running.host, undefined);
      assert.ok(message?.kind === 'trouble');
      assert.match(message.trouble.message, /^The list of \S+ does not end as it should: .+\.$/);
      await registries.remove(running.host);
      await registries.add(running.host, 'team/app');
      const rows = await tree.getChildren(await repositoryAt(running.host));
      assert.ok(rows.some(({ kind }) => kind === 'group'));
      await registries.remove(running.host);
      await new Promise(resolve => setTimeout(resolve, 1000));
      const lists = running.requests.slice(length).filter(({ path }) => list.test(path));
      assert.ok(lists.length < 20, `It was asked ${lists.length} times.`);
    });

    it('is over when it is over', async () => {
      const { registries, tree } = await parts();
      await vscode.commands.executeCommand('tallyman.clearCache');
      running.faults.clear();
      running.faults.add({ kind: 'status', status: 503, path: list });
      await registries.add(running.host, 'team/app');
      await troubleRows(running.host, 'team/app');
      running.faults.clear();
      tree.refresh(await repositoryAt(running.host));
      const group = await eventually(
        async () => (await tree.getChildren(await repositoryAt(running.host))).find(({ kind }) => kind === 'group'),
        'the groups',
      );
      assert.ok((await tree.getChildren(group)).length > 0);
    });

    it('shows what a registry says as plain text', async () => {
      const { registries, tree } = await parts();
      running.faults.clear();
      await registries.add(running.host, 'team/app');
      const texts: string[] = [];
      const look = async (nodes: readonly Node[], depth: number): Promise<void> => {
        for (const node of nodes) {
          const { label, description, tooltip, accessibilityInformation } = tree.getTreeItem(node);
          if (tooltip instanceof vscode.MarkdownString) {
            assert.equal(tooltip.isTrusted ?? false, false);
            assert.equal(tooltip.supportHtml ?? false, false);
            assert.doesNotMatch(tooltip.value, /(?<!\\)\]\(command:/);
            texts.push(tooltip.value.replaceAll('\n', ' '));
          } else if (tooltip !== undefined) texts.push(tooltip.replaceAll('\n', ' '));
          texts.push(String(label), String(description ?? ''), accessibilityInformation?.label ?? '');
          if (depth > 0) await look(await tree.getChildren(node), depth - 1);
        }
      };
      await eventually(async () => {
        texts.length = 0;
        await look([await repositoryAt(running.host)], 4);
        return texts.some(text => text.includes('gnp.exe')) || undefined;
      }, 'a label');
      for (const text of texts) assert.doesNotMatch(text, forging);
      assert.ok(texts.every(text => !text.includes(hostile)));
    });
  });
