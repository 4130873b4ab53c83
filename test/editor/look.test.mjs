// Looking at images and removing them, as a person does: from a row's menu to the question, and what the registry has afterwards.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { startSession } from './session.mjs';
import { workbench } from './workbench.mjs';

describe('looking at images and removing them', function () {
  this.timeout(90_000);
  let session;
  let page;
  let picture, rows, command, choose, open, showTallyman;
  const repository = 'acme/shop-api';

  const tags = () => session.demo.registry.store.tags(repository);
  const dialog = () => page.locator('.monaco-dialog-box');
  /** Picks the repository, then the tag. */
  async function image(tag, title) {
    await choose(repository, title);
    const list = page.locator('.quick-input-list .monaco-list-row');
    await page.locator('.quick-input-title', { hasText: `${title}: ${repository}` }).waitFor();
    await list.filter({ hasText: 'prod' }).first().waitFor();
    // Rows that are scrolled away are not in the list until they are looked for.
    await page.locator('.quick-input-widget input[type="text"]').first().fill(tag);
    await list.filter({ hasText: tag }).first().click();
  }
  before(async () => {
    session = await startSession();
    page = session.page;
    ({ picture, rows, command, choose, open, showTallyman } = workbench(page));
    await open(session.address);
    await showTallyman();
    await rows().filter({ hasText: repository }).first().click();
    await rows().filter({ hasText: 'prod' }).first().waitFor();
  });
  after(() => session?.stop());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`);
  });

  it('compares two images on a page', async () => {
    await command('Tallyman: Compare Two Images');
    await image('prod', 'Compare: the First Image');
    await image('staging', 'Compare: the Second Image');
    const content = page.frameLocator('iframe.webview.ready').last().frameLocator('iframe');
    await content.locator('h1', { hasText: 'Compare' }).waitFor();
    await content.locator('td', { hasText: 'only second' }).first().waitFor();
    await picture('compare');
    assert.equal(await content.locator('a[href^="http"]').count(), 0, 'what a registry says is no link');
  });

  it('sorts a repository that is picked from the palette, and says so in its row', async () => {
    const sort = async order => {
      await command('Tallyman: Sort Tags');
      await choose(repository, 'Sort a Repository');
      await choose(order, `Sort ${repository}`);
    };
    const sorted = rows().filter({ hasText: repository }).filter({ hasText: 'by size' });
    await sort('By Size');
    await sorted.waitFor();
    await sort('Newest First');
    await sorted.waitFor({ state: 'detached' });
  });

  it('refuses to delete what an environment names', async () => {
    await command('Tallyman: Delete an Image');
    await image('staging', 'Delete an Image');
    await dialog().filter({ hasText: 'refused' }).waitFor();
    await picture('delete refused');
    assert.match(await dialog().innerText(), /staging looks like an environment/);
    await dialog().locator('.monaco-button').first().click();
    assert.ok(tags().includes('staging'));
  });

  it('names every tag before an image is deleted, and deletes it', async () => {
    const before = tags();
    await rows().filter({ hasText: 'Releases' }).first().click();
    await rows().filter({ hasText: 'v1.4.1' }).first().waitFor();
    await command('Tallyman: Delete an Image');
    await image('v1.4.1', 'Delete an Image');
    await dialog().filter({ hasText: 'and its 3 tags?' }).waitFor();
    const text = await dialog().innerText();
    await picture('delete');
    const [release, trail, commit] = ['v1.4.1', 'prod-20261104-ac517ef', 'sha-ac517efc4f3752eaeaf24e3c8fa4d758ffb9571d'];
    for (const tag of [release, trail, commit]) assert.ok(text.includes(`• ${tag}`), `${tag} is named`);
    assert.match(text, /a rollback no longer finds it/);
    await dialog().locator('.monaco-button', { hasText: 'Delete' }).click();
    await page.locator('.notification-toast', { hasText: 'is deleted, with' }).waitFor();
    await picture('deleted');
    assert.deepEqual(
      before.filter(tag => !tags().includes(tag)),
      before.filter(tag => [release, trail, commit].includes(tag)),
    );
    await rows().filter({ hasText: 'v1.4.1' }).first().waitFor({ state: 'detached' });
  });

  it('takes one tag away and leaves the image', async () => {
    const digest = session.demo.registry.store.manifest(repository, 'v1.4.0').digest;
    await command('Tallyman: Remove a Tag');
    await image('v1.4.0', 'Remove a Tag');
    await dialog().filter({ hasText: 'Only v1.4.0 goes' }).waitFor();
    await dialog().locator('.monaco-button', { hasText: 'Remove Tag' }).click();
    await page.locator('.notification-toast', { hasText: /The tag v1\.4\.0 is gone; the image [0-9a-f]{12} stays/ }).waitFor();
    assert.ok(!tags().includes('v1.4.0'));
    assert.ok(session.demo.registry.store.manifest(repository, digest));
  });

  it('leaves everything as it is where the person says no', async () => {
    const before = tags();
    await command('Tallyman: Delete an Image');
    await image('pr-42', 'Delete an Image');
    await dialog().filter({ hasText: 'and its tag pr-42' }).waitFor();
    await dialog().locator('.monaco-button', { hasText: 'Cancel' }).click();
    assert.deepEqual(tags(), before);
  });
});
