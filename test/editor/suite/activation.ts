import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, parts } from './parts.ts';

export const activation = () =>
  describe('activation', () => {
    it('happens by itself in a folder with workflows', async () => {
      const extension = vscode.extensions.getExtension('tallyman.tallyman');
      assert.ok(await eventually(() => extension?.isActive || undefined, 'activation'));
    });

    it('registers every command that the manifest promises, and no other', async () => {
      const { extensionPath } = vscode.extensions.getExtension('tallyman.tallyman') ?? assert.fail();
      const manifest = JSON.parse(readFileSync(join(extensionPath, 'package.json'), 'utf8'));
      const promised: string[] = manifest.contributes.commands.map(({ command }: { command: string }) => command);
      const views = ['focus', 'open', 'resetViewLocation', 'removeView', 'toggleVisibility'];
      const there = (await vscode.commands.getCommands(true)).filter(
        name => /^tallyman\.[a-zA-Z]+$/.test(name) && !views.includes(name.slice(9)),
      );
      assert.deepEqual(there.sort(), promised.sort());
    });

    it('keeps its parts to itself except under tests', async () => {
      assert.ok((await parts()).registries);
    });

    it('survives a restart of the language server', async () => {
      await vscode.commands.executeCommand('tallyman.restartServer');
    });
  });
