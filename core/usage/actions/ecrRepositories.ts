import { derived } from '../../image/template.ts';
import type { ActionAdapter, StepReader } from '../stepReader.ts';
import type { Fact, FactOf, Item, RepositorySettings } from '../usage.ts';

/** An action that creates a repository at Amazon ECR where it is not there. */
function creates(step: StepReader, repository: Item | undefined, more: Partial<FactOf<RepositorySettings>>): readonly Fact[] {
  return repository ? [{ kind: 'repositorySettings', at: step.at, repository, creates: true, exclusions: [], ...more }] : [];
}

/** int128/create-ecr-repository-action: `lifecycle-policy` is the path of a file. */
export const createEcrRepository: ActionAdapter = {
  names: ['int128/create-ecr-repository-action'],
  read(step) {
    if (step.flag('public', false) !== false) return { facts: [] };
    const immutable = step.flag('immutable', false);
    const named = step.item('lifecycle-policy');
    const path = step.text('lifecycle-policy');
    const text = path === undefined ? undefined : step.file(path.replace(/^\.\//, ''));
    return {
      facts: creates(step, step.item('repository'), {
        ...(immutable !== false && { mutability: immutable ? derived('IMMUTABLE', step.at) : (step.input('immutable') ?? []) }),
        ...(named && { lifecyclePolicy: text === undefined ? named : { template: derived(text, named.span), span: named.span } }),
        ...(text !== undefined && path !== undefined && { lifecycleFile: path.replace(/^\.\//, '') }),
      }),
      outputs: new Map([step.output('repository-uri', 'line')]),
    };
  },
};
