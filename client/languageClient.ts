import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { type InitializationOptions, settingsSection, showRuleCommand } from '../protocol/index.ts';

/** Workflow files have one of these languages; the server decides by path which of them it reads. */
const languages = ['yaml', 'github-actions-workflow'];
const schemes = ['file', 'untitled', 'vscode-vfs'];

/** Prepares the language server of `dist/server.js`, in a process of its own; `start` it to run. */
export function languageClient(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/server.js');
  const initializationOptions: InitializationOptions = {
    // The YAML extension reports these at the same place, in more detail.
    invalidYaml: false,
    showsRules: true,
    answersRegistries: true,
    patterns: vscode.workspace.getConfiguration(settingsSection).get<string[]>('files', []),
  };
  return new LanguageClient(
    'tallyman',
    'Tallyman',
    { module, transport: TransportKind.ipc },
    {
      documentSelector: schemes.flatMap(scheme => languages.map(language => ({ scheme, language }))),
      initializationOptions,
      outputChannel: log,
      // Hovers link to rules' pages and to nothing else.
      markdown: { isTrusted: { enabledCommands: [showRuleCommand] } },
      synchronize: { configurationSection: settingsSection },
    },
  );
}
