import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { buildImage } from '../../../demo/images/images.ts';
import { type RunningIdentity, startIdentity } from '../../fakes/awsIdentity.ts';
import { type RunningEcr, startEcr } from '../../fakes/ecr/server.ts';
import { eventually, example, parts } from './parts.ts';

/** Looked for by the launcher, afterwards, in everything that the editor wrote. */
const secret = process.env['TALLYMAN_EDITOR_SECRET'] ?? 'only-a-test';
const issued = { accessKeyId: 'ASIASSO0000000000001', secretAccessKey: `session-${secret}`, sessionToken: `token-${secret}` };

/** Amazon ECR in the tree: an expired session, its renewal in a terminal, and then the repositories. */
export const ecr = () =>
  describe('Amazon ECR', () => {
    const environment = { ...process.env };
    const settings = () => vscode.workspace.getConfiguration('tallyman');
    let connected: unknown;
    let home: string;
    let running: RunningEcr;
    let identity: RunningIdentity;

    before(async () => {
      home = mkdtempSync(join(tmpdir(), 'tallyman-aws-'));
      running = await startEcr({ callers: { [issued.accessKeyId]: { sessionToken: issued.sessionToken } } });
      identity = await startIdentity({ sessions: { 'access-token': issued } });
      const spec = {
        title: 'one',
        revision: 'a'.repeat(40),
        created: '2026-11-14T09:30:00Z',
        version: 'v1',
        source: 'https://example.com',
        command: ['run'],
      };
      running.state.push('team/app', buildImage({ ...spec, layers: [new Map([['name', 'one']])] }), ['prod']);
      mkdirSync(join(home, '.aws', 'sso', 'cache'), { recursive: true });
      const session = '[sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.awsapps.com/start\n';
      const profile = '[profile work]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = ReadOnly\n';
      writeFileSync(join(home, '.aws', 'config'), session + profile);
      putAws();
      for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
      const PATH = [home, process.env['PATH']].join(delimiter);
      Object.assign(process.env, identity.environment, { HOME: home, PATH, AWS_EC2_METADATA_DISABLED: 'true' });
      connected = settings().inspect('registries')?.globalValue;
    });

    after(async () => {
      for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
      Object.assign(process.env, environment);
      await settings().update('registries', connected, vscode.ConfigurationTarget.Global);
      await running.stop();
      await identity.stop();
      rmSync(home, { recursive: true, force: true });
    });

    /** A stand-in for Amazon's tool: notes how it was called and leaves a session, as a login in the browser would. */
    function putAws(): void {
      const token = {
        accessToken: 'access-token',
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        region: 'us-east-1',
        startUrl: 'https://acme.awsapps.com/start',
      };
      const file = join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update('acme').digest('hex')}.json`);
      writeFileSync(join(home, 'token.json'), JSON.stringify(token));
      writeFileSync(
        join(home, 'aws'),
        `#!/bin/sh\npwd > '${home}/called'\nprintf '%s\\n' "$@" >> '${home}/called'\ncp '${home}/token.json' '${file}'\n`,
      );
      chmodSync(join(home, 'aws'), 0o755);
    }

    async function rows() {
      const { tree } = await parts();
      const registry = (await tree.getChildren()).find(node => node.kind === 'registry' && node.host === running.host);
      return registry ? tree.getChildren(registry) : [];
    }

    it('says that a session is over, renews it in a terminal, and shows what was asked for', async () => {
      const entry = { host: running.host, kind: 'ecr', profile: 'work' };
      await settings().update('registries', [...(Array.isArray(connected) ? connected : []), entry], vscode.ConfigurationTarget.Global);
      const trouble = await eventually(async () => (await rows()).find(node => node.kind === 'trouble'), 'the trouble');
      assert.ok(trouble.kind === 'trouble');
      assert.equal(trouble.trouble.remedy, 'awsLogin');
      assert.match(trouble.trouble.message, /The AWS session of profile work is over/);
      await vscode.commands.executeCommand('tallyman.awsLogin', trouble);
      const called = readFileSync(join(home, 'called'), 'utf8').trimEnd().split('\n');
      assert.deepEqual(called.slice(1), ['sso', 'login', '--profile', 'work']);
      const found = await eventually(async () => (await rows()).find(node => node.kind === 'repository'), 'the repository');
      assert.ok(found.kind === 'repository' && found.repository === 'team/app');
    });

    it('holds what the repository says of its tags against a workflow', async () => {
      const repository = running.state.repositories.get('team/app');
      assert.ok(repository);
      repository.mutability = 'IMMUTABLE';
      repository.lifecyclePolicy = JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: 'Only what was pushed last is kept.',
            selection: { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 },
            action: { type: 'expire' },
          },
        ],
      });
      for (const record of repository.records.values()) record.pushedAt = 1_600_000_000;
      const uri = example('.github/workflows/ecr.yml');
      const image = `${running.host}/team/app`;
      const steps = `      - run: docker push ${image}:staging\n      - run: docker pull ${image}:prod\n`;
      const text = `on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n${steps}`;
      await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
      try {
        const { document } = await vscode.window.showTextDocument(uri);
        const codeOf = ({ code }: vscode.Diagnostic) => String(typeof code === 'object' ? code.value : code);
        const found = await eventually(() => {
          const live = vscode.languages.getDiagnostics(uri).filter(one => codeOf(one).startsWith('live-'));
          return live.length >= 2 ? live : undefined;
        }, 'the live findings');
        assert.deepEqual(
          found.map(one => [codeOf(one), document.getText(one.range)]),
          [
            ['live-immutable-conflict', `${image}:staging`],
            ['live-expiring', `${image}:prod`],
          ],
        );
      } finally {
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
        await vscode.workspace.fs.delete(uri);
      }
    });
  });
