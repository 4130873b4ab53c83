import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bodies } from '../../client/cache/bodies.ts';
import { BoundedFolder } from '../../client/cache/boundedFolder.ts';
import { LastListings } from '../../client/cache/lastListings.ts';
import { cachedReader } from '../../client/cache/reader.ts';
import { noRoles, type Roles } from '../../client/listing/groups.ts';
import type { Snapshot } from '../../client/listing/listing.ts';
import { RepositoryListing } from '../../client/listing/repositoryListing.ts';
import { RepositoryNames } from '../../client/listing/repositoryNames.ts';
import { arrange, usualLook } from '../../client/listing/view.ts';
import { connect } from '../../core/registry/providers/index.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { startRegistry } from '../../demo/registry/registry.ts';
import { openDay } from '../client/listing/day.ts';
import { fill } from '../client/listing/repositories.ts';
import { containerTools } from './containerTools.ts';
import { countingFetch } from './counting.ts';
import { table } from './measure.ts';
import { count, latency, type Place, places, repository } from './places.ts';

/** A page of the sidebar. */
const shown = 50;
/** Tags whose dates Container Tools is let ask for; the cost of the others is told from these. */
const datedThere = 1000;

const roles: Roles = { ...noRoles, environments: ['prod', 'staging'].map(tag => ({ name: tag, tag, aliases: [] })) };

/** A repository of ten thousand tags, opened, read to its end and shown again on the next day, beside what Container Tools asks for it. */
export async function registryTimes(): Promise<void> {
  const rows: (string | number)[][] = [];
  const there: (string | number)[][] = [];
  for (const start of places) {
    const place = await start();
    try {
      rows.push([place.name, ...(await measured(place))]);
      if (place.origin !== undefined) there.push([place.name, ...(await measuredThere(place, place.origin))]);
    } finally {
      await place.stop();
    }
  }
  table(`A repository of ${count.toLocaleString('en')} tags, ${latency} ms added to each request`, [
    [
      '',
      'first rows ms',
      'requests',
      'kB',
      'all sorted ms',
      'requests',
      'at once',
      `${shown} rows ms`,
      'requests a tag',
      'and for signatures',
      'next day ms',
    ],
    ...rows,
  ]);
  table('The same as Container Tools 2.5 asks for it (a simulation of its published source; dates told from the first thousand tags)', [
    ['', 'first rows ms', 'requests', 'kB', 'with dates ms', 'requests', 'at once'],
    ...there,
  ]);
}

async function measured({ host, options, fetched }: Place): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-bench-'));
  const last = () => new LastListings(new BoundedFolder(join(folder, 'listings'), 24e6));
  let attached = 0;
  const open = (kept: LastListings) => {
    const reader = cachedReader(connect(host, options), new Bodies());
    const { referrers } = reader;
    const counting = Object.assign(Object.create(reader) as Registry, {
      referrers: (...asked: Parameters<Registry['referrers']>) => {
        attached++;
        return referrers(...asked);
      },
    });
    const memory = { read: () => kept.read<Snapshot>(repository), write: (value: Snapshot) => kept.write(repository, value) };
    return new RepositoryListing(counting, repository, { memory, roles: async () => roles });
  };
  try {
    const kept = last();
    const listing = open(kept);
    fetched.reset();
    const started = performance.now();
    await listing.open();
    arrange(listing.rows.values(), listing.roles, usualLook);
    const first = performance.now() - started;
    const before = fetched.traffic();
    await listing.readAll();
    const all = arrange(listing.rows.values(), listing.roles, usualLook);
    const complete = performance.now() - started;
    const after = fetched.traffic();
    const page = [...all.values()].reduce((longest, rows) => (rows.length > longest.length ? rows : longest)).slice(0, shown);
    const filling = performance.now();
    await listing.fill(page.map(({ key }) => key));
    const filled = performance.now() - filling;
    const { requests } = fetched.traffic();
    await kept.flush();
    const next = open(last());
    const restoring = performance.now();
    await next.restore();
    arrange(next.rows.values(), next.roles, usualLook);
    const restored = performance.now() - restoring;
    const spent = requests - after.requests;
    return [
      first,
      before.requests,
      before.bytes / 1000,
      complete,
      after.requests,
      after.atOnce,
      filled,
      (spent - attached) / shown,
      attached / shown,
      restored,
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measuredThere({ fetched }: Place, origin: string): Promise<readonly number[]> {
  fetched.reset();
  const some = await containerTools(fetched, origin, repository, datedThere);
  const { requests, bytes, atOnce } = fetched.traffic();
  const { pages } = some;
  const share = some.tags / some.dated;
  const perTag = (requests - pages) / some.dated;
  const dates = (some.complete - some.shown) * share;
  return [some.shown, pages, (bytes * share) / 1000, some.shown + dates, pages + perTag * some.tags, atOnce];
}

/** A registry of a thousand repositories: until the first of them, and until all. */
export async function repositoryTimes(): Promise<void> {
  const server = await startRegistry();
  const fetched = countingFetch(latency);
  try {
    for (let number = 0; number < 1000; number++) fill(server.store, `team-${number % 20}/service-${number}`, 1);
    const names = new RepositoryNames(connect(server.host, { fetch: fetched.fetch }));
    const started = performance.now();
    await names.open();
    const first = performance.now() - started;
    const { requests, bytes } = fetched.traffic();
    table(`A registry of ${names.names.length.toLocaleString('en')} repositories`, [
      ['', 'ms', 'requests', 'kB'],
      ['first rows', first, requests, bytes / 1000],
    ]);
  } finally {
    await server.stop();
  }
}

/** Days of looking again in the background, in simulated time over real requests: what they ask, and what stays in memory. */
export async function dayTimes(): Promise<void> {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error('run with --expose-gc');
  const server = await startRegistry();
  try {
    fill(server.store, 'acme/shop', 120, 10);
    fill(server.store, 'acme/web', 2500, 10);
    const day = await openDay(server.host, ['acme/shop', 'acme/web']);
    const rows: (string | number)[][] = [];
    for (const hours of [24, 24, 24]) {
      const before = server.requests.length;
      await day.pass(hours);
      const asked = server.requests.length - before;
      (server.requests as unknown[]).length = 0;
      collect();
      rows.push([`day ${rows.length + 1}`, asked, process.memoryUsage().heapUsed / 1e6]);
    }
    day.refresher.attend(false);
    await day.pass(24);
    collect();
    rows.push(['hidden', server.requests.length, process.memoryUsage().heapUsed / 1e6]);
    table('Two repositories looked at again every five minutes', [['', 'requests', 'heap MB'], ...rows]);
    day.refresher.dispose();
  } finally {
    await server.stop();
  }
}
