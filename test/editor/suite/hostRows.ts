import assert from 'node:assert/strict';
import type { Node, RepositoryNode } from '../../../client/tree/nodes.ts';
import { eventually, parts } from './parts.ts';

/** The row of a connected registry. */
async function registryAt(host: string): Promise<Node> {
  const { tree } = await parts();
  return eventually(async () => (await tree.getChildren()).find(node => node.kind === 'registry' && node.host === host), host);
}

/** The row of its first repository. */
export async function repositoryAt(host: string): Promise<RepositoryNode> {
  const { tree } = await parts();
  const [first] = await tree.getChildren(await registryAt(host));
  return first?.kind === 'repository' ? first : assert.fail(`The first row is of kind ${first?.kind}.`);
}

/** The rows in place of the repositories, or of the tags of the one that is named. */
export async function troubleRows(host: string, named: string | undefined): Promise<readonly Node[]> {
  const { tree } = await parts();
  return eventually(async () => {
    const rows = await tree.getChildren(named === undefined ? await registryAt(host) : await repositoryAt(host));
    return rows.some(({ kind }) => kind === 'trouble') ? rows : undefined;
  }, 'what is wrong');
}
