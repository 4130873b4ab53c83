import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Hover, MarkupContent } from 'vscode-languageserver-protocol/node';
import { Client, folderWith, uriOf } from './client.ts';
import { prTitle, prTitleRange } from './workflows.ts';

const markdown = { textDocument: { hover: { contentFormat: ['markdown' as const] } } };
let root: string;
let uri: string;
let client: Client;

beforeEach(() => {
  root = folderWith({ '.github/workflows/build.yml': '' });
  uri = uriOf(join(root, '.github/workflows/build.yml'));
});

afterEach(async () => {
  await client.stop();
  rmSync(root, { recursive: true });
});

/** What is shown where the finding begins. */
async function shown(): Promise<Hover & { contents: MarkupContent }> {
  const hover = await client.hover(uri, prTitleRange.start);
  if (!hover || !MarkupContent.is(hover.contents)) throw new Error('nothing is shown');
  return { ...hover, contents: hover.contents };
}

test('a finding says why it is trouble and leads to its rule’s page', async () => {
  client = await Client.start({ folders: [root], capabilities: markdown });
  await client.open(uri, prTitle);
  const { range, contents } = await shown();
  expect(range).toEqual(prTitleRange);
  expect(contents.kind).toBe('markdown');
  const [title, why, link] = contents.value.split('\n\n');
  expect(title).toBe('**A value from outside becomes part of a script**');
  expect(why).toContain('before any shell starts');
  expect(link).toBe('[More about pr-input-in-shell](https://github.com/tallyman/tallyman/blob/main/docs/rules/pr-input-in-shell.md)');
});

test('an editor that shows the pages itself gets a link to its own command, with the id of the rule and nothing else', async () => {
  client = await Client.start({ folders: [root], capabilities: markdown, initializationOptions: { showsRules: true } });
  await client.open(uri, prTitle);
  const { value } = (await shown()).contents;
  const [, target = ''] = /\]\((command:[^)]*)\)$/.exec(value) ?? [];
  expect(target).toBe('command:tallyman.showRule?%5B%22pr-input-in-shell%22%5D');
  expect(value.match(/command:/g)).toHaveLength(1);
});

test('plain text for those who read no Markdown; nothing away from findings and in files that are not ours', async () => {
  client = await Client.start({ folders: [root], initializationOptions: { showsRules: true } });
  await client.open(uri, prTitle);
  expect((await shown()).contents).toMatchObject({
    kind: 'plaintext',
    value: expect.stringMatching(/^A value from outside becomes part of a script\.\n\n[\s\S]*\nhttps:\/\/\S+$/),
  });
  expect(await client.hover(uri, { line: 0, character: 0 })).toBeNull();
  expect(await client.hover(uriOf(join(root, 'compose.yml')), { line: 0, character: 0 })).toBeNull();
});
