import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { kinds, newWorkflow as make } from '../../core/generate/index.ts';
import { type NewWorkflowAnswer, type NewWorkflowParams, newWorkflowRequest } from '../../protocol/index.ts';
import type { Context } from '../context.ts';

/** New workflows, made from what a folder holds; a client may send anything. */
export function newWorkflow({ connection, analysis, folders, loaded }: Context): void {
  connection.onRequest<NewWorkflowAnswer, void>(newWorkflowRequest, async (params: unknown): Promise<NewWorkflowAnswer> => {
    if (!isParams(params)) throw new ResponseError(ErrorCodes.InvalidParams, `${newWorkflowRequest} takes a folder and a kind of workflow`);
    await loaded();
    analysis.takeChanges();
    const { folder } = folders.locate(`${params.folder}/.github/workflows/new.yml`);
    for (let rounds = 0; rounds < 20; rounds++) {
      // What the workflows name is asked for while they are understood.
      make(folder.workspace, params);
      if (!(await folder.giveWanted())) break;
      analysis.invalidate();
      analysis.takeChanges();
    }
    return make(folder.workspace, params);
  });
}

function isParams(params: unknown): params is NewWorkflowParams {
  const { folder, kind, image, environment } = (params ?? {}) as Partial<Record<keyof NewWorkflowParams, unknown>>;
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  return typeof folder === 'string' && kinds.some(one => one === kind) && isText(image) && isText(environment);
}
