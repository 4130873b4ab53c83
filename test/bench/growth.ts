import { parseDocument } from 'yaml';
import { lintFile } from '../../core/lint.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { median, table, time } from './measure.ts';
import { files, longWorkflow } from './workflows.ts';

const path = '.github/workflows/long.yml';

/** One file of more and more lines: what a line costs stays the same. */
export function fileGrowth(): void {
  const rows = [100, 1000, 10_000].map(lines => {
    const text = longWorkflow(lines);
    const runs = (run: () => void) => median(Array.from({ length: 7 }, () => time(run)));
    const parse = runs(() => void parseDocument(text, { prettyErrors: false }));
    const check = runs(() => {
      const workspace = new Workspace();
      workspace.set(path, text);
      lintFile(workspace, path);
    });
    return [`${lines} lines`, parse, check, (check * 1000) / lines];
  });
  table('One file of more and more lines, milliseconds', [['', 'bare YAML', 'checked', 'µs a line'], ...rows]);
}

/** A workspace of more and more files: the first check of all, and one edit in it. */
export function workspaceGrowth(): void {
  const rows = [100, 400, 1600].map(count => {
    const workspace = new Workspace();
    const paths = Array.from({ length: count }, (_, index) => {
      const { text } = files[index % files.length] as (typeof files)[number];
      // Each copy of a file is a repository's of its own: what one workspace holds is not 1,600 times the same tag.
      const name = `.github/workflows/w${index}.yml`;
      workspace.set(name, text.replaceAll(/\b(ghcr\.io\/|image: |IMAGE: )/g, `$1c${Math.floor(index / files.length)}-`));
      return name;
    });
    const all = time(() => {
      for (const name of paths) lintFile(workspace, name);
    });
    const edited = paths[0] as string;
    const edits = Array.from({ length: 10 }, (_, index) =>
      time(() => {
        workspace.set(edited, `${workspace.text(edited) ?? ''}# ${index}\n`);
        lintFile(workspace, edited);
      }),
    );
    return [`${count} files`, all, all / count, median(edits)];
  });
  table('A workspace of more and more files, milliseconds', [['', 'all', 'a file', 'one edit'], ...rows]);
}

/** Megabytes of the heap after thousands of edits; needs `--expose-gc`. */
export function memory(): void {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error('run with --expose-gc');
  const workspace = new Workspace();
  const text = longWorkflow(300);
  for (const [index, file] of files.slice(0, 30).entries()) workspace.set(`.github/workflows/f${index}.yml`, file.text);
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const rows: (string | number)[][] = [];
  for (let edit = 0; edit <= 10_000; edit++) {
    workspace.set(path, `${text}# ${edit}\n`);
    lintFile(workspace, path);
    if (edit === 1000 || edit === 4000 || edit === 7000 || edit === 10_000) rows.push([`${edit} edits`, heap()]);
  }
  table('Heap after edits of a file of 300 lines, megabytes', [['', 'MB'], ...rows]);
}
