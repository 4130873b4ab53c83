// VS Code's workbench as a person handles it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Pictures of each station; `npm run screenshots` copies some of them into the docs. */
const pictures = 'test-results/walk';

export function workbench(page) {
  mkdirSync(pictures, { recursive: true });
  const rows = () => page.locator('.pane-body .monaco-list-row');
  const input = page.locator('.quick-input-widget input[type="text"], .quick-input-widget input[type="password"]').first();
  return {
    /** Rows of the sidebar's tree. */
    rows,
    /** The row with exactly this label. */
    row: label =>
      rows().filter({
        has: page.locator('.monaco-icon-label .label-name', {
          hasText: new RegExp(`^${RegExp.escape?.(label) ?? label.replace(/[.]/g, '\\.')}$`),
        }),
      }),
    picture: name => page.screenshot({ path: join(pictures, `${name.replace(/[^\w -]/g, '')}.png`) }),
    async open(address) {
      await page.goto(address);
      await page.locator('.monaco-workbench').waitFor();
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    },
    async showTallyman() {
      await page.locator('.activitybar [aria-label^="Tallyman"]').first().click();
    },
    /** Runs a command from the palette. */
    async command(title) {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').waitFor();
      await page.keyboard.type(title);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
    },
    /** Chooses in the quick pick with this title. */
    async choose(label, title) {
      await page.locator('.quick-input-title', { hasText: title }).waitFor();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
    },
    /** Moves the pointer to `at` of what `place` finds until `shownThere` is visible: the editor draws its decorations anew while it settles. */
    async hover(place, at, shownThere) {
      for (let shown = false; !shown; ) {
        const box = await place.boundingBox();
        if (box) await page.mouse.move(box.x + at(box), box.y + box.height / 2);
        shown = await shownThere
          .first()
          .waitFor({ timeout: 3000 })
          .then(
            () => true,
            () => false,
          );
        if (!shown) await page.mouse.move(5, 5);
      }
    },
    /** Answers the input box whose prompt says this. */
    async answer(prompt, text) {
      await page.locator('.quick-input-message', { hasText: prompt }).waitFor();
      await input.fill(text);
      await page.keyboard.press('Enter');
    },
  };
}
