// A person's way through the product in a browser: from a squiggle to its fix, and from a tag in the sidebar to its promotion.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { startSession } from './session.mjs';
import { workbench } from './workbench.mjs';

describe('a walk through the editor', function () {
  this.timeout(90_000);
  /** @type {Awaited<ReturnType<typeof startSession>>} */
  let session;
  let page;
  let picture, rows, row, command, choose, open, showTallyman, hover;

  const digestOf = async tag => {
    const { registry } = session.demo;
    const answer = await fetch(`${registry.url}/v2/acme/shop-api/manifests/${tag}`, { method: 'HEAD', headers: { accept: '*/*' } });
    return answer.headers.get('docker-content-digest');
  };
  before(async () => {
    session = await startSession({ settings: { 'workbench.colorTheme': 'Default Dark Modern', 'editor.occurrencesHighlight': 'off' } });
    page = session.page;
    ({ picture, rows, row, command, choose, open, showTallyman, hover } = workbench(page));
    await open(session.address);
  });
  after(() => session?.stop());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`);
  });

  it('shows a squiggle under the mistake of the build workflow', async () => {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').waitFor();
    await page.keyboard.type('workflows/build.yml');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'build.yml' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'build.yml' }).waitFor();
    // The mistake is below the first screen; F8 goes to the next problem and says what it is.
    await page.locator('.status-problems, [id="status.problems"]', { hasText: /[1-9]/ }).waitFor();
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('F8');
    await page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('says in the hover what is wrong and where to read on', async () => {
    const squiggle = page.locator('.squiggly-warning, .squiggly-error').first();
    const shown = page.locator('.monaco-hover', { hasText: 'cache-image-manifest' });
    await hover(squiggle, ({ width }) => Math.min(width, 200) / 2, shown);
    const link = shown.locator('a', { hasText: 'cache-image-manifest' }).first();
    assert.match(
      (await link.getAttribute('data-href')) ?? (await link.getAttribute('href')) ?? '',
      /docs\/rules\/cache-image-manifest\.md/,
    );
    await picture('diagnostics');
  });

  it('shows the rule’s page in the editor, from the hover', async () => {
    await page.locator('.monaco-hover a', { hasText: 'More about cache-image-manifest' }).first().click();
    const tab = page.locator('.tab', { hasText: 'cache-image-manifest.md' });
    await tab.waitFor();
    const preview = page.frameLocator('iframe.webview.ready').first().frameLocator('iframe#active-frame');
    await preview.locator('h2', { hasText: 'What happens' }).waitFor();
    await picture('rule');
    await tab.locator('.tab-actions .action-label').click();
    await tab.waitFor({ state: 'detached' });
  });

  it('applies the fix, and the squiggle is gone', async () => {
    await page.mouse.move(5, 5);
    await page.keyboard.press('Control+.');
    const action = page.locator('.action-widget .monaco-list-row.action', { hasText: 'image-manifest' }).first();
    await action.waitFor();
    await picture('fix');
    await action.click();
    await page.locator('.view-line', { hasText: 'image-manifest=true' }).first().waitFor();
    await page.locator('.squiggly-warning, .squiggly-error').first().waitFor({ state: 'detached' });
  });

  it('lists the demo registry’s tags in the sidebar with nothing to configure', async () => {
    await showTallyman();
    await row('acme/shop-api').click();
    await row('prod').waitFor();
    const prod = (await digestOf('prod')).slice(7, 19);
    await rows().filter({ hasText: prod }).first().waitFor();
    // Wide enough for what rows say, with a group and an image open.
    const { x, y, width, height } = await page.locator('.part.sidebar').boundingBox();
    await page.mouse.move(x + width + 1, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + 520, y + height / 2, { steps: 5 });
    await page.mouse.up();
    await row('Releases').click();
    await row('v1.5.0').waitFor();
    await row('prod').click();
    await row('2 platforms').waitFor();
    await page.waitForTimeout(1500);
    await picture('sidebar');
    await row('prod').click();
    await row('Releases').click();
    await row('2 platforms').waitFor({ state: 'detached' });
  });

  it('promotes staging to prod from the palette, after a plan and a question', async () => {
    const [staging, prod] = [await digestOf('staging'), await digestOf('prod')];
    assert.notEqual(staging, prod);
    await command('Tallyman: Promote a Tag');
    await choose('acme/shop-api', 'Promote a Tag');
    await choose('staging', 'Promote a Tag of acme/shop-api');
    await choose('prod', 'Promote acme/shop-api:staging');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    const text = await dialog.innerText();
    assert.ok(text.includes(prod.slice(7, 19)) && text.includes(staging.slice(7, 19)), text);
    assert.match(text, /running workloads change only when they are redeployed/);
    assert.equal(await digestOf('prod'), prod, 'nothing is written before the answer');
    await picture('promote');
    await dialog.locator('.monaco-button', { hasText: 'Promote' }).click();
    await page.locator('.notification-toast', { hasText: 'prod now names' }).waitFor();
    assert.equal(await digestOf('prod'), staging);
  });

  it('shows in the sidebar that prod changed', async () => {
    const staging = (await digestOf('staging')).slice(7, 19);
    await row('prod').filter({ hasText: staging }).waitFor();
    await picture('promoted');
  });

  it('rolls prod back to where it was, from the tag’s context menu', async () => {
    const before = await digestOf('prod');
    await row('prod').click({ button: 'right' });
    const item = page.locator('.monaco-menu .action-item', { hasText: 'Roll Back a Tag' });
    await item.hover();
    // A menu that has just opened takes no clicks, so that the click that opened it chooses nothing.
    await page.waitForTimeout(500);
    await item.click();
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.locator('.monaco-button', { hasText: 'Roll Back' }).click();
    await page.locator('.notification-toast', { hasText: 'prod now names' }).last().waitFor();
    await row('prod')
      .filter({ hasNotText: before.slice(7, 19) })
      .waitFor();
    assert.notEqual(await digestOf('prod'), before);
  });
});

describe('a folder that is not trusted', function () {
  this.timeout(90_000);
  let session;
  before(async () => {
    session = await startSession({ trusted: false });
  });
  after(() => session?.stop());

  it('is checked, but no registry is contacted', async () => {
    const { page, demo } = session;
    const seen = demo.registry.requests.length;
    await page.goto(session.address);
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await page.locator('.activitybar [aria-label^="Tallyman"]').first().click();
    await page.locator('.pane-body', { hasText: 'In Restricted Mode no registry is contacted' }).waitFor();
    await page.keyboard.press('F1');
    await page.keyboard.type('Tallyman: Promote');
    await page.waitForTimeout(500);
    assert.equal(await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Promote a Tag' }).count(), 0);
    assert.equal(demo.registry.requests.length, seen);
  });
});
