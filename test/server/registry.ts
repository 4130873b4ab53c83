import { type Answers, type ImageAnswer, type ImageName, imageKey } from '../../core/live/answers.ts';
import type { DescribeImagesParams } from '../../protocol/registries.ts';
import type { Client } from './client.ts';

/** The images that a test's client knows, by `host/repository:tag`. */
export type Images = Readonly<Record<string, ImageAnswer>>;

/** Plays the client's part: answers from these images, and remembers each batch that was asked. */
export class Answering {
  readonly batches: DescribeImagesParams[] = [];
  /** How often lenses and hints were to be asked for anew. */
  lensRefreshes = 0;
  hintRefreshes = 0;
  images: Images;
  behind: ReturnType<Answers['behind']>;
  settings: ReturnType<Answers['settings']>;

  constructor(client: Client, images: Images) {
    this.images = images;
    const { connection } = client;
    connection.onRequest('tallyman/describeImages', (params: DescribeImagesParams) => {
      this.batches.push(params);
      return { images: params.references.map(name => this.#answer(name)) };
    });
    connection.onRequest('tallyman/commitsBehind', ({ questions }: { questions: unknown[] }) => ({
      answers: questions.map(() => this.behind ?? { status: 'unknown' }),
    }));
    connection.onRequest('tallyman/repositorySettings', ({ repositories }: { repositories: unknown[] }) => ({
      repositories: repositories.map(() => this.settings ?? null),
    }));
    connection.onRequest('workspace/codeLens/refresh', () => {
      this.lensRefreshes++;
      return null;
    });
    connection.onRequest('workspace/inlayHint/refresh', () => {
      this.hintRefreshes++;
      return null;
    });
  }

  #answer(name: ImageName): ImageAnswer {
    return this.images[imageKey(name)] ?? { status: 'notConnected' };
  }
}
