import { afterEach, beforeEach, expect, test } from 'vitest';
import { repositorySettings } from '../../../client/images/settings.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import { image } from '../../core/promotion/team.ts';
import { asPerson } from '../../core/registry/ecr/person.ts';
import { type RunningEcr, startEcr } from '../../fakes/ecr/server.ts';

asPerson();
let running: RunningEcr;
beforeEach(async () => {
  running = await startEcr();
});
afterEach(() => running.stop());

const operations = () => running.calls.map(({ operation }) => operation);

function ask(...repositories: readonly string[]) {
  const registry = connect(running.host, { kind: 'ecr' });
  const source = {
    connections: () => [{ host: running.host, repositories: [] }],
    isNamed: () => true,
    at: () => registry,
    image: async () => undefined,
  };
  return repositorySettings(source, { repositories: repositories.map(repository => ({ host: running.host, repository })) });
}

const lifecycle = (selection: object) =>
  JSON.stringify({
    rules: [{ rulePriority: 1, description: 'Keeps the repository small: old images go.', selection, action: { type: 'expire' } }],
  });

test('a repository tells of its tags and of what its own clean-up would remove now', async () => {
  const { state } = running;
  const kept = state.create('team/app', { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['staging*'] });
  kept.lifecyclePolicy = lifecycle({ tagStatus: 'tagged', tagPatternList: ['v*'], countType: 'imageCountMoreThan', countNumber: 1 });
  const old = state.push('team/app', image('one'), ['v1', 'prod'], { pushedAt: 1_600_000_000 });
  state.push('team/app', image('two'), ['v2'], { pushedAt: 1_700_000_000 });
  state.create('team/free', { mutability: 'MUTABLE' });
  const { repositories } = await ask('team/app', 'team/free', 'team/gone');
  expect(repositories).toEqual([
    { readAt: expect.any(String), immutable: true, exclusions: ['staging*'], expiring: [{ digest: old, tags: expect.any(Array) }] },
    { readAt: expect.any(String), immutable: false, exclusions: [] },
    null,
  ]);
  expect(new Set(repositories[0]?.expiring?.[0]?.tags)).toEqual(new Set(['v1', 'prod']));
});

test('the parts of an index, which no tag names, are not taken for images that expire', async () => {
  const { state } = running;
  state.create('team/app').lifecyclePolicy = lifecycle({
    tagStatus: 'untagged',
    countType: 'sinceImagePushed',
    countUnit: 'days',
    countNumber: 1,
  });
  state.push('team/app', image('one'), ['v1'], { pushedAt: 1_600_000_000 });
  const left = state.push('team/app', image('two'), [], { pushedAt: 1_600_000_000 });
  expect((await ask('team/app')).repositories[0]?.expiring).toEqual([{ digest: left, tags: [] }]);
});

test('without a policy nothing is listed, and nothing but reading is done', async () => {
  running.state.push('team/app', image('one'), ['v1']);
  expect((await ask('team/app')).repositories[0]).not.toHaveProperty('expiring');
  expect(operations().sort()).toEqual(['DescribeRepositories', 'GetLifecyclePolicy']);
});

test('of a repository with more images than are looked at nothing is told of its clean-up', async () => {
  const { state } = running;
  state.fill('team/app', 5200);
  const repository = state.repositories.get('team/app');
  if (repository) repository.lifecyclePolicy = lifecycle({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 });
  expect((await ask('team/app')).repositories[0]).toEqual({ readAt: expect.any(String), immutable: false, exclusions: [] });
});

const refuse = (operation: string) => running.faults.add({ kind: 'error', name: 'AccessDeniedException', status: 400, operation });

test('who may not read the policy still learns of the tags, and trouble is silence', async () => {
  running.state.create('team/app', { mutability: 'IMMUTABLE' });
  refuse('GetLifecyclePolicy');
  expect((await ask('team/app')).repositories[0]).toMatchObject({ immutable: true });
  refuse('DescribeRepositories');
  expect((await ask('team/app')).repositories).toEqual([null]);
});
