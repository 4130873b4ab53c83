import type { Image, ImageDetail, ImageFailure } from '@aws-sdk/client-ecr';
import { digestOf, isDigest } from '../../image/digest.ts';
import { isTag } from '../../image/reference.ts';
import { printable } from '../../text/printable.ts';
import { RegistryError } from '../errors.ts';
import type { ListedImage } from '../listing.ts';
import { type ManifestData, manifestType, parseManifest } from '../manifest.ts';
import type { Manifest } from '../registry.ts';

/** Without these an index that is asked for by tag may come as one of its platforms. */
export { manifestTypes as acceptedMediaTypes } from '../manifest.ts';

/** Amazon names the configuration's type as the artifact's, so also of what is an image. */
const imageConfig = /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\b/;

/** A row of DescribeImages; `undefined` where its digest is none. */
export function rowOf(detail: ImageDetail): ListedImage | undefined {
  const { imageDigest: digest, imageTags = [], imagePushedAt, lastRecordedPullTime, imageManifestMediaType, artifactMediaType } = detail;
  const { imageSizeInBytes: size, subjectManifestDigest: subject, imageStatus, imageScanFindingsSummary } = detail;
  if (digest === undefined || !isDigest(digest)) return undefined;
  const counts = imageScanFindingsSummary?.findingSeverityCounts;
  return {
    digest,
    tags: imageTags.filter(isTag),
    ...(imagePushedAt && { pushedAt: imagePushedAt.toISOString() }),
    ...(lastRecordedPullTime && { pulledAt: lastRecordedPullTime.toISOString() }),
    ...(imageManifestMediaType && { mediaType: printable(imageManifestMediaType) }),
    ...(artifactMediaType && !imageConfig.test(artifactMediaType) && { artifactType: printable(artifactMediaType) }),
    ...(size !== undefined && { size }),
    ...(subject !== undefined && isDigest(subject) && { subject }),
    ...(imageStatus !== undefined && imageStatus !== 'ACTIVE' && { archived: true }),
    ...(counts && {
      vulnerabilities: Object.fromEntries(Object.entries(counts).filter((entry): entry is [string, number] => entry[1] !== undefined)),
    }),
  };
}

/** The exact manifest of an answer of BatchGetImage; `undefined` where it is not what the digest says, as after a translation. */
export function manifestOf({ imageId, imageManifest, imageManifestMediaType }: Image): Manifest | undefined {
  const bytes = Buffer.from(imageManifest ?? '');
  const digest = digestOf(bytes);
  const data = imageId?.imageDigest === digest ? parseManifest(bytes) : undefined;
  return data && { digest, mediaType: manifestType(imageManifestMediaType ?? null, data), size: bytes.length, bytes };
}

/** What a manifest tells of a row: its type, its platforms, its size. */
export function rowOfManifest({ digest, mediaType, bytes }: Manifest, tags: readonly string[]): ListedImage {
  const data = parseManifest(bytes);
  const platforms = [
    ...new Set((data?.manifests ?? []).flatMap(({ platform }) => (platform === undefined ? [] : [printable(platform)]))),
  ].sort();
  const size = data?.manifests ? undefined : sizeOf(data);
  return { digest, tags, mediaType, ...(platforms.length > 0 && { platforms }), ...(size !== undefined && { size }) };
}

function sizeOf(data: ManifestData | undefined): number | undefined {
  const parts = [...(data?.config ? [data.config] : []), ...(data?.layers ?? [])];
  return parts.length > 0 ? parts.reduce((sum, { size }) => sum + size, 0) : undefined;
}

/** Why one image of a batch was not read or not deleted; `undefined` where it is simply not there. */
export function failureOf(host: string, subject: string, { failureCode, failureReason }: ImageFailure): RegistryError | undefined {
  const detail = failureReason === undefined ? {} : { detail: printable(failureReason).slice(0, 300) };
  switch (failureCode) {
    case 'ImageNotFound':
      return undefined;
    case 'ImageReferencedByManifestList':
      return new RegistryError('REFERENCED', host, { subject, ...detail });
    case 'InvalidImageDigest':
    case 'InvalidImageTag':
    case 'MissingDigestAndTag':
      return new RegistryError('TAG_INVALID', host, { subject, ...detail });
    case 'ImageInaccessible':
    case 'UpstreamAccessDenied':
      return new RegistryError('DENIED', host, { subject, ...detail });
    case 'UpstreamTooManyRequests':
      return new RegistryError('TOOMANYREQUESTS', host, { subject, ...detail });
    case 'KmsError':
    case 'UpstreamUnavailable':
      return new RegistryError('SERVER_ERROR', host, { subject, ...detail });
    default:
      return new RegistryError('UNEXPECTED', host, { subject, detail: printable(failureReason ?? failureCode ?? '') });
  }
}
