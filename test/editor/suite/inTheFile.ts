import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { demoHost, eventually, example } from './parts.ts';

const path = '.github/workflows/in-the-file.yml';
const repository = 'acme/shop-api';

/** A workflow that names the demo registry's images: a promotion, a tag that is not there, and prod as what every push to main builds. */
function workflow(host: string): string {
  return `on:
  push:
    branches: [main]
jobs:
  build:
    runs-on: self-hosted
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ${host}/${repository}:prod
  try:
    runs-on: self-hosted
    needs: build
    steps:
      - run: docker pull ${host}/${repository}:staging
      - run: docker pull ${host}/${repository}:9.9.9
      - run: docker pull ${host}/${repository}:
      - run: docker pull quay.io/acme/tool:1.0.0
`;
}

async function lenses(uri: vscode.Uri): Promise<readonly vscode.Command[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
  return found.flatMap(({ command }) => command ?? []);
}

async function digestOf(tag: string): Promise<string> {
  const answer = await fetch(`http://${demoHost()}/v2/${repository}/manifests/${tag}`, { method: 'HEAD' });
  return answer.headers.get('docker-content-digest')?.slice('sha256:'.length, 'sha256:'.length + 12) ?? '';
}

export const inTheFile = () =>
  describe('in the file', () => {
    let uri: vscode.Uri;
    let document: vscode.TextDocument;

    before(async () => {
      uri = example(path);
      await vscode.workspace.fs.writeFile(uri, Buffer.from(workflow(demoHost())));
      ({ document } = await vscode.window.showTextDocument(uri));
    });

    after(async () => {
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await vscode.workspace.fs.delete(uri);
    });

    it('a lens says what each reference names now', async () => {
      const prod = await digestOf('prod');
      const titles = await eventually(async () => {
        const found = (await lenses(uri)).map(({ title }) => title);
        return found.some(title => title.startsWith('prod →')) ? found : undefined;
      }, 'the lenses');
      assert.match(titles.find(title => title.startsWith('prod →')) ?? '', new RegExp(`^prod → ${prod} · .+ · = sha-[0-9a-f]{7}…`));
      assert.match(titles.find(title => title.startsWith('staging →')) ?? '', new RegExp(`^staging → ${await digestOf('staging')} · `));
      assert.ok(titles.includes('9.9.9 → not there'), titles.join('\n'));
    });

    it('a registry that nobody connected is offered, by the command that connects it', async () => {
      const offer = (await lenses(uri)).find(({ title }) => title === 'Connect quay.io…');
      assert.deepEqual([offer?.command, offer?.arguments], ['tallyman.connectRegistry', ['quay.io']]);
    });

    it('what a tag holds against a workflow is found, with the commits that the tag lacks', async () => {
      const live = await eventually(() => {
        const found = vscode.languages
          .getDiagnostics(uri)
          .filter(({ code }) => typeof code === 'object' && String(code.value).startsWith('live-'));
        return found.length >= 2 ? found : undefined;
      }, 'the live findings');
      const byRule = new Map(live.map(one => [typeof one.code === 'object' ? one.code.value : '', one]));
      const missing = byRule.get('live-tag-missing');
      assert.equal(missing && document.getText(missing.range), `${demoHost()}/${repository}:9.9.9`);
      assert.match(missing?.message ?? '', /is not in the registry \(as of \d\d:\d\d\)/);
      assert.match(byRule.get('live-tag-stale')?.message ?? '', /is \d+ commits behind `main` \(as of \d\d:\d\d\)/);
    });

    it('a hover has the table', async () => {
      const position = document.positionAt(document.getText().indexOf(':staging') + 3);
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
      const texts = hovers
        .flatMap(({ contents }) => contents)
        .map(content => (content instanceof vscode.MarkdownString ? content.value : ''));
      assert.ok(
        texts.some(text => text.includes('| tag | digest |') && text.includes('linux\\/amd64')),
        texts.join('\n'),
      );
    });

    it('tags are offered where one is written, and repositories before that', async () => {
      const at = document.getText().indexOf(`${repository}:\n`) + repository.length + 1;
      const items = async (offset: number) => {
        const list = await vscode.commands.executeCommand<vscode.CompletionList>(
          'vscode.executeCompletionItemProvider',
          uri,
          document.positionAt(offset),
        );
        return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      };
      const tags = await items(at);
      assert.ok(tags.includes('prod') && tags.includes('v1.4.2'), tags.join(' '));
      const names = await items(at - 3);
      assert.ok(names.includes(`${demoHost()}/acme/shop-web`), names.join(' '));
    });

    it('a tag leads to where it is pushed', async () => {
      const position = document.positionAt(document.getText().indexOf(':prod') + 2);
      const places = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
        'vscode.executeDefinitionProvider',
        uri,
        position,
      );
      assert.ok(places.length > 0);
    });
  });
