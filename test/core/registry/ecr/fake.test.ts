import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  GetLifecyclePolicyPreviewCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  paginateDescribeImages,
  paginateListImages,
  StartLifecyclePolicyPreviewCommand,
  waitUntilLifecyclePolicyPreviewComplete,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../../core/image/digest.ts';
import { manifestTypes } from '../../../../core/registry/manifest.ts';
import { type RunningEcr, startEcr } from '../../../fakes/ecr/server.ts';
import { image } from '../../promotion/team.ts';

/** The stand-in for Amazon ECR, asked by Amazon's own SDK: its limits, its names of errors, its pages. */
const repositoryName = 'team/app';
const app = image('one');
let running: RunningEcr;
let client: ECRClient;
let digest: Digest;
beforeEach(async () => {
  running = await startEcr();
  digest = running.state.push(repositoryName, app, ['prod', 'v1']);
  client = new ECRClient({
    region: 'us-east-1',
    endpoint: running.url,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
afterEach(() => running.stop());

const child = () => app.children[0]?.digest ?? digest;
const ids = (count: number) => Array.from({ length: count }, (_, index) => ({ imageTag: `v${index}` }));

test.each<[string, ConstructorParameters<typeof ListImagesCommand>[0] & object, string]>([
  ['no such repository', { repositoryName: 'team/nope' }, 'RepositoryNotFoundException'],
  ['another account', { repositoryName, registryId: '210987654321' }, 'RepositoryNotFoundException'],
  ['an account of few digits', { repositoryName, registryId: '123' }, 'InvalidParameterException'],
  ['a bad name', { repositoryName: 'Team' }, 'InvalidParameterException'],
  ['a page of none', { repositoryName, maxResults: 0 }, 'InvalidParameterException'],
  ['a page of 1001', { repositoryName, maxResults: 1001 }, 'InvalidParameterException'],
  ['a token of its own making', { repositoryName, nextToken: 'x' }, 'InvalidParameterException'],
])('listing refuses %s', async (_, input, name) => {
  await expect(client.send(new ListImagesCommand(input))).rejects.toMatchObject({ name });
  await expect(client.send(new DescribeImagesCommand(input))).rejects.toMatchObject({ name });
});

test('ids and pages exclude each other, and a hundred ids are the most', async () => {
  const describeImages = (input: object) => client.send(new DescribeImagesCommand({ repositoryName, ...input }));
  const name = 'InvalidParameterException';
  await expect(describeImages({ imageIds: [{ imageTag: 'prod' }], maxResults: 5 })).rejects.toMatchObject({ name });
  await expect(describeImages({ imageIds: ids(101) })).rejects.toMatchObject({ name });
  await expect(describeImages({ imageIds: [] })).rejects.toMatchObject({ name });
  await expect(client.send(new BatchGetImageCommand({ repositoryName, imageIds: ids(101) }))).rejects.toMatchObject({ name });
  await expect(client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName], maxResults: 5 }))).rejects.toMatchObject({
    name,
  });
  await expect(describeImages({ imageIds: [{ imageTag: 'prod' }, { imageTag: 'nope' }] })).rejects.toMatchObject({
    name: 'ImageNotFoundException',
  });
});

test('pages of the SDK’s own paginators hold everything once', async () => {
  running.state.fill(repositoryName, 250);
  const digests: string[] = [];
  for await (const { imageDetails = [] } of paginateDescribeImages({ client, pageSize: 100 }, { repositoryName }))
    digests.push(...imageDetails.flatMap(({ imageDigest }) => imageDigest ?? []));
  expect(new Set(digests).size).toBe(255);
  expect(digests).toHaveLength(255);
  const tags: string[] = [];
  for await (const { imageIds = [] } of paginateListImages({ client }, { repositoryName, filter: { tagStatus: 'TAGGED' } }))
    tags.push(...imageIds.flatMap(({ imageTag }) => imageTag ?? []));
  expect(tags).toHaveLength(252);
});

test('times are dates, and a repository is as ECR describes it', async () => {
  const { repositories } = await client.send(new DescribeRepositoriesCommand({}));
  expect(repositories).toMatchObject([
    {
      repositoryName,
      registryId: '123456789012',
      repositoryUri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app',
      imageTagMutability: 'MUTABLE',
      createdAt: expect.any(Date),
    },
  ]);
  await expect(client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName, 'nope'] }))).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
  });
});

describe('manifests', () => {
  test('an index comes as one of its platforms where its type is not accepted, under the index’s digest', async () => {
    const get = async (acceptedMediaTypes?: string[]) =>
      (await client.send(
        new BatchGetImageCommand({
          repositoryName,
          imageIds: [{ imageTag: 'prod' }, { imageTag: 'nope' }],
          ...(acceptedMediaTypes && { acceptedMediaTypes }),
        }),
      )) ?? {};
    const whole = await get([...manifestTypes]);
    expect(digestOf(whole.images?.[0]?.imageManifest ?? '')).toBe(digest);
    expect(whole.failures).toMatchObject([{ failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }]);
    const part = await get();
    expect(part.images?.[0]?.imageId?.imageDigest).toBe(digest);
    expect(digestOf(part.images?.[0]?.imageManifest ?? '')).not.toBe(digest);
  });

  test('writing again, over an immutable tag, without its parts', async () => {
    const bytes = Buffer.from(app.bytes).toString();
    const put = (input: object) => client.send(new PutImageCommand({ repositoryName, imageManifest: bytes, ...input }));
    await expect(put({ imageTag: 'prod' })).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
    expect((await put({ imageTag: 'v2' })).image?.imageId).toEqual({ imageDigest: digest, imageTag: 'v2' });
    await expect(put({ imageTag: 'v3', imageDigest: digestOf('x') })).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' });
    await expect(put({ imageManifest: `${bytes}\n`, imageTag: 'v3', imageDigest: digest })).rejects.toMatchObject({
      name: 'ImageDigestDoesNotMatchException',
    });
    await expect(put({ imageManifest: '{"schemaVersion":2,"config":{}}', imageTag: 'v3' })).rejects.toMatchObject({
      message: expect.stringContaining('Invalid JSON syntax'),
    });
    running.state.create('team/web');
    await expect(put({ repositoryName: 'team/web', imageTag: 'v1' })).rejects.toMatchObject({ name: 'ReferencedImagesNotFoundException' });
    await client.send(
      new PutImageTagMutabilityCommand({
        repositoryName,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'prod*' }],
      }),
    );
    const other = image('two');
    running.state.push(repositoryName, other, ['other']);
    const imageManifest = Buffer.from(other.bytes).toString();
    await expect(put({ imageManifest, imageTag: 'v1' })).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
    expect((await put({ imageManifest, imageTag: 'prod' })).image?.imageId?.imageDigest).toBe(other.digest);
  });

  test('deleting: the last tag takes the image, a part of an index stays', async () => {
    const remove = (...imageIds: object[]) => client.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
    expect(await remove({ imageDigest: child() }, { imageTag: 'nope' }, { imageTag: 'prod', imageDigest: child() }, {})).toMatchObject({
      imageIds: [],
      failures: [
        { failureCode: 'ImageReferencedByManifestList' },
        { failureCode: 'ImageNotFound' },
        { failureCode: 'ImageTagDoesNotMatchDigest' },
        { failureCode: 'MissingDigestAndTag' },
      ],
    });
    expect((await remove({ imageTag: 'prod' })).imageIds).toEqual([{ imageDigest: digest, imageTag: 'prod' }]);
    await remove({ imageTag: 'v1' });
    await expect(client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }))).rejects.toMatchObject({
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
    await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('a lifecycle policy is kept in the order of its rules and tried before it acts', async () => {
    const rule = (rulePriority: number, tagStatus: string, countNumber: number) => ({
      rulePriority,
      description: 'keeps the newest',
      selection: { tagStatus, countType: 'imageCountMoreThan', countNumber },
      action: { type: 'expire' },
    });
    const lifecyclePolicyText = JSON.stringify({ rules: [rule(2, 'any', 3), rule(1, 'untagged', 10)] });
    await expect(client.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyNotFoundException',
    });
    await expect(client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyPreviewNotFoundException',
    });
    await expect(client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: '{"rules":[]}' }))).rejects.toMatchObject(
      { name: 'InvalidParameterException' },
    );
    await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    const kept = JSON.parse((await client.send(new GetLifecyclePolicyCommand({ repositoryName }))).lifecyclePolicyText ?? '{}') as {
      rules: { rulePriority: number }[];
    };
    expect(kept.rules.map(({ rulePriority }) => rulePriority)).toEqual([1, 2]);
    running.state.fill(repositoryName, 5);
    await client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName }));
    await expect(client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'LifecyclePolicyPreviewInProgressException',
    });
    await waitUntilLifecyclePolicyPreviewComplete({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { repositoryName });
    const { previewResults = [], summary } = await client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName }));
    expect(previewResults.every(({ appliedRulePriority }) => appliedRulePriority === 2)).toBe(true);
    expect(summary).toEqual({ expiringImageTotalCount: previewResults.length });
    expect(previewResults.length).toBeGreaterThan(1);
  });
});

test('scans, attachments and tokens', async () => {
  const imageId = { imageDigest: digest };
  await expect(client.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId }))).rejects.toMatchObject({
    name: 'ScanNotFoundException',
  });
  const record = running.state.repositories.get(repositoryName)?.records.get(digest);
  if (record) record.scan = { CRITICAL: 1 };
  expect(
    (await client.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId }))).imageScanFindings?.findingSeverityCounts,
  ).toEqual({ CRITICAL: 1 });
  await expect(client.send(new ListImageReferrersCommand({ repositoryName, subjectId: imageId, maxResults: 51 }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`;
  expect((await fetch(`${running.url}/v2/`)).status).toBe(401);
  expect((await fetch(`${running.url}/v2/`, { headers: { authorization } })).status).toBe(200);
  const tags = await fetch(`${running.url}/v2/team/app/tags/list?n=1`, { headers: { authorization } });
  expect(tags.headers.get('link')).toContain(`<${running.url}/v2/team/app/tags/list?last=`);
  expect((await fetch(`${running.url}/v2/team/app/tags/list?n=1001`, { headers: { authorization } })).status).toBe(405);
  const manifest = await fetch(`${running.url}/v2/team/app/manifests/prod`, { headers: { authorization } });
  expect(manifest.headers.get('docker-content-digest')).toBeNull();
  expect(authorizationData?.[0]?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 11 * 3_600_000);
});

test('a signature of another region, or none, is refused', async () => {
  const elsewhere = new ECRClient({
    region: 'eu-west-1',
    endpoint: running.url,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  await expect(elsewhere.send(new DescribeRepositoriesCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  const headers = {
    'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories',
    'content-type': 'application/x-amz-json-1.1',
  };
  const answer = await fetch(running.url, { method: 'POST', headers, body: '{}' });
  expect([answer.status, await answer.json()]).toMatchObject([400, { __type: 'MissingAuthenticationTokenException' }]);
});
