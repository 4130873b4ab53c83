import type { Finding } from '../core/rules/rule.ts';
import type { Context } from './context.ts';
import type { Folder } from './folders.ts';

/** A file of the client's folders that is not open. */
export interface SavedFile {
  readonly uri: string;
  readonly folder: Folder;
  readonly path: string;
}

/** The files to show findings of although they are not open: none where the user does not want that. */
export function savedFiles({ analysis, folders, documents }: Context): readonly SavedFile[] {
  if (!analysis.settings.checkWorkspace) return [];
  return folders.all().flatMap(folder =>
    folder.workspace.paths().flatMap(path => {
      const uri = folder.uriOf(path);
      // A file in a folder inside another belongs to the inner one.
      return uri === undefined || documents.get(uri) || folders.locate(uri).folder !== folder ? [] : [{ uri, folder, path }];
    }),
  );
}

/** What is found in such a file; `undefined` where something changed meanwhile. A file that cannot be analysed is told of once it is opened. */
export function savedFindings({ analysis }: Context, { folder, path }: SavedFile): Promise<readonly Finding[] | undefined> {
  return analysis.saved(folder, path).catch(() => []);
}
