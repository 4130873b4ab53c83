import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { readRulePages } from '../core/text/rulePages.ts';
import { diskTree } from '../core/workspace/disk.ts';
import { startServer } from './server.ts';

// createConnection reads the same arguments; without one it throws where a sentence is due.
if (!process.argv.some(argument => /^--(?:stdio|node-ipc|socket(?:=.*)?|pipe(?:=.*)?)$/.test(argument))) {
  process.stderr.write('Say how to talk to the language server: --stdio, --node-ipc, --socket=PORT or --pipe=NAME.\n');
  process.exit(2);
}

const connection = createConnection(ProposedFeatures.all);
// A request that the client never answers must not end the server for all its documents.
process.on('unhandledRejection', error => connection.console.error(error instanceof Error ? error.message : String(error)));
startServer(connection, {
  tree: folder => (folder.startsWith('file:') ? diskTree(fileURLToPath(folder)) : undefined),
  rulePages: () => readRulePages(__dirname),
});
