import type { CancellationToken, Connection } from 'vscode-languageserver';
import * as z from 'zod/mini';
import { isDigest } from '../../core/image/digest.ts';
import type { ImageName } from '../../core/live/answers.ts';
import {
  type BehindAnswer,
  type CommitsBehindParams,
  commitsBehindRequest,
  type DescribeImagesParams,
  describeImagesRequest,
  type ImageAnswer,
  type RepositorySettingsParams,
  repositorySettingsRequest,
  type SettingsAnswer,
} from '../../protocol/registries.ts';
import type { Known } from './known.ts';

const text = z.string();
const texts = z.array(text);
const digest = z.custom<`sha256:${string}`>(value => typeof value === 'string' && isDigest(value));
const image = z.union([
  z.object({
    status: z.literal('found'),
    digest,
    readAt: text,
    pushedAt: z.optional(text),
    createdAt: z.optional(text),
    platforms: z.optional(texts),
    revision: z.optional(text),
    signed: z.optional(z.enum(['signed', 'unsigned'])),
    aliases: texts,
  }),
  z.object({ status: z.literal('missing'), readAt: text }),
  z.object({ status: z.enum(['notConnected', 'unknown']) }),
]);
const settings = z.object({
  readAt: text,
  immutable: z.optional(z.boolean()),
  exclusions: z.optional(texts),
  expiring: z.optional(z.array(z.object({ digest, tags: texts }))),
});
const behind = z.union([
  z.object({ status: z.literal('known'), total: z.number(), commits: z.array(z.object({ id: text, subject: text, time: text })) }),
  z.object({ status: z.literal('unknown') }),
]);

/** The questions to the client. What it answers in another form than ours counts as unknown: any client may be at the other end. */
export class Asking {
  readonly #connection: Connection;
  readonly #known: Known;

  constructor(connection: Connection, known: Known) {
    this.#connection = connection;
    this.#known = known;
  }

  async images(references: readonly ImageName[], tags: DescribeImagesParams['tags'], token: CancellationToken): Promise<void> {
    const params: DescribeImagesParams = { references, ...(tags && { tags }) };
    const answers = await this.#ask(describeImagesRequest, params, 'images', token);
    if (token.isCancellationRequested) return;
    for (const [index, name] of references.entries()) {
      const { data } = image.safeParse(answers[index]);
      this.#known.setImage(name, (data as ImageAnswer | undefined) ?? { status: 'unknown' });
    }
  }

  /** What connected registries say of the repositories that these images are in. */
  async settings(images: readonly ImageName[], token: CancellationToken): Promise<void> {
    const known = images.filter(one => /^(?:found|missing)$/.test(this.#known.image(one)?.status ?? ''));
    const wanted = new Map(known.map(({ host, repository }) => [`${host}/${repository}`, { host, repository }]));
    const repositories = [...wanted.values()].filter(({ host, repository }) => this.#known.wantsSettings(host, repository));
    if (repositories.length === 0) return;
    const params: RepositorySettingsParams = { repositories };
    const answers = await this.#ask(repositorySettingsRequest, params, 'repositories', token);
    if (token.isCancellationRequested) return;
    for (const [index, { host, repository }] of repositories.entries())
      this.#known.setSettings(host, repository, settings.safeParse(answers[index]).data as SettingsAnswer | undefined);
  }

  async behind(folder: string, all: CommitsBehindParams['questions'], token: CancellationToken): Promise<void> {
    const questions = all.filter(({ revision, branch }) => this.#known.wantsBehind(revision, branch));
    if (questions.length === 0) return;
    const answers = await this.#ask(commitsBehindRequest, { folder, questions } satisfies CommitsBehindParams, 'answers', token);
    if (token.isCancellationRequested) return;
    for (const [index, { revision, branch }] of questions.entries())
      this.#known.setBehind(revision, branch, (behind.safeParse(answers[index]).data as BehindAnswer | undefined) ?? { status: 'unknown' });
  }

  /** The list under `field` of the answer; an empty one where the client has none, or answers an error. */
  async #ask(method: string, params: object, field: string, token: CancellationToken): Promise<readonly unknown[]> {
    const answer: unknown = await this.#connection.sendRequest(method, params, token).catch(() => undefined);
    const list = (answer as Record<string, unknown> | null | undefined)?.[field];
    return Array.isArray(list) ? list : [];
  }
}
