import type { CommitRange } from '../git/history.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import type { ImageConfig } from './config.ts';
import { type Inspection, inspect, type Layer, type PlatformImage } from './inspect.ts';

/** A named value that differs; absent on the side that has it not. */
export interface Change {
  readonly name: string;
  readonly a?: string;
  readonly b?: string;
}

export interface LayerDifference {
  readonly shared: readonly Layer[];
  /** Only the first image has them. */
  readonly removed: readonly Layer[];
  /** Only the second image has them. */
  readonly added: readonly Layer[];
}

/** What differs between the images of one platform. */
export interface ImageDifference {
  /** Absent where the images name none, or only one of them does. */
  readonly platform?: string;
  readonly a: PlatformImage;
  readonly b: PlatformImage;
  /** False where a config could not be read: labels, environment and settings are empty then, and nothing is known of them. */
  readonly configs: boolean;
  readonly labels: readonly Change[];
  readonly env: readonly Change[];
  /** Entrypoint, command, user and the like, as they are written in a Dockerfile. */
  readonly settings: readonly Change[];
  readonly layers: LayerDifference;
}

/** Two images side by side, the older or present one first. Plain data; nothing is written anywhere. */
export interface Comparison {
  readonly a: Inspection;
  readonly b: Inspection;
  /** Both are one and the same manifest. */
  readonly same: boolean;
  readonly platforms: { readonly both: readonly string[]; readonly onlyA: readonly string[]; readonly onlyB: readonly string[] };
  /** One for each platform that both have, unless a registry has lost it. */
  readonly images: readonly ImageDifference[];
  /** From the first one's revision to the second one's. */
  readonly history: CommitRange;
}

/** One image of one registry. */
export interface ImageAt {
  readonly registry: Registry;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

export interface CompareOptions extends RequestOptions {
  /** The clone's answer; absent where there is no git. */
  readonly commitsBetween?: (from: string, to: string, options?: RequestOptions) => Promise<CommitRange>;
}

/** Reads both images, of one registry or of two, and compares them. Throws a RegistryError. */
export async function compareImages(a: ImageAt, b: ImageAt, options: CompareOptions = {}): Promise<Comparison> {
  const asked = options.signal ? { signal: options.signal } : {};
  const [one, other] = await Promise.all([a, b].map(at => inspect(at.registry, at.repository, at.reference, asked)));
  if (!one || !other) throw new Error('two images were asked for');
  const known = one.revision !== undefined && other.revision !== undefined && options.commitsBetween !== undefined;
  const history = known ? await options.commitsBetween?.(one.revision, other.revision, asked) : undefined;
  return compare(one, other, history);
}

/** Compares two images that were read already. */
export function compare(a: Inspection, b: Inspection, history: CommitRange = { direction: 'unknown', commits: [], total: 0 }): Comparison {
  const [inA, inB] = [platformsOf(a), platformsOf(b)];
  return {
    a,
    b,
    same: a.digest === b.digest,
    platforms: {
      both: inA.filter(platform => inB.includes(platform)),
      onlyA: inA.filter(platform => !inB.includes(platform)),
      onlyB: inB.filter(platform => !inA.includes(platform)),
    },
    images: pairs(a, b).map(([one, other]) => differenceOf(one, other, a.troubles.length + b.troubles.length === 0)),
    history,
  };
}

/** True where the two differ in nothing that runs: configs and layers are the same on every platform that both have. */
export function runsTheSame({ images, platforms }: Comparison): boolean {
  const alike = ({ configs, env, settings, layers }: ImageDifference) =>
    configs && env.length + settings.length + layers.added.length + layers.removed.length === 0;
  const whole = platforms.onlyA.length + platforms.onlyB.length === 0 && images.length >= platforms.both.length;
  return whole && images.length > 0 && images.every(alike);
}

function platformsOf({ images }: Inspection): readonly string[] {
  return [...new Set(images.flatMap(({ platform }) => platform ?? []))].sort();
}

/** Images of the same platform; two that are alone on their side are compared whatever they are for. */
function pairs(a: Inspection, b: Inspection): readonly (readonly [PlatformImage, PlatformImage])[] {
  const there = ({ images }: Inspection) => images.filter(({ missing }) => !missing);
  const [ours, theirs] = [there(a), there(b)];
  const [first] = ours;
  const [second] = theirs;
  if (first && second && a.images.length === 1 && b.images.length === 1) return [[first, second]];
  return ours.flatMap(image => {
    const other = theirs.find(({ platform }) => platform !== undefined && platform === image.platform);
    return other ? [[image, other] as const] : [];
  });
}

/** `readAll`: everything of both could be read, so that an image without a config has none. */
function differenceOf(a: PlatformImage, b: PlatformImage, readAll: boolean): ImageDifference {
  const none: ReadonlyMap<string, string> = new Map();
  const configs = a.config && b.config ? true : !a.config && !b.config && readAll;
  return {
    ...(a.platform !== undefined && a.platform === b.platform && { platform: a.platform }),
    a,
    b,
    configs,
    labels: configs ? changes(a.config?.labels ?? none, b.config?.labels ?? none) : [],
    env: configs ? changes(a.config?.env ?? none, b.config?.env ?? none) : [],
    settings: configs ? changes(settingsOf(a.config), settingsOf(b.config)) : [],
    layers: layerDifference(a.layers, b.layers),
  };
}

/** What runs and how, each as a Dockerfile writes it. */
export function settingsOf(config: ImageConfig | undefined): ReadonlyMap<string, string> {
  const { entrypoint, cmd, user, workingDir, ports = [], volumes = [], stopSignal } = config ?? {};
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['ENTRYPOINT', entrypoint && JSON.stringify(entrypoint)],
    ['CMD', cmd && JSON.stringify(cmd)],
    ['USER', user],
    ['WORKDIR', workingDir],
    ['EXPOSE', ports.length > 0 ? ports.join(' ') : undefined],
    ['VOLUME', volumes.length > 0 ? volumes.join(' ') : undefined],
    ['STOPSIGNAL', stopSignal],
  ];
  return new Map(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function changes(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): readonly Change[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap(name => {
    const [before, after] = [a.get(name), b.get(name)];
    if (before === after) return [];
    return [{ name, ...(before !== undefined && { a: before }), ...(after !== undefined && { b: after }) }];
  });
}

/** A layer may be there several times (the empty one often is): each time counts. */
function layerDifference(a: readonly Layer[], b: readonly Layer[]): LayerDifference {
  const left = new Map<string, number>();
  for (const { digest } of a) left.set(digest, (left.get(digest) ?? 0) + 1);
  const shared: Layer[] = [];
  const added: Layer[] = [];
  for (const layer of b) {
    const count = left.get(layer.digest) ?? 0;
    (count > 0 ? shared : added).push(layer);
    left.set(layer.digest, count - 1);
  }
  const removed: Layer[] = [];
  // What is left over of `a` stands at its end, as the later copies of a layer do.
  for (const layer of [...a].reverse()) {
    const count = left.get(layer.digest) ?? 0;
    if (count > 0) removed.unshift(layer);
    left.set(layer.digest, count - 1);
  }
  return { shared, removed, added };
}
