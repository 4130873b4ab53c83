import { Command, InvalidArgumentError } from 'commander';
import pLimit from 'p-limit';
import { type Digest, shortDigest } from '../../core/image/digest.ts';
import { compareTags, type TagKind, tagKind } from '../../core/image/tagKind.ts';
import { describeImage, type ImageDetails } from '../../core/registry/describe.ts';
import { RegistryError } from '../../core/registry/errors.ts';
import { explain } from '../../core/registry/explain.ts';
import type { RequestOptions } from '../../core/registry/registry.ts';
import { exit } from '../failure.ts';
import { age } from '../formats/age.ts';
import { table } from '../formats/table.ts';
import { type RegistryOptions, registryOptions, type Session, withRegistry } from '../registryCommand.ts';
import { layout, paint, tell, write } from '../terminal.ts';

interface TagsOptions extends RegistryOptions {
  readonly limit: number;
}

interface Row {
  readonly tag: string;
  readonly kind: TagKind;
  /** Absent where the tag went away meanwhile, or could not be read. */
  readonly digest?: Digest;
  readonly details?: ImageDetails;
  readonly error?: string;
}

const defaultLimit = 200;
/** Each tag takes up to four requests one after the other; the registry's own limit is on requests. */
const tagsAtOnce = 6;

/** `tallyman tags REPOSITORY`: exit code 0, or 3 when the registry, or one of the tags, cannot be read. */
export function tagsCommand(): Command {
  const command = new Command('tags')
    .description('List the tags of a repository with digest, age and kind.')
    .argument('<repository>', 'host/path, such as ghcr.io/acme/app; without a host it is on Docker Hub')
    .option('--limit <count>', 'look at no more than this many tags; 0 is all of them', parseCount, defaultLimit);
  return registryOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  tallyman tags ghcr.io/acme/app
  tallyman tags 127.0.0.1:5000/team/api --format json

Exit codes: 0 done, 2 usage, 3 registry trouble.`,
    )
    .action(async (name: string, options: TagsOptions) => {
      process.exitCode = await withRegistry(name, options, session => listTags(session, options));
    });
}

async function listTags({ registry, repository, signal }: Session, { format, limit }: TagsOptions): Promise<number> {
  const names: string[] = [];
  for await (const tag of registry.tags(repository, { signal })) names.push(tag);
  names.sort(compareTags);
  const shown = limit === 0 ? names : names.slice(0, limit);
  const omitted = names.length - shown.length;

  const known = new Map<Digest, Promise<ImageDetails | undefined>>();
  const describe = (digest: Digest, options: RequestOptions) => {
    const details = known.get(digest) ?? describeImage(registry, repository, digest, options);
    known.set(digest, details);
    return details;
  };
  const atOnce = pLimit(tagsAtOnce);
  const rows = await Promise.all(
    shown.map(tag =>
      atOnce(async (): Promise<Row> => {
        const kind = tagKind(tag);
        try {
          const digest = (await registry.resolve(repository, tag, { signal }))?.digest;
          const details = digest && (await describe(digest, { signal }));
          return { tag, kind, ...(digest && { digest }), ...(details && { details }) };
        } catch (error) {
          // One tag that cannot be read must not hide the others; trouble of the whole host shows at the list already.
          if (signal.aborted || !(error instanceof RegistryError) || error.temporary() || error.code === 'UNAUTHORIZED') throw error;
          return { tag, kind, error: explain(error) };
        }
      }),
    ),
  );

  rows.sort(compareRows);
  if (format === 'json')
    await write(`${JSON.stringify({ version: 1, host: registry.host, repository, tags: rows.map(flat), omitted }, null, 2)}\n`);
  else if (rows.length === 0) tell(`${registry.host}/${repository} has no tags.`);
  else await write(pretty(rows, new Date()));
  if (omitted > 0 && format === 'pretty') tell(`${omitted} more; --limit 0 shows all.`);
  const failed = rows.filter(({ error }) => error !== undefined);
  for (const { tag, error } of failed) tell(`${tag}: ${error}`);
  return failed.length > 0 ? exit.registry : exit.done;
}

function pretty(rows: readonly Row[], now: Date): string {
  const look = layout();
  const cells = rows.map(({ tag, kind, digest, details, error }) => [
    tag,
    digest ? shortDigest(digest) : error ? 'unreadable' : 'gone',
    details?.created ? age(details.created, now) : '-',
    kindWords[kind],
    details?.revision?.slice(0, 12) ?? '-',
    details ? (details.content === 'cache' ? 'build cache' : details.platforms.join(', ')) : '',
  ]);
  const all = [['TAG', 'DIGEST', 'AGE', 'KIND', 'REVISION', 'PLATFORMS'], ...cells];
  // What a narrow terminal has no room for is left out, from the right; digest and age stay.
  for (let columns = 6; ; columns--) {
    const text = (paintCell?: (text: string, row: number, column: number) => string) =>
      table(
        all.map(row => row.slice(0, columns)),
        paintCell,
      );
    const fits =
      look.width === undefined ||
      text()
        .split('\n')
        .every(line => line.length <= (look.width ?? 0));
    if (fits || columns === 3)
      return text((cell, row, column) => (row === 0 ? paint(look, 'dim', cell) : column === 0 ? paint(look, 'bold', cell) : cell));
  }
}

/** By kind; within builds that carry a hash for a name, newest first. */
function compareRows(a: Row, b: Row): number {
  const hashed = a.kind === b.kind && (a.kind === 'commit' || a.kind === 'other');
  const byAge = hashed ? (b.details?.created ?? '').localeCompare(a.details?.created ?? '') : 0;
  return byAge || compareTags(a.tag, b.tag);
}

const kindWords: Readonly<Record<TagKind, string>> = {
  environment: 'environment',
  latest: 'latest',
  moving: 'moving',
  release: 'release',
  commit: 'commit',
  pullRequest: 'pull request',
  cache: 'cache',
  trail: 'trail',
  signature: 'signature',
  other: '-',
};

function flat({ tag, kind, digest, details, error }: Row) {
  const { mediaType, content, platforms, created, revision, source, version } = details ?? {};
  return { tag, kind, digest, mediaType, content, platforms, created, revision, source, version, error };
}

function parseCount(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It is a number, 0 or more.');
  return Number(text);
}
