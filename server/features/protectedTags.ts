import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { type ProtectedTagsAnswer, type ProtectedTagsParams, protectedTagsRequest } from '../../protocol/index.ts';
import type { Context } from '../context.ts';

/** What the policies of all folders say of tags that somebody wants to remove; a client may send anything. */
export function protectedTags({ connection, analysis, folders, loaded }: Context): void {
  connection.onRequest<ProtectedTagsAnswer, void>(protectedTagsRequest, async (params: unknown): Promise<ProtectedTagsAnswer> => {
    if (!isParams(params)) throw new ResponseError(ErrorCodes.InvalidParams, `${protectedTagsRequest} takes a repository and tags`);
    await loaded();
    analysis.takeChanges();
    const policies = folders.all().map(({ workspace }) => workspace.policy);
    return params.tags.map(tag => {
      const answers = policies.map(policy => policy.isProtected(params.repository, tag));
      // One folder's policy is enough to protect it.
      return answers.includes(true) ? true : answers.includes(false) ? false : null;
    });
  });
}

function isParams(params: unknown): params is ProtectedTagsParams {
  const { repository, tags } = (params ?? {}) as Partial<Record<keyof ProtectedTagsParams, unknown>>;
  return typeof repository === 'string' && Array.isArray(tags) && tags.every(tag => typeof tag === 'string');
}
