import type { Workspace } from '../workspace/workspace.ts';
import { cache } from './cache.ts';
import { preview } from './preview.ts';
import { promotion } from './promotion.ts';
import { rollback } from './rollback.ts';
import { type Kind, type Question, type Request, type Settings, settingsFor } from './settings.ts';

export { type Kind, kinds, type Question, type Request } from './settings.ts';

/** A workflow that can be written to `path` as it is. */
export interface NewWorkflow {
  readonly status: 'made';
  /** Where it belongs; a file may be there already. */
  readonly path: string;
  readonly text: string;
  /** Sentences about what it needs from elsewhere. */
  readonly notes: readonly string[];
}

const templates: Readonly<Record<Kind, (settings: Settings) => string>> = { promotion, rollback, preview, cache };

/** Makes a workflow from the policy file's environments and the registries in use, or asks which of several is meant. */
export function newWorkflow(workspace: Workspace, request: Request): NewWorkflow | Question {
  const settings = settingsFor(workspace, request);
  if ('status' in settings) return settings;
  return {
    status: 'made',
    path: pathFor(request.kind, settings),
    text: templates[request.kind](settings),
    notes: notesFor(request.kind, settings),
  };
}

function pathFor(kind: Kind, { environment }: Settings): string {
  const names: Readonly<Record<Kind, string>> = {
    promotion: `promote-${environment.name}`,
    rollback: `rollback-${environment.name}`,
    preview: 'preview-image',
    cache: 'build-image',
  };
  return `.github/workflows/${names[kind]}.yml`;
}

function notesFor(kind: Kind, { repository, environment, signer }: Settings): readonly string[] {
  if (kind === 'preview' || kind === 'cache') return [];
  const notes = [`The environment ${environment.name} can ask reviewers: Settings, Environments.`];
  if (repository.signer.kind === 'nobody' && signer.tool === 'cosign' && environment.signatures.length === 0)
    notes.push(`Nothing signs ${repository.name} yet: let ${repository.path} run \`cosign sign --yes\` on the digest that it pushes.`);
  if (kind === 'rollback')
    notes.push('It goes back by what the promotions recorded, so it needs the promotion that `tallyman new promotion` makes.');
  return notes;
}
