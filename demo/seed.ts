import type { Commit, History } from './history/history.ts';
import type { Files } from './history/objects.ts';
import { type BuiltImage, buildCache, buildImage, push } from './images/images.ts';
import type { Store } from './registry/store.ts';

export const apiRepository = 'acme/shop-api';
export const webRepository = 'acme/shop-web';

/** The git tag whose images `prod` names: one release behind `staging`, which is at the head of `main`. */
export const inProduction = 'v1.4.2';

/** What differs between the two images of the shop. */
interface Service {
  readonly repository: string;
  readonly title: string;
  /** The folder of the example that the image is built from. */
  readonly folder: string;
  readonly command: readonly string[];
  readonly base: Files;
}

const services: readonly Service[] = [
  {
    repository: apiRepository,
    title: 'shop-api',
    folder: 'api/',
    command: ['node', 'src/server.js'],
    base: new Map([['etc/os-release', 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\n']]),
  },
  {
    repository: webRepository,
    title: 'shop-web',
    folder: 'web/',
    command: ['nginx', '-g', 'daemon off;'],
    base: new Map([['etc/os-release', 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\n']]),
  },
];

/** Fills the store with the images that the example's workflows would have pushed over its history. */
export function seed(store: Store, history: History): void {
  for (const service of services) seedService(store, history, service);
}

function seedService(store: Store, { main, pullRequest }: History, service: Service): void {
  const { repository } = service;
  const builds = main.filter(({ step }) => step.date >= '2026-10-19');
  for (const commit of builds) {
    const { tag } = commit.step;
    const image = build(commit, service, tag ?? `sha-${commit.sha}`);
    push(store, repository, image, [`sha-${commit.sha}`, ...(tag ? [tag] : [])]);
    // A release that ran in production left a trail tag on the day after it was built.
    if (tag && tag <= inProduction) push(store, repository, image, [`prod-${nextDay(commit)}-${commit.sha.slice(0, 7)}`]);
    if (tag === inProduction) push(store, repository, image, ['prod']);
    if (commit === main.at(-1)) push(store, repository, image, ['staging', 'latest']);
  }
  // A build that was pushed again: its first push lost its tag and is still there, as registries keep it.
  const again = builds.at(-2);
  if (again) push(store, repository, build(again, service, 'latest', 41));
  push(store, repository, build(pullRequest, service, `pr-42-${pullRequest.sha.slice(0, 7)}`), [`pr-42-${pullRequest.sha.slice(0, 7)}`]);
  const layers = [service.base, new Map([[`src/${service.title}.built`, main.at(-1)?.sha ?? '']])];
  push(store, repository, buildCache(layers, minutesAfter(main.at(-1), 3)), ['buildcache']);
}

function build(commit: Commit, { title, folder, command, base }: Service, version: string, minutes = 4): BuiltImage {
  const files = [...commit.files]
    .filter(([path]) => path.startsWith(folder))
    .map(([path, text]) => [`app/${path.slice(folder.length)}`, text] as const);
  return buildImage({
    title,
    command,
    revision: commit.sha,
    created: minutesAfter(commit, minutes),
    version: version.replace(/^v(?=\d)/, ''),
    source: 'https://github.com/acme/shop',
    layers: [base, new Map(files)],
  });
}

/** When a commit's image was made: CI takes a few minutes. */
function minutesAfter(commit: Commit | undefined, minutes: number): string {
  const date = new Date(Date.parse(commit?.step.date ?? '2026-11-19T00:00:00Z') + minutes * 60_000);
  return date.toISOString().replace('.000Z', 'Z');
}

function nextDay({ step }: Commit): string {
  return new Date(Date.parse(step.date) + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
}
