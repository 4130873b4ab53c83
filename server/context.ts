import type { ClientCapabilities, Connection, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from './analysis.ts';
import type { Folders } from './folders.ts';
import type { Live } from './live/live.ts';

/** What a feature gets to register itself with. */
export interface Context {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly analysis: Analysis;
  readonly folders: Folders;
  /** What registries say, as far as it is known. */
  readonly live: Live;
  readonly client: ClientCapabilities;
  /** The rules' pages by id; empty where they are not at hand. */
  readonly pages: () => ReadonlyMap<string, string>;
  /** Whether the client shows rules' pages itself. */
  readonly showsRules: () => boolean;
  /** Resolves when the saved files are read, or after a moment: a slow disk must not keep an open file from being judged. */
  readonly loaded: () => Promise<void>;
}
