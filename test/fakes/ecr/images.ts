import { type Digest, isDigest } from '../../../core/image/digest.ts';
import {
  type Call,
  EcrFailure,
  exclusive,
  find,
  imageIds,
  invalid,
  noRepository,
  type Operation,
  page,
  pageSize,
  registryOf,
  repositoryOf,
} from './call.ts';
import type { EcrRepository, EcrState } from './state.ts';

export const describeRepositories: Operation = ({ state, input }) => {
  exclusive(input, 'repositoryNames');
  const registry = registryOf(state, input);
  const names = input['repositoryNames'];
  if (names !== undefined && (!Array.isArray(names) || names.length < 1 || names.length > 100))
    throw invalid('repositoryNames', 'Member must have length between 1 and 100');
  const mine = registry === state.account ? [...state.repositories.values()] : [];
  const wanted =
    names === undefined ? mine : (names as string[]).map(name => mine.find(one => one.name === name) ?? missing(name, registry));
  const { items, nextToken } = page(wanted, input, names ? wanted.length : pageSize(input), `DescribeRepositories ${registry}`);
  return { repositories: items.map(repository => repositoryFields(state, repository)), ...(nextToken && { nextToken }) };
};

export function repositoryFields(
  state: EcrState,
  { name, createdAt, mutability, exclusions }: EcrRepository,
): Readonly<Record<string, unknown>> {
  const { account, region } = state;
  return {
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
    registryId: account,
    repositoryName: name,
    repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    createdAt,
    imageTagMutability: mutability,
    ...(exclusions.length > 0 && { imageTagMutabilityExclusionFilters: exclusions.map(filter => ({ filterType: 'WILDCARD', filter })) }),
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  };
}

/** One row a tag, and one for each untagged image. */
export const listImages: Operation = call => {
  const repository = repositoryOf(call);
  const { status, digests } = filtered(call.state, repository, call.input['filter']);
  const tags = call.state.tagsByDigest(repository.name);
  const rows = digests.flatMap(imageDigest => {
    const names = tags.get(imageDigest);
    return names ? names.map(imageTag => ({ imageDigest, imageTag })) : [{ imageDigest }];
  });
  const { items, nextToken } = page(rows, call.input, pageSize(call.input), `ListImages ${repository.name} ${status}${steady(call)}`);
  return { imageIds: items, ...(nextToken && { nextToken }) };
};

/** One row an image, in no order that means anything. One id that is not there fails the whole call. */
export const describeImages: Operation = call => {
  exclusive(call.input, 'imageIds');
  const repository = repositoryOf(call);
  const ids = imageIds(call.input, false);
  const { status, digests } = filtered(call.state, repository, call.input['filter']);
  const tags = call.state.tagsByDigest(repository.name);
  if (ids) {
    const found = new Set(
      ids.map(id => {
        const image = find(call.state, repository, id);
        if ('digest' in image) return image.digest;
        if (malformed.has(image.code)) throw new EcrFailure('InvalidParameterException', image.reason);
        const words = `{imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'}`;
        throw new EcrFailure(
          'ImageNotFoundException',
          `The image with imageId ${words} does not exist within the repository with name '${repository.name}' in the registry with id '${call.state.account}'`,
        );
      }),
    );
    return { imageDetails: [...found].map(digest => imageDetail(call.state, repository, digest, tags)) };
  }
  const { items, nextToken } = page(
    digests,
    call.input,
    pageSize(call.input),
    `DescribeImages ${repository.name} ${status}${steady(call)}`,
  );
  return { imageDetails: items.map(digest => imageDetail(call.state, repository, digest, tags)), ...(nextToken && { nextToken }) };
};

/** Reasons that are the caller's mistake; others say that the image is not there. */
const malformed = new Set(['MissingDigestAndTag', 'InvalidImageDigest', 'InvalidImageTag']);

function imageDetail(state: EcrState, repository: EcrRepository, digest: Digest, tags: ReadonlyMap<Digest, readonly string[]>) {
  const { name, records } = repository;
  const { artifactType, subject } = state.facts(name, digest);
  const { pushedAt = 0, pulledAt, status = 'ACTIVE', archivedAt, activatedAt, scan } = records.get(digest) ?? {};
  const imageTags = tags.get(digest);
  return {
    registryId: state.account,
    repositoryName: name,
    imageDigest: digest,
    ...(imageTags && { imageTags }),
    imageSizeInBytes: state.size(name, digest),
    imagePushedAt: pushedAt,
    imageManifestMediaType: state.store.manifest(name, digest)?.mediaType,
    ...(artifactType && { artifactMediaType: artifactType }),
    ...(pulledAt && { lastRecordedPullTime: pulledAt }),
    ...(subject && { subjectManifestDigest: subject }),
    imageStatus: status,
    ...(archivedAt && { lastArchivedAt: archivedAt }),
    ...(activatedAt && { lastActivatedAt: activatedAt }),
    ...(scan && {
      imageScanStatus: { status: 'COMPLETE', description: 'The scan was completed successfully.' },
      imageScanFindingsSummary: {
        imageScanCompletedAt: pushedAt + 30,
        vulnerabilitySourceUpdatedAt: pushedAt,
        findingSeverityCounts: scan,
      },
    }),
  };
}

const tagStatuses = new Set(['TAGGED', 'UNTAGGED', 'ANY']);
const imageStatuses = new Set(['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY']);

/** What `filter` lets through, in the order of the digests: arbitrary, and the same each time. Archived images only where they are asked for. */
function filtered(state: EcrState, { name, records }: EcrRepository, filter: unknown): { status: string; digests: readonly Digest[] } {
  const { tagStatus = 'ANY', imageStatus = 'ACTIVE' } = (filter ?? {}) as { tagStatus?: string; imageStatus?: string };
  if (!tagStatuses.has(tagStatus)) throw invalid('filter.tagStatus', 'Member must satisfy enum value set: [TAGGED, UNTAGGED, ANY]');
  if (!imageStatuses.has(imageStatus))
    throw invalid('filter.imageStatus', 'Member must satisfy enum value set: [ACTIVE, ARCHIVED, ACTIVATING, ANY]');
  const tags = state.tagsByDigest(name);
  const digests = [...(state.store.repository(name)?.manifests.keys() ?? [])].sort().filter(digest => {
    if (tagStatus !== 'ANY' && tags.has(digest) !== (tagStatus === 'TAGGED')) return false;
    return imageStatus === 'ANY' || (records.get(digest)?.status ?? 'ACTIVE') === imageStatus;
  });
  return { status: `${tagStatus} ${imageStatus}`, digests };
}

/** One page of what has this image as its subject: 1 to 50 a page, 20 where nothing is said. */
export const listImageReferrers: Operation = call => {
  const { state, input } = call;
  const repository = repositoryOf(call);
  const subject = (input['subjectId'] as { imageDigest?: string } | undefined)?.imageDigest;
  if (subject === undefined)
    throw new EcrFailure('ValidationException', "1 validation error detected: Value null at 'subjectId.imageDigest' failed");
  if (!isDigest(subject)) throw invalid('subjectId.imageDigest', 'image digest should satisfy the regex');
  const { artifactTypes: types = [], artifactStatus = 'ACTIVE' } = (input['filter'] ?? {}) as {
    artifactTypes?: readonly string[];
    artifactStatus?: string;
  };
  if (!imageStatuses.has(artifactStatus))
    throw invalid('filter.artifactStatus', 'Member must satisfy enum value set: [ACTIVE, ARCHIVED, ACTIVATING, ANY]');
  if (types.length > 5) throw invalid('filter.artifactTypes', 'Member must have length less than or equal to 5');
  const referrers = [...(state.store.repository(repository.name)?.manifests.values() ?? [])].flatMap(({ digest, mediaType, bytes }) => {
    const { artifactType, subject: of } = state.facts(repository.name, digest);
    if (of !== subject || (types.length > 0 && !types.includes(artifactType ?? ''))) return [];
    const status = repository.records.get(digest)?.status ?? 'ACTIVE';
    if (artifactStatus !== 'ANY' && status !== artifactStatus) return [];
    const { annotations } = JSON.parse(Buffer.from(bytes).toString()) as { annotations?: object };
    return [{ digest, mediaType, artifactType, size: bytes.length, ...(annotations && { annotations }), artifactStatus: status }];
  });
  const { items, nextToken } = page(
    referrers,
    input,
    pageSize(input, 50, 20),
    `ListImageReferrers ${repository.name} ${subject} ${artifactStatus}`,
  );
  return { referrers: items, ...(nextToken && { nextToken }) };
};

export const describeImageScanFindings: Operation = call => {
  const repository = repositoryOf(call);
  const id = call.input['imageId'] as { imageDigest?: string; imageTag?: string } | undefined;
  if (id === undefined) throw new EcrFailure('ValidationException', "1 validation error detected: Value null at 'imageId' failed");
  pageSize(call.input);
  const image = find(call.state, repository, id);
  if (!('digest' in image)) throw new EcrFailure('ImageNotFoundException', 'The image does not exist');
  const { scan, pushedAt = 0 } = repository.records.get(image.digest) ?? {};
  if (!scan) {
    const words = `Image scan does not exist for the image with '{imageDigest:'${image.digest}', imageTag:'${id.imageTag ?? 'null'}'}'`;
    throw new EcrFailure('ScanNotFoundException', `${words} in the repository with name '${repository.name}'`);
  }
  return {
    registryId: call.state.account,
    repositoryName: repository.name,
    imageId: { imageDigest: image.digest },
    imageScanStatus: { status: 'COMPLETE', description: 'The scan was completed successfully.' },
    imageScanFindings: {
      imageScanCompletedAt: pushedAt + 30,
      vulnerabilitySourceUpdatedAt: pushedAt,
      findingSeverityCounts: scan,
      findings: [],
    },
  };
};

function missing(name: string, registry: string): never {
  throw noRepository(name, registry);
}

function steady({ state, input }: Call): string {
  return state.steadyPages ? ` by ${pageSize(input)}` : '';
}
