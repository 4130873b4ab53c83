import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** The page of a rule: the one whose id is given, by a link in a hover, or one that the user picks. */
export const showRule: Command = {
  name: 'showRule',
  async run({ rulePages }, argument) {
    if (rulePages.has(argument)) return rulePages.show(argument);
    // Anything else that a link may hold is none of ours.
    if (argument !== undefined) return;
    const items = rulePages.rules().map(({ id, title }) => ({ label: id, detail: title }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: 'A rule to read about', matchOnDetail: true });
    if (picked) await rulePages.show(picked.label);
  },
};
