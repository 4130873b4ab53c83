import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { diskTree } from '../core/workspace/disk.ts';
import { startServer } from './server.ts';

// How to talk (--stdio, --node-ipc, --socket) is read from the command line by createConnection.
startServer(createConnection(ProposedFeatures.all), {
  tree: folder => (folder.startsWith('file:') ? diskTree(fileURLToPath(folder)) : undefined),
});
