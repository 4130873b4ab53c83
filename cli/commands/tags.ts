import { Command, InvalidArgumentError, Option } from 'commander';
import { shortDigest } from '../../core/image/digest.ts';
import { type TagKind, tagKinds } from '../../core/image/tagKind.ts';
import { bytes } from '../../core/inspection/blocks.ts';
import { exit } from '../failure.ts';
import { age } from '../formats/age.ts';
import { displayWidth } from '../formats/cells.ts';
import { table } from '../formats/table.ts';
import { type RegistryOptions, registryOptions, type Session, withRegistry } from '../registryCommand.ts';
import { dateOf, type Row, readRows, type Sort, sorts } from '../tagRows.ts';
import { type Layout, layout, paint, tell, write } from '../terminal.ts';
import { Waiting } from '../waiting.ts';

interface TagsOptions extends RegistryOptions {
  readonly limit: number;
  readonly sort: Sort;
  readonly filter?: string;
  readonly kind?: readonly TagKind[];
  readonly details?: true;
}

const defaultLimit = 200;

/** `tallyman tags REPOSITORY`: exit code 0, or 3 when the registry, or one of the tags, cannot be read. */
export function tagsCommand(): Command {
  const command = new Command('tags')
    .description('List the tags of a repository with digest, age and kind.')
    .argument('<repository>', 'host/path, such as ghcr.io/acme/app; without a host it is on Docker Hub')
    .addOption(new Option('--sort <order>', 'by kind of tag, or by tag, push date or build date').choices(sorts).default('kind'))
    .option('--filter <text>', 'only tags with this in their name, or of the digest or commit that begins so', parseFilter)
    .addOption(
      new Option('--kind <kind>', `only this kind (repeatable, or with commas): ${tagKinds.map(kindName).join(', ')}`).argParser(
        collectKinds,
      ),
    )
    .option('--details', 'read each image, also where the list has digests and dates')
    .option('--limit <count>', 'show no more than this many tags; 0 is all of them', parseCount, defaultLimit);
  return registryOptions(command)
    .addHelpText(
      'after',
      `
Where a registry lists names alone, the images that are shown are read one by one, and their age is that of the build.
A filter of seven hex characters or more, and --sort created, read all of them, which takes a while where there are thousands.

Examples:
  tallyman tags ghcr.io/acme/app
  tallyman tags ghcr.io/acme/app --kind release,environment --sort pushed
  tallyman tags ghcr.io/acme/app --filter 1a2b3c4d
  tallyman tags 127.0.0.1:5000/team/api --format json

Exit codes: 0 done, 2 usage, 3 registry trouble.`,
    )
    .action(async (name: string, options: TagsOptions) => {
      process.exitCode = await withRegistry(name, options, session => listTags(session, options));
    });
}

async function listTags(session: Session, { format, limit, sort, filter, kind: kinds, details }: TagsOptions): Promise<number> {
  const { registry, repository } = session;
  const waiting = new Waiting(`Reading ${registry.host}/${repository}`);
  const wanted = { limit, sort, details: details === true, ...(filter !== undefined && { filter }), ...(kinds && { kinds }) };
  const { rows, omitted } = await waiting.during(readRows(session, wanted, waiting));
  if (format === 'json')
    await write(`${JSON.stringify({ version: 1, host: registry.host, repository, tags: rows.map(flat), omitted }, null, 2)}\n`);
  else if (rows.length > 0) await write(pretty(rows, layout(), new Date()));
  else tell(`${registry.host}/${repository} has no ${filter === undefined && !kinds ? 'tags' : 'tags like that'}.`);
  if (filter !== undefined && registry.abilities.metered && /^[0-9a-f]{7,40}$/i.test(filter))
    tell(`Commits were not looked at: at ${registry.host} each image that is read counts as a pull.`);
  if (omitted > 0 && format === 'pretty') tell(`${omitted} more; --limit 0 shows all.`);
  const failed = rows.filter(({ error }) => error !== undefined);
  for (const { tag, error } of failed) tell(`${tag}: ${error}`);
  return failed.length > 0 ? exit.registry : exit.done;
}

/** Columns that are empty in all rows are left out, and on a narrow terminal those from the right; digest and age stay. */
function pretty(rows: readonly Row[], look: Layout, now: Date): string {
  const cells = rows.map(row => {
    const { tag, kind, digest, details, error, listed } = row;
    const date = dateOf(row);
    const platforms = listed?.platforms ?? details?.platforms ?? [];
    return [
      tag,
      digest ? shortDigest(digest) : error ? 'unreadable' : 'gone',
      date === undefined ? '-' : age(date, now),
      kindWords[kind],
      details?.revision?.slice(0, 12) ?? '',
      details?.content === 'cache' ? 'build cache' : platforms.join(', '),
      listed?.size ? bytes(listed.size) : '',
    ];
  });
  const head = ['TAG', 'DIGEST', 'AGE', 'KIND', 'REVISION', 'PLATFORMS', 'SIZE'];
  const used = head.map((_, column) => column < 4 || cells.some(row => row[column] !== ''));
  const all = [head, ...cells.map(row => row.map((cell, column) => (column === 4 && cell === '' ? '-' : cell)))].map(row =>
    row.filter((_, column) => used[column]),
  );
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map(row => displayWidth(row[column] ?? ''))));
  let columns = widths.length;
  const total = () => widths.slice(0, columns).reduce((sum, width) => sum + width + 2, -2);
  while (look.width !== undefined && columns > 3 && total() > look.width) columns--;
  return table(
    all.map(row => row.slice(0, columns)),
    (cell, row, column) => (row === 0 ? paint(look, 'dim', cell) : column === 0 ? paint(look, 'bold', cell) : cell),
  );
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

function flat({ tag, kind, digest, listed, details, error }: Row) {
  const { content, created, revision, source, version } = details ?? {};
  const { pushedAt, pulledAt, size, artifactType } = listed ?? {};
  const mediaType = details?.mediaType ?? listed?.mediaType;
  const platforms = details?.platforms ?? listed?.platforms;
  return {
    tag,
    kind,
    digest,
    mediaType,
    artifactType,
    content,
    platforms,
    pushedAt,
    pulledAt,
    size,
    created,
    revision,
    source,
    version,
    error,
  };
}

/** `pull-request`, as it is written on a command line. */
function kindName(kind: TagKind): string {
  return kind.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

function collectKinds(text: string, before: readonly TagKind[] = []): readonly TagKind[] {
  const kinds = text.split(',').map(name => tagKinds.find(kind => kindName(kind) === name.trim()));
  if (kinds.includes(undefined)) throw new InvalidArgumentError(`It is one of ${tagKinds.map(kindName).join(', ')}.`);
  return [...before, ...kinds.filter(kind => kind !== undefined)];
}

function parseFilter(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is a part of a tag, or the beginning of a digest or a commit.');
  return text.trim();
}

function parseCount(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It is a number, 0 or more.');
  return Number(text);
}
