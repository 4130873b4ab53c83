import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  paginateDescribeImages,
  paginateListImages,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Digest } from '../../../../core/image/digest.ts';
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

test('ids that are malformed are told apart from images that are not there', async () => {
  const details = (imageIds: object[]) => client.send(new DescribeImagesCommand({ repositoryName, imageIds }));
  for (const id of [{}, { imageDigest: 'sha256:short' }, { imageTag: 'x'.repeat(301) }])
    await expect(details([id])).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(details([{ imageTag: 'x'.repeat(300) }])).rejects.toMatchObject({ name: 'ImageNotFoundException' });
  const imageIds = [{ imageDigest: 'sha256:short' }, { imageTag: 'x'.repeat(301) }];
  expect((await client.send(new BatchGetImageCommand({ repositoryName, imageIds }))).failures).toMatchObject([
    { failureCode: 'InvalidImageDigest' },
    { failureCode: 'InvalidImageTag' },
  ]);
  const acceptedMediaTypes = Array.from({ length: 101 }, (_, index) => `a/${index}`);
  await expect(
    client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'prod' }], acceptedMediaTypes })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('archived images are listed where they are asked for, handed out to nobody, and back when they are pushed again', async () => {
  const record = running.state.repositories.get(repositoryName)?.records.get(digest);
  if (!record) throw new Error('the image is gone');
  Object.assign(record, { status: 'ARCHIVED', archivedAt: record.pushedAt + 60 });
  const listed = async (imageStatus?: 'ARCHIVED' | 'ANY') =>
    (await client.send(new DescribeImagesCommand({ repositoryName, ...(imageStatus && { filter: { imageStatus } }) }))).imageDetails ?? [];
  const digests = (rows: Awaited<ReturnType<typeof listed>>) => rows.map(({ imageDigest }) => imageDigest);
  expect(digests(await listed())).not.toContain(digest);
  expect(digests(await listed('ANY'))).toContain(digest);
  expect(await listed('ARCHIVED')).toMatchObject([{ imageDigest: digest, imageStatus: 'ARCHIVED', lastArchivedAt: expect.any(Date) }]);
  const { failures } = await client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'prod' }] }));
  expect(failures).toMatchObject([{ failureCode: 'ImageInaccessible' }]);
  await client.send(new PutImageCommand({ repositoryName, imageManifest: Buffer.from(app.bytes).toString(), imageTag: 'prod' }));
  const back = (await listed()).find(({ imageDigest }) => imageDigest === digest);
  expect(back).toMatchObject({ imageStatus: 'ACTIVE', lastActivatedAt: expect.any(Date), imagePushedAt: new Date(record.pushedAt * 1000) });
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
  const referrers = (filter: object, subject = imageId) =>
    client.send(new ListImageReferrersCommand({ repositoryName, subjectId: subject, filter }));
  await expect(referrers({ artifactTypes: ['a', 'b', 'c', 'd', 'e', 'f'] })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const subject = { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: app.bytes.byteLength };
  for (let index = 0; index < 21; index++)
    running.state.put(repositoryName, { schemaVersion: 2, artifactType: `a/${index}`, config: {}, layers: [], subject });
  const { referrers: first = [], nextToken } = await referrers({});
  expect([first.length, nextToken !== undefined]).toEqual([20, true]);
  expect((await referrers({ artifactTypes: ['a/3'] })).referrers).toMatchObject([{ artifactType: 'a/3', artifactStatus: 'ACTIVE' }]);
  expect((await referrers({ artifactStatus: 'ARCHIVED' })).referrers).toEqual([]);
  const registryIds = Array.from({ length: 11 }, () => '123456789012');
  await expect(client.send(new GetAuthorizationTokenCommand({ registryIds }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
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
