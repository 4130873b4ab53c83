import { appendFileSync } from 'node:fs';
import { inspect } from 'node:util';
import * as vscode from 'vscode';
import { parts } from './parts.ts';

/** What the extension says to people or writes into its log. The served editor writes no log files of its own. */
const messages = ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'] as const;
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'append', 'appendLine', 'replace'] as const;

/** Writes all of that into `file` too, errors with everything they hold. */
export async function record(file: string): Promise<void> {
  const note = (name: string, values: readonly unknown[]) =>
    appendFileSync(
      file,
      `${name} ${values.map(value => inspect(value, { depth: 9, showHidden: true, maxStringLength: null })).join(' ')}\n`,
    );
  const { log } = await parts();
  listen(vscode.window, messages, note);
  listen(log, levels, note);
}

function listen(object: object, names: readonly string[], note: (name: string, values: readonly unknown[]) => void): void {
  for (const name of names) {
    const original: unknown = Reflect.get(object, name);
    if (typeof original !== 'function') throw new Error(`There is no ${name}.`);
    const listening = (...values: unknown[]): unknown => {
      note(name, values);
      return Reflect.apply(original, object, values);
    };
    if (!Reflect.set(object, name, listening)) throw new Error(`${name} cannot be listened to.`);
  }
}
