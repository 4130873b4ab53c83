import type { Comparison, ImageDifference } from './compare.ts';
import type { Inspection, Layer } from './inspect.ts';

/** An inspection as JSON: maps become objects. */
export function inspectionDocument(inspection: Inspection): unknown {
  return { version: 1, image: plain(inspection) };
}

/** A comparison as JSON: of each side what it is, then what differs. */
export function comparisonDocument({ a, b, same, platforms, images, history }: Comparison): unknown {
  return { version: 1, same, a: side(a), b: side(b), platforms, images: images.map(difference), history };
}

function side({ host, repository, reference, digest, content, created, revision, source, version, base, materials, ...rest }: Inspection) {
  const attachments = rest.attachments.map(({ kind, digest: at, predicateType }) => ({ kind, digest: at, predicateType }));
  return {
    host,
    repository,
    reference,
    digest,
    content,
    created,
    revision,
    source,
    version,
    base,
    materials,
    attachments,
    troubles: rest.troubles,
  };
}

function difference({ platform, a, b, configs, labels, env, settings, layers }: ImageDifference) {
  const sized = (list: readonly Layer[]) => ({ layers: list, size: list.reduce((sum, { size }) => sum + size, 0) });
  return {
    platform,
    a: { digest: a.digest, size: a.size },
    b: { digest: b.digest, size: b.size },
    configs,
    labels,
    env,
    settings,
    shared: sized(layers.shared),
    removed: sized(layers.removed),
    added: sized(layers.added),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, one]) => [name, plain(one)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
