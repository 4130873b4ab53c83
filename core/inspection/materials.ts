import type { Attachment } from '../registry/attachments.ts';
import { asRecord, parseJson, parseManifest } from '../registry/manifest.ts';
import type { Registry, RequestOptions } from '../registry/registry.ts';
import { printable } from '../text/printable.ts';

/** An image that another one is built from. */
export interface Material {
  /** `alpine:3.20`, `ghcr.io/acme/base:1`. */
  readonly name: string;
  /** As it is written there. */
  readonly digest?: string;
}

const mostMaterials = 20;

/**
 * The images that BuildKit's provenance of the first platform names: `materials` of SLSA 0.2, `resolvedDependencies` of SLSA 1. Their
 * names are package URLs (`pkg:docker/alpine@3.20?platform=linux%2Famd64`).
 */
export async function materialsOf(
  registry: Registry,
  repository: string,
  attachments: readonly Attachment[],
  options: RequestOptions,
): Promise<readonly Material[]> {
  const provenance = attachments.find(({ kind, inIndex }) => kind === 'provenance' && inIndex);
  const manifest = provenance && (await registry.manifest(repository, provenance.digest, options));
  const layers = (manifest && parseManifest(manifest.bytes)?.layers) ?? [];
  const layer = layers.find(({ annotations }) => annotations.get('in-toto.io/predicate-type') === provenance?.predicateType);
  const blob = layer && (await registry.blob(repository, layer.digest, options));
  const predicate = blob && asRecord(asRecord(parseJson(blob))?.['predicate']);
  const named = predicate?.['materials'] ?? asRecord(predicate?.['buildDefinition'])?.['resolvedDependencies'];
  const materials = (Array.isArray(named) ? named : []).flatMap(material);
  return [...new Map(materials.map(one => [`${one.name}@${one.digest}`, one])).values()].slice(0, mostMaterials);
}

function material(value: unknown): readonly Material[] {
  const data = asRecord(value);
  const uri = data?.['uri'];
  const match = typeof uri === 'string' ? /^pkg:docker\/([^@?]{1,512})(?:@([^?]{1,128}))?(?:\?|$)/.exec(uri) : null;
  if (!match) return [];
  const hash = asRecord(data?.['digest'])?.['sha256'];
  const name = printable([match[1], match[2]].filter(Boolean).map(decoded).join(':'));
  return [{ name, ...(typeof hash === 'string' && { digest: `sha256:${printable(hash)}` }) }];
}

function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return text ?? '';
  }
}
