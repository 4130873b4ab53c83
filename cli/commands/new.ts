import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Argument, Command } from 'commander';
import { type Kind, kinds, newWorkflow, type Question } from '../../core/generate/index.ts';
import { printable } from '../../core/text/printable.ts';
import { direct, diskTree } from '../../core/workspace/disk.ts';
import { fileKind, policyPaths } from '../../core/workspace/paths.ts';
import { search } from '../../core/workspace/search.ts';
import { settle } from '../../core/workspace/wanted.ts';
import { Workspace } from '../../core/workspace/workspace.ts';
import { reason, repositoryRoot } from '../discover.ts';
import { exit, Failure } from '../failure.ts';
import { tell, write } from '../terminal.ts';

interface Options {
  readonly image?: string;
  readonly environment?: string;
  readonly print?: true;
}

/** Folders that are searched for the workspace's files. */
const maximumFolders = 2000;

/** `tallyman new KIND`: writes a workflow, or prints it; never over a file that is there. */
export function newCommand(): Command {
  return new Command('new')
    .description('Make a workflow from the policy’s environments and the images that the workflows here push.')
    .addArgument(new Argument('<kind>', 'what it does').choices(kinds))
    .option('--image <name>', 'the image, as the workflows name it (default: the only one that fits)')
    .option('--environment <name>', 'an environment of the policy, or a tag (default: the one that others are promoted to, else prod)')
    .option('--print', 'print the workflow in place of writing it')
    .addHelpText(
      'after',
      `
Examples:
  tallyman new promotion
  tallyman new rollback --environment production --image ghcr.io/acme/shop
  tallyman new preview --print

Exit codes: 0 done, 2 usage, more than one image or environment to choose from, or a file that is there already.`,
    )
    .action(async (kind: Kind, { image, environment, print }: Options) => {
      const root = await repositoryRoot(process.cwd());
      const made = newWorkflow(await workspaceIn(root), {
        kind,
        ...(image !== undefined && { image }),
        ...(environment !== undefined && { environment }),
      });
      if (made.status === 'question') throw new Failure(exit.usage, wordsFor(made, image));
      if (print) await write(made.text);
      else await create(root, made.path, made.text);
      for (const note of made.notes) tell(printable(note));
    });
}

/** All workflows, actions and the policy below a folder, with what they name. */
async function workspaceIn(root: string): Promise<Workspace> {
  const workspace = new Workspace();
  const tree = diskTree(root, direct);
  const found = await search(tree, { wanted: path => fileKind(path) !== undefined, maximumFolders });
  for (const path of [...found, ...policyPaths]) {
    const text = await tree.read(path);
    if (text !== undefined) workspace.set(path, text);
  }
  await settle(workspace, found, folder => diskTree(join(root, folder), direct));
  return workspace;
}

function wordsFor({ about, options }: Question, given: string | undefined): string {
  const all = options.map(printable).join(', ');
  if (about === 'environment') return `The policy has several environments: ${all}. --environment names one.`;
  if (options.length === 0) return 'No workflow here pushes an image that a new one could name. --image has nothing to choose from.';
  return given === undefined
    ? `The workflows here push ${all}${options.length === 1 ? ', which is none of the environment’s images' : ''}. --image names one.`
    : `No workflow here pushes ${printable(given)}. There are: ${all}.`;
}

async function create(root: string, path: string, text: string): Promise<void> {
  const file = join(root, path);
  const shown = printable(relative(process.cwd(), file));
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const why = error as NodeJS.ErrnoException;
    if (why.code === 'EEXIST') throw new Failure(exit.usage, `${shown} is there already. --print shows what it would be.`);
    throw new Failure(exit.usage, `Cannot write ${shown}: ${reason(why)}.`);
  }
  await write(`${shown}\n`);
}
