// Connecting registries by hand: one that wants credentials, one that does not answer.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { freePort } from '../../scripts/editorHost.mjs';
import { startRegistry, startSession } from './session.mjs';
import { workbench } from './workbench.mjs';

describe('connecting a registry', function () {
  this.timeout(90_000);
  let session;
  let page;
  let own;
  let picture, row, rows, command, choose, answer, open, showTallyman;

  before(async () => {
    own = await startRegistry({ auth: { kind: 'token', users: { mara: { password: 'only-a-test' } } } });
    session = await startSession({ settings: { 'tallyman.registries': [] } });
    page = session.page;
    ({ picture, row, rows, command, choose, answer, open, showTallyman } = workbench(page));
    await open(session.address);
  });
  after(async () => {
    await session?.stop();
    await own?.stop();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`);
  });

  it('is offered where none is connected', async () => {
    await showTallyman();
    await page.locator('.welcome-view-content', { hasText: 'Only registries that you connect are ever contacted' }).waitFor();
    await picture('welcome');
  });

  it('asks for credentials only because this one wants them, and keeps them out of the settings', async () => {
    await page.locator('.welcome-view-content .monaco-button', { hasText: 'Connect a Registry' }).click();
    await answer('Its host', own.host);
    const tried = page.locator('.quick-input-widget input[placeholder*="stored here – none; docker\'s config.json – there is none"]');
    await tried.waitFor();
    await picture('sign in');
    await choose('User Name and Token', `Sign in to ${own.host}`);
    await answer('User name', 'mara');
    await answer('Password or access token', 'not-the-right-one');
    const refused = page.locator('.notification-toast', { hasText: `${own.host} does not take these credentials. Nothing is kept.` });
    await refused.locator('.monaco-button', { hasText: 'Try Again' }).click();
    await answer('User name', 'mara');
    await answer('Password or access token', 'only-a-test');
    await row(own.host).waitFor();
    await rows().filter({ hasText: 'no repositories yet' }).waitFor();
    assert.ok(own.requests.some(({ authorization }) => authorization === 'Bearer'));
    assert.ok(!own.requests.some(({ path }) => path.includes('only-a-test')));
  });

  it('needs no credentials where none are asked for', async () => {
    await command('Tallyman: Connect a Registry');
    await answer('Its host', `http://${session.demo.registry.host}/`);
    await row(session.demo.registry.host).waitFor();
    await row('acme/shop-web').waitFor();
    assert.ok(session.demo.registry.requests.every(({ authorization }) => authorization === undefined));
  });

  it('says what is wrong with a host where nothing answers, and adds nothing', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    await command('Tallyman: Connect a Registry');
    await answer('Its host', host);
    await page.locator('.notification-toast', { hasText: `Nothing answers at ${host}` }).waitFor();
    await picture('unreachable');
    assert.equal(await row(host).count(), 0);
  });

  it('shows what a registry says in a notification as plain text, with no link in it', async () => {
    const rude = await startRegistry();
    const message = 'go [here](command:workbench.action.toggleSidebarVisibility) or [there](https://evil.example "x") $(alert) <b>now</b>';
    rude.faults.add({ kind: 'status', status: 400, code: 'MANIFEST_INVALID', message });
    try {
      await command('Tallyman: Connect a Registry');
      await answer('Its host', rude.host);
      const toast = page.locator('.notification-toast', { hasText: 'evil.example' });
      await toast.waitFor();
      await picture('rude');
      assert.equal(await toast.locator('.notification-list-item-message a, .notification-list-item-message b, .codicon-alert').count(), 0);
      assert.equal(await row(rude.host).count(), 0);
      await toast.locator('.codicon-notifications-clear').click();
    } finally {
      await rude.stop();
    }
  });

  it('shows a row that says what to do when a registry stops answering', async () => {
    const { host } = own;
    await own.stop();
    own = undefined;
    await command('Tallyman: Refresh Registries');
    await rows()
      .filter({ hasText: `Nothing answers at ${host}` })
      .waitFor();
    await row('Try Again').waitFor();
    await picture('trouble');
  });

  it('can be undone', async () => {
    const registry = row(session.demo.registry.host);
    await registry.click({ button: 'right' });
    const item = page.locator('.monaco-menu .action-item', { hasText: 'Remove Registry' });
    await item.hover();
    await page.waitForTimeout(500);
    await item.click();
    await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Remove' }).click();
    await registry.waitFor({ state: 'detached' });
  });
});
