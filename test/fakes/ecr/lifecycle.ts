import { evaluate } from '../../../core/ecrPolicy/lifecycle.ts';
import { readLifecycle } from '../../../core/ecrPolicy/readLifecycle.ts';
import { EcrFailure, exclusive, find, imageIds, invalid, type Operation, page, pageSize, repositoryOf } from './call.ts';
import type { EcrRepository, EcrState } from './state.ts';

/** How often a preview says that it is at work before it is done. */
const readsUntilDone = 1;

export const getLifecyclePolicy: Operation = call => {
  const repository = repositoryOf(call);
  const { lifecyclePolicy } = repository;
  if (lifecyclePolicy === undefined) throw noPolicy(call.state, repository);
  return {
    registryId: call.state.account,
    repositoryName: repository.name,
    lifecyclePolicyText: sorted(lifecyclePolicy),
    lastEvaluatedAt: 0,
  };
};

export const putLifecyclePolicy: Operation = call => {
  const repository = repositoryOf(call);
  const text = checked(call.input['lifecyclePolicyText']);
  repository.lifecyclePolicy = text;
  return { registryId: call.state.account, repositoryName: repository.name, lifecyclePolicyText: text };
};

export const startLifecyclePolicyPreview: Operation = call => {
  const repository = repositoryOf(call);
  const given = call.input['lifecyclePolicyText'];
  const text = given === undefined ? repository.lifecyclePolicy : checked(given);
  if (text === undefined) throw noPolicy(call.state, repository);
  if (repository.preview && repository.preview.reads <= readsUntilDone)
    throw new EcrFailure(
      'LifecyclePolicyPreviewInProgressException',
      `The lifecycle policy preview for '${repository.name}' is in progress`,
    );
  repository.preview = { text, reads: 0 };
  return { registryId: call.state.account, repositoryName: repository.name, lifecyclePolicyText: text, status: 'IN_PROGRESS' };
};

export const getLifecyclePolicyPreview: Operation = call => {
  const { state, input } = call;
  const repository = repositoryOf(call);
  const { preview, name } = repository;
  exclusive(input, 'imageIds');
  const ids = imageIds(input, false);
  if (!preview) throw new EcrFailure('LifecyclePolicyPreviewNotFoundException', `There is no dry run for '${name}'`);
  const size = ids?.length ?? pageSize(input, 100);
  preview.reads += 1;
  const fields = { registryId: state.account, repositoryName: name, lifecyclePolicyText: preview.text };
  if (preview.reads <= readsUntilDone) return { ...fields, status: 'IN_PROGRESS' };
  const all = verdicts(state, repository, preview.text);
  const asked = ids?.map(id => find(state, repository, id));
  const results = asked ? all.filter(({ imageDigest }) => asked.some(one => 'digest' in one && one.digest === imageDigest)) : all;
  const transitions = all.filter(({ action }) => action.type === 'TRANSITION').length;
  const { items, nextToken } = page(results, input, size, `GetLifecyclePolicyPreview ${name}`);
  return {
    ...fields,
    status: 'COMPLETE',
    previewResults: items,
    summary: {
      expiringImageTotalCount: all.length - transitions,
      ...(transitions > 0 && { transitioningImageTotalCounts: [{ targetStorageClass: 'ARCHIVE', imageTotalCount: transitions }] }),
    },
    ...(nextToken && { nextToken }),
  };
};

function verdicts(state: EcrState, { name, records }: EcrRepository, text: string) {
  const { policy } = readLifecycle(text);
  const tags = state.tagsByDigest(name);
  const images = [...records].map(([digest, { pushedAt, status, archivedAt }]) => ({
    digest,
    tags: tags.get(digest) ?? [],
    pushedAt: new Date(pushedAt * 1000),
    isChild: state.indexOf(name, digest) !== undefined,
    ...(status === 'ARCHIVED' && { archivedAt: new Date((archivedAt ?? pushedAt) * 1000) }),
  }));
  const found = policy ? evaluate(policy, images, new Date(state.tick() * 1000)) : [];
  return found.map(({ image, rule, action }) => ({
    imageTags: image.tags,
    imageDigest: image.digest,
    imagePushedAt: image.pushedAt.getTime() / 1000,
    action: action === 'expire' ? { type: 'EXPIRE' } : { type: 'TRANSITION', targetStorageClass: 'ARCHIVE' },
    appliedRulePriority: rule.priority,
  }));
}

function checked(text: unknown): string {
  if (typeof text !== 'string' || text.length < 100 || text.length > 30_720)
    throw invalid('LifecyclePolicyText', 'Member must have length between 100 and 30720');
  const { problems } = readLifecycle(text);
  const [first] = problems;
  if (first) throw invalid('LifecyclePolicyText', `Lifecycle policy validation failure: ${first.message}`);
  return text;
}

/** The registry hands rules back in the order of their priorities. */
function sorted(text: string): string {
  const { rules } = JSON.parse(text) as { rules: { rulePriority: number }[] };
  return JSON.stringify({ rules: rules.sort((a, b) => a.rulePriority - b.rulePriority) });
}

function noPolicy({ account }: EcrState, { name }: EcrRepository): EcrFailure {
  const words = `Lifecycle policy does not exist for the repository with name '${name}'`;
  return new EcrFailure('LifecyclePolicyNotFoundException', `${words} in the registry with id '${account}'`);
}
