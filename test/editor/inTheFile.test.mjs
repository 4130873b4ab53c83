// What a person sees in a workflow that names images of a connected registry: lenses, the table in the hover, a finding about a tag.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { startSession } from './session.mjs';
import { workbench } from './workbench.mjs';

const path = '.github/workflows/promote-api.yml';

const workflow = host => `name: Promote the API

on: workflow_dispatch

jobs:
  promote:
    runs-on: self-hosted
    environment: production
    steps:
      - name: Try what will go to production
        run: |
          docker pull ${host}/acme/shop-api:staging
          docker pull ${host}/acme/shop-web:1.5.0

      - name: Move prod
        run: |
          skopeo copy --all docker://${host}/acme/shop-api:staging docker://${host}/acme/shop-api:prod

      - name: Tell the others
        run: docker run --rm quay.io/acme/announce:2.1.0 "prod moved"
`;

describe('in the file', function () {
  this.timeout(90_000);
  /** @type {Awaited<ReturnType<typeof startSession>>} */
  let session;
  let page;
  let picture, open, command, hover;

  before(async () => {
    session = await startSession({ settings: { 'workbench.colorTheme': 'Default Dark Modern', 'editor.occurrencesHighlight': 'off' } });
    page = session.page;
    ({ picture, open, command, hover } = workbench(page));
    writeFileSync(join(session.demo.workspaceFolder, path), workflow(session.demo.registry.host));
    await open(session.address);
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').waitFor();
    await page.keyboard.type('promote-api.yml');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'promote-api.yml' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'promote-api.yml' }).waitFor();
    await page.keyboard.press('Control+B');
  });
  after(() => session?.stop());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`);
  });

  const digestOf = async tag => {
    const answer = await fetch(`${session.demo.registry.url}/v2/acme/shop-api/manifests/${tag}`, {
      method: 'HEAD',
      headers: { accept: '*/*' },
    });
    return answer.headers.get('docker-content-digest').slice('sha256:'.length, 'sha256:'.length + 12);
  };
  const lens = text => page.locator('.codelens-decoration', { hasText: text });

  it('says above references what they name now, and offers registries that are not connected', async () => {
    await lens(`prod → ${await digestOf('prod')}`).waitFor();
    await lens('1.5.0 → not there').waitFor();
    await lens('Connect quay.io…').waitFor();
  });

  it('connects a registry from its lens, with the host filled in', async () => {
    await lens('Connect quay.io…').locator('a').first().click();
    const input = page.locator('.quick-input-widget input[type="text"]').first();
    await input.waitFor();
    assert.equal(await input.inputValue(), 'quay.io');
    await page.keyboard.press('Escape');
  });

  it('underlines a tag that is not there', async () => {
    await page.locator('.squiggly-warning').first().waitFor();
  });

  it('has a table in the hover', async () => {
    const staging = page.locator('.view-line', { hasText: 'docker pull' }).first();
    const shown = page.locator('.monaco-hover table');
    await hover(staging, () => 330, shown);
    assert.match(await shown.first().innerText(), /linux\/amd64/);
    await page.waitForTimeout(300);
    await picture('in-the-file');
  });

  it('follows a tag that somebody moved, when the registries are refreshed', async () => {
    const url = tag => `${session.demo.registry.url}/v2/acme/shop-api/manifests/${tag}`;
    const accept = 'application/vnd.oci.image.index.v1+json';
    const manifest = await (await fetch(url('staging'), { headers: { accept } })).text();
    await fetch(url('prod'), { method: 'PUT', headers: { 'content-type': accept }, body: manifest });
    await page.keyboard.press('Escape');
    await command('Tallyman: Refresh Registries');
    await lens(`prod → ${await digestOf('staging')}`).waitFor();
  });
});
