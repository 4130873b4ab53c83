import type {
  BatchDeleteImageCommandInput,
  BatchDeleteImageCommandOutput,
  BatchGetImageCommandInput,
  BatchGetImageCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesCommandOutput,
  GetAuthorizationTokenCommandOutput,
  GetLifecyclePolicyCommandInput,
  GetLifecyclePolicyCommandOutput,
  ListImageReferrersCommandInput,
  ListImageReferrersCommandOutput,
  ListImagesCommandInput,
  ListImagesCommandOutput,
} from '@aws-sdk/client-ecr';
import type { AwsSettings } from '../providers/provider.ts';
import type { RequestOptions } from '../registry.ts';
import type { AwsRequest, AwsResponse } from './transport.ts';

type Operation<Input, Output> = (input: Input, options?: RequestOptions) => Promise<Output>;

/** The operations of Amazon ECR's API that are used. They throw the SDK's own errors; `ecrTrouble` reads them. */
export interface EcrApi {
  readonly describeRepositories: Operation<DescribeRepositoriesCommandInput, DescribeRepositoriesCommandOutput>;
  readonly listImages: Operation<ListImagesCommandInput, ListImagesCommandOutput>;
  readonly describeImages: Operation<DescribeImagesCommandInput, DescribeImagesCommandOutput>;
  readonly batchGetImage: Operation<BatchGetImageCommandInput, BatchGetImageCommandOutput>;
  readonly listImageReferrers: Operation<ListImageReferrersCommandInput, ListImageReferrersCommandOutput>;
  readonly getLifecyclePolicy: Operation<GetLifecyclePolicyCommandInput, GetLifecyclePolicyCommandOutput>;
  readonly getAuthorizationToken: Operation<object, GetAuthorizationTokenCommandOutput>;
  /** Sent once, whatever becomes of it. */
  readonly batchDeleteImage: Operation<BatchDeleteImageCommandInput, BatchDeleteImageCommandOutput>;
}

export interface EcrApiSettings {
  readonly region: string;
  readonly endpoint: string;
  readonly aws: AwsSettings;
  readonly send: (request: AwsRequest) => Promise<AwsResponse>;
}

/** A request that got no answer: what `send` threw, past the SDK. */
export interface Undelivered extends Error {
  readonly trouble: unknown;
}

export function isUndelivered(error: unknown): error is Undelivered {
  return error instanceof Error && error.name === 'Undelivered' && 'trouble' in error;
}
