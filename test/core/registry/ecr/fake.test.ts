import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  paginateDescribeImages,
  paginateListImages,
} from '@aws-sdk/client-ecr';
import { expect, test } from 'vitest';
import { app, clientOf, ids, repositoryName, stage } from './sdk.ts';

/** The stand-in for Amazon ECR, asked by Amazon's own SDK: its limits, its names of errors, its pages. */
const on = stage();

test.each<[string, ConstructorParameters<typeof ListImagesCommand>[0] & object, string]>([
  ['no such repository', { repositoryName: 'team/nope' }, 'RepositoryNotFoundException'],
  ['another account', { repositoryName, registryId: '210987654321' }, 'RepositoryNotFoundException'],
  ['an account of few digits', { repositoryName, registryId: '123' }, 'InvalidParameterException'],
  ['a bad name', { repositoryName: 'Team' }, 'InvalidParameterException'],
  ['a page of none', { repositoryName, maxResults: 0 }, 'InvalidParameterException'],
  ['a page of 1001', { repositoryName, maxResults: 1001 }, 'InvalidParameterException'],
  ['a token of its own making', { repositoryName, nextToken: 'x' }, 'InvalidParameterException'],
])('listing refuses %s', async (_, input, name) => {
  await expect(on.client.send(new ListImagesCommand(input))).rejects.toMatchObject({ name });
  await expect(on.client.send(new DescribeImagesCommand(input))).rejects.toMatchObject({ name });
});

test('ids and pages exclude each other, and a hundred ids are the most', async () => {
  const describeImages = (input: object) => on.client.send(new DescribeImagesCommand({ repositoryName, ...input }));
  const name = 'InvalidParameterException';
  await expect(describeImages({ imageIds: [{ imageTag: 'prod' }], maxResults: 5 })).rejects.toMatchObject({ name });
  await expect(describeImages({ imageIds: ids(101) })).rejects.toMatchObject({ name });
  await expect(describeImages({ imageIds: [] })).rejects.toMatchObject({ name });
  await expect(on.client.send(new BatchGetImageCommand({ repositoryName, imageIds: ids(101) }))).rejects.toMatchObject({ name });
  await expect(on.client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName], maxResults: 5 }))).rejects.toMatchObject(
    {
      name,
    },
  );
  await expect(describeImages({ imageIds: [{ imageTag: 'prod' }, { imageTag: 'nope' }] })).rejects.toMatchObject({
    name: 'ImageNotFoundException',
  });
});

test('ids that are malformed are told apart from images that are not there', async () => {
  const details = (imageIds: object[]) => on.client.send(new DescribeImagesCommand({ repositoryName, imageIds }));
  for (const id of [{}, { imageDigest: 'sha256:short' }, { imageTag: 'x'.repeat(301) }])
    await expect(details([id])).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(details([{ imageTag: 'x'.repeat(300) }])).rejects.toMatchObject({ name: 'ImageNotFoundException' });
  const imageIds = [{ imageDigest: 'sha256:short' }, { imageTag: 'x'.repeat(301) }];
  expect((await on.client.send(new BatchGetImageCommand({ repositoryName, imageIds }))).failures).toMatchObject([
    { failureCode: 'InvalidImageDigest' },
    { failureCode: 'InvalidImageTag' },
  ]);
  const acceptedMediaTypes = Array.from({ length: 101 }, (_, index) => `a/${index}`);
  await expect(
    on.client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'prod' }], acceptedMediaTypes })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('archived images are listed where they are asked for, handed out to nobody, and back when they are pushed again', async () => {
  const record = on.running.state.repositories.get(repositoryName)?.records.get(on.digest);
  if (!record) throw new Error('the image is gone');
  Object.assign(record, { status: 'ARCHIVED', archivedAt: record.pushedAt + 60 });
  const listed = async (imageStatus?: 'ARCHIVED' | 'ANY') =>
    (await on.client.send(new DescribeImagesCommand({ repositoryName, ...(imageStatus && { filter: { imageStatus } }) }))).imageDetails ??
    [];
  const digests = (rows: Awaited<ReturnType<typeof listed>>) => rows.map(({ imageDigest }) => imageDigest);
  expect(digests(await listed())).not.toContain(on.digest);
  expect(digests(await listed('ANY'))).toContain(on.digest);
  expect(await listed('ARCHIVED')).toMatchObject([{ imageDigest: on.digest, imageStatus: 'ARCHIVED', lastArchivedAt: expect.any(Date) }]);
  const { failures } = await on.client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'prod' }] }));
  expect(failures).toMatchObject([{ failureCode: 'ImageInaccessible' }]);
  await on.client.send(new PutImageCommand({ repositoryName, imageManifest: Buffer.from(app.bytes).toString(), imageTag: 'prod' }));
  const back = (await listed()).find(({ imageDigest }) => imageDigest === on.digest);
  expect(back).toMatchObject({ imageStatus: 'ACTIVE', lastActivatedAt: expect.any(Date), imagePushedAt: new Date(record.pushedAt * 1000) });
});

test('pages of the SDK’s own paginators hold everything once', async () => {
  on.running.state.fill(repositoryName, 250);
  const digests: string[] = [];
  for await (const { imageDetails = [] } of paginateDescribeImages({ client: on.client, pageSize: 100 }, { repositoryName }))
    digests.push(...imageDetails.flatMap(({ imageDigest }) => imageDigest ?? []));
  expect(new Set(digests).size).toBe(255);
  expect(digests).toHaveLength(255);
  const tags: string[] = [];
  for await (const { imageIds = [] } of paginateListImages({ client: on.client }, { repositoryName, filter: { tagStatus: 'TAGGED' } }))
    tags.push(...imageIds.flatMap(({ imageTag }) => imageTag ?? []));
  expect(tags).toHaveLength(252);
});

test('times are dates, and a repository is as ECR describes it', async () => {
  const { repositories } = await on.client.send(new DescribeRepositoriesCommand({}));
  expect(repositories).toMatchObject([
    {
      repositoryName,
      registryId: '123456789012',
      repositoryUri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app',
      imageTagMutability: 'MUTABLE',
      createdAt: expect.any(Date),
    },
  ]);
  await expect(on.client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName, 'nope'] }))).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
  });
});

test('scans, attachments and tokens', async () => {
  const imageId = { imageDigest: on.digest };
  await expect(on.client.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId }))).rejects.toMatchObject({
    name: 'ScanNotFoundException',
  });
  const record = on.running.state.repositories.get(repositoryName)?.records.get(on.digest);
  if (record) record.scan = { CRITICAL: 1 };
  expect(
    (await on.client.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId }))).imageScanFindings?.findingSeverityCounts,
  ).toEqual({ CRITICAL: 1 });
  await expect(on.client.send(new ListImageReferrersCommand({ repositoryName, subjectId: imageId, maxResults: 51 }))).rejects.toMatchObject(
    {
      name: 'InvalidParameterException',
    },
  );
  const referrers = (filter: object, subject = imageId) =>
    on.client.send(new ListImageReferrersCommand({ repositoryName, subjectId: subject, filter }));
  await expect(referrers({ artifactTypes: ['a', 'b', 'c', 'd', 'e', 'f'] })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const subject = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: on.digest, size: app.bytes.byteLength };
  for (let index = 0; index < 21; index++)
    on.running.state.put(repositoryName, { schemaVersion: 2, artifactType: `a/${index}`, config: {}, layers: [], subject });
  const { referrers: first = [], nextToken } = await referrers({});
  expect([first.length, nextToken !== undefined]).toEqual([20, true]);
  expect((await referrers({ artifactTypes: ['a/3'] })).referrers).toMatchObject([{ artifactType: 'a/3', artifactStatus: 'ACTIVE' }]);
  expect((await referrers({ artifactStatus: 'ARCHIVED' })).referrers).toEqual([]);
  const registryIds = Array.from({ length: 11 }, () => '123456789012');
  await expect(on.client.send(new GetAuthorizationTokenCommand({ registryIds }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  const { authorizationData } = await on.client.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`;
  expect((await fetch(`${on.running.url}/v2/`)).status).toBe(401);
  expect((await fetch(`${on.running.url}/v2/`, { headers: { authorization } })).status).toBe(200);
  const tags = await fetch(`${on.running.url}/v2/team/app/tags/list?n=1`, { headers: { authorization } });
  expect(tags.headers.get('link')).toContain(`<${on.running.url}/v2/team/app/tags/list?last=`);
  expect((await fetch(`${on.running.url}/v2/team/app/tags/list?n=1001`, { headers: { authorization } })).status).toBe(405);
  const manifest = await fetch(`${on.running.url}/v2/team/app/manifests/prod`, { headers: { authorization } });
  expect(manifest.headers.get('docker-content-digest')).toBeNull();
  expect(authorizationData?.[0]?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 11 * 3_600_000);
});

test('a signature of another region, or none, is refused', async () => {
  const elsewhere = clientOf(on.running.url, 'eu-west-1');
  await expect(elsewhere.send(new DescribeRepositoriesCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  const headers = {
    'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories',
    'content-type': 'application/x-amz-json-1.1',
  };
  const answer = await fetch(on.running.url, { method: 'POST', headers, body: '{}' });
  expect([answer.status, await answer.json()]).toMatchObject([400, { __type: 'MissingAuthenticationTokenException' }]);
});
