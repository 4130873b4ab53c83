import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  GetLifecyclePolicyCommand,
  GetLifecyclePolicyPreviewCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  StartLifecyclePolicyPreviewCommand,
  waitUntilLifecyclePolicyPreviewComplete,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../../core/image/digest.ts';
import { manifestTypes } from '../../../../core/registry/manifest.ts';
import { image } from '../../promotion/team.ts';
import { app, ids, repositoryName, stage } from './sdk.ts';

/** What the stand-in for Amazon ECR does with writes, deletions and settings, asked by Amazon's own SDK. */
const on = stage();

const child = () => app.children[0]?.digest ?? on.digest;

describe('manifests', () => {
  test('an index comes as one of its platforms where its type is not accepted, under the index’s digest', async () => {
    const get = async (acceptedMediaTypes?: string[]) =>
      (await on.client.send(
        new BatchGetImageCommand({
          repositoryName,
          imageIds: [{ imageTag: 'prod' }, { imageTag: 'nope' }],
          ...(acceptedMediaTypes && { acceptedMediaTypes }),
        }),
      )) ?? {};
    const whole = await get([...manifestTypes]);
    expect(digestOf(whole.images?.[0]?.imageManifest ?? '')).toBe(on.digest);
    expect(whole.failures).toMatchObject([{ failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }]);
    const part = await get();
    expect(part.images?.[0]?.imageId?.imageDigest).toBe(on.digest);
    expect(digestOf(part.images?.[0]?.imageManifest ?? '')).not.toBe(on.digest);
  });

  test('writing again, over an immutable tag, without its parts', async () => {
    const bytes = Buffer.from(app.bytes).toString();
    const put = (input: object) => on.client.send(new PutImageCommand({ repositoryName, imageManifest: bytes, ...input }));
    await expect(put({ imageTag: 'prod' })).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
    expect((await put({ imageTag: 'v2' })).image?.imageId).toEqual({ imageDigest: on.digest, imageTag: 'v2' });
    await expect(put({ imageTag: 'v3', imageDigest: digestOf('x') })).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' });
    await expect(put({ imageManifest: `${bytes}\n`, imageTag: 'v3', imageDigest: on.digest })).rejects.toMatchObject({
      name: 'ImageDigestDoesNotMatchException',
    });
    await expect(put({ imageManifest: '{"schemaVersion":2,"config":{}}', imageTag: 'v3' })).rejects.toMatchObject({
      message: expect.stringContaining('Invalid JSON syntax'),
    });
    on.running.state.create('team/web');
    await expect(put({ repositoryName: 'team/web', imageTag: 'v1' })).rejects.toMatchObject({ name: 'ReferencedImagesNotFoundException' });
    await on.client.send(
      new PutImageTagMutabilityCommand({
        repositoryName,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'prod*' }],
      }),
    );
    const other = image('two');
    on.running.state.push(repositoryName, other, ['other']);
    const imageManifest = Buffer.from(other.bytes).toString();
    await expect(put({ imageManifest, imageTag: 'v1' })).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
    expect((await put({ imageManifest, imageTag: 'prod' })).image?.imageId?.imageDigest).toBe(other.digest);
  });

  test.each([
    ['IMMUTABLE', [], 'prod', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['pr*'], 'prod', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['pro'], 'prod', true],
    ['MUTABLE_WITH_EXCLUSION', ['pr*'], 'prod', true],
    ['MUTABLE_WITH_EXCLUSION', ['v*'], 'prod', false],
  ] as const)('with %s %o the tag %s stays: %s', async (imageTagMutability, filters, imageTag, stays) => {
    const list = filters.map(filter => ({ filterType: 'WILDCARD' as const, filter }));
    const exclusions = list.length > 0 ? { imageTagMutabilityExclusionFilters: list } : {};
    await on.client.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability, ...exclusions }));
    const other = image('two');
    on.running.state.push(repositoryName, other, ['other']);
    const put = (manifest: Uint8Array, tag: string) =>
      on.client.send(new PutImageCommand({ repositoryName, imageManifest: Buffer.from(manifest).toString(), imageTag: tag }));
    const moved = put(other.bytes, imageTag).then(
      () => 'moved',
      ({ name, message }: Error) => `${name}: ${message}`,
    );
    expect(await moved).toBe(
      stays
        ? "ImageTagAlreadyExistsException: The image tag 'prod' already exists in the 'team/app' repository and cannot be overwritten because the tag is immutable."
        : 'moved',
    );
    // The same tag for the same image is said to be there already, whatever the rule.
    await expect(put(stays ? app.bytes : other.bytes, imageTag)).rejects.toMatchObject({
      name: 'ImageAlreadyExistsException',
      message: expect.stringMatching(
        /^Image with digest 'sha256:\w+' and tag 'prod' already exists in the repository with name 'team\/app' in registry with id '123456789012'$/,
      ),
    });
    expect((await put(other.bytes, 'new')).image?.imageId?.imageTag).toBe('new');
    await expect(put(app.bytes, 'x'.repeat(301))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('deleting: the last tag takes the image, a part of an index stays', async () => {
    const remove = (...imageIds: object[]) => on.client.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
    expect(await remove({ imageDigest: child() }, { imageTag: 'nope' }, { imageTag: 'prod', imageDigest: child() }, {})).toMatchObject({
      imageIds: [],
      failures: [
        { failureCode: 'ImageReferencedByManifestList' },
        { failureCode: 'ImageNotFound' },
        { failureCode: 'ImageTagDoesNotMatchDigest' },
        { failureCode: 'MissingDigestAndTag' },
      ],
    });
    expect((await remove({ imageTag: 'prod' })).imageIds).toEqual([{ imageDigest: on.digest, imageTag: 'prod' }]);
    await remove({ imageTag: 'v1' });
    await expect(
      on.client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: on.digest }] })),
    ).rejects.toMatchObject({
      name: 'ImageNotFoundException',
    });
    // What it held is an untagged image of its own now.
    expect((await remove({ imageDigest: child() })).imageIds).toEqual([{ imageDigest: child() }]);
  });
});

describe('settings', () => {
  test.each<[object, string]>([
    [{ imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' }, 'no filters'],
    [
      { imageTagMutability: 'IMMUTABLE', imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'a' }] },
      'filters without exclusion',
    ],
    [
      {
        imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: ids(6).map((_, index) => ({ filterType: 'WILDCARD', filter: `f${index}` })),
      },
      'six filters',
    ],
    [
      { imageTagMutability: 'MUTABLE_WITH_EXCLUSION', imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'a*b*c*' }] },
      'three wildcards',
    ],
    [{ imageTagMutability: 'SOMETIMES' }, 'another word'],
  ])('mutability refuses %o', async input => {
    const command = new PutImageTagMutabilityCommand({ repositoryName, ...input } as ConstructorParameters<
      typeof PutImageTagMutabilityCommand
    >[0]);
    await expect(on.client.send(command)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('what a policy moves to the archive is counted apart from what expires', async () => {
    const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 3 };
    const action = { type: 'transition', targetStorageClass: 'archive' };
    const rules = [{ rulePriority: 1, description: 'keeps the newest', selection: { ...selection, storageClass: 'standard' }, action }];
    on.running.state.fill(repositoryName, 5);
    await on.client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText: JSON.stringify({ rules }) }));
    await waitUntilLifecyclePolicyPreviewComplete({ client: on.client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { repositoryName });
    const { previewResults = [], summary } = await on.client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }));
    expect(previewResults.map(one => one.action?.type)).toContain('TRANSITION');
    expect(summary).toEqual({
      expiringImageTotalCount: 0,
      transitioningImageTotalCounts: [{ targetStorageClass: 'ARCHIVE', imageTotalCount: previewResults.length }],
    });
  });

  test('a lifecycle policy is kept in the order of its rules and tried before it acts', async () => {
    const rule = (rulePriority: number, tagStatus: string, countNumber: number) => ({
      rulePriority,
      description: 'keeps the newest',
      selection: { tagStatus, countType: 'imageCountMoreThan', countNumber },
      action: { type: 'expire' },
    });
    const lifecyclePolicyText = JSON.stringify({ rules: [rule(2, 'any', 3), rule(1, 'untagged', 10)] });
    await expect(on.client.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyNotFoundException',
    });
    await expect(on.client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyPreviewNotFoundException',
    });
    await expect(
      on.client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: '{"rules":[]}' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await on.client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    const kept = JSON.parse((await on.client.send(new GetLifecyclePolicyCommand({ repositoryName }))).lifecyclePolicyText ?? '{}') as {
      rules: { rulePriority: number }[];
    };
    expect(kept.rules.map(({ rulePriority }) => rulePriority)).toEqual([1, 2]);
    on.running.state.fill(repositoryName, 5);
    await on.client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName }));
    await expect(on.client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyPreviewInProgressException',
    });
    await waitUntilLifecyclePolicyPreviewComplete({ client: on.client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { repositoryName });
    const { previewResults = [], summary } = await on.client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }));
    expect(previewResults.every(({ appliedRulePriority }) => appliedRulePriority === 2)).toBe(true);
    expect(summary).toEqual({ expiringImageTotalCount: previewResults.length });
    expect(previewResults.length).toBeGreaterThan(1);
    const preview = (input: object) => on.client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, ...input }));
    const [{ imageDigest } = {}] = previewResults;
    expect((await preview({ imageIds: [{ imageDigest }] })).previewResults).toHaveLength(1);
    expect((await preview({ maxResults: 1 })).nextToken).toBeDefined();
    for (const bad of [{ maxResults: 101 }, { imageIds: [{ imageDigest }], maxResults: 1 }, { imageIds: ids(101) }])
      await expect(preview(bad)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
