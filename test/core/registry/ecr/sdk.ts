import { ECRClient } from '@aws-sdk/client-ecr';
import { afterEach, beforeEach } from 'vitest';
import type { Digest } from '../../../../core/image/digest.ts';
import { type RunningEcr, startEcr } from '../../../fakes/ecr/server.ts';
import { image } from '../../promotion/team.ts';

export const repositoryName = 'team/app';
/** What is in the repository, as `prod` and `v1`. */
export const app = image('one');

export interface Stage {
  readonly running: RunningEcr;
  readonly client: ECRClient;
  readonly digest: Digest;
}

/** Amazon's own SDK, which tries once. */
export function clientOf(endpoint: string, region = 'us-east-1'): ECRClient {
  return new ECRClient({ region, endpoint, credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' }, maxAttempts: 1 });
}

/** The stand-in for Amazon ECR before each test, with one image. */
export function stage(): Stage {
  let running: RunningEcr;
  let client: ECRClient;
  let digest: Digest;
  beforeEach(async () => {
    running = await startEcr();
    digest = running.state.push(repositoryName, app, ['prod', 'v1']);
    client = clientOf(running.url);
  });
  afterEach(() => running.stop());
  return {
    get running() {
      return running;
    },
    get client() {
      return client;
    },
    get digest() {
      return digest;
    },
  };
}

/** The tags `v0`, `v1`, … as a request names them. */
export const ids = (count: number) => Array.from({ length: count }, (_, index) => ({ imageTag: `v${index}` }));
