import { literal, type Template } from '../../image/template.ts';
import type { Item } from '../usage.ts';
import { attributesOf } from './attributes.ts';

/** `flavor`: what is put around tags, and whether `latest` is added. After docker/metadata-action, src/flavor.ts. */
export interface Flavor {
  readonly latest: 'auto' | 'true' | 'false' | 'unknown';
  readonly prefix: Template;
  readonly suffix: Template;
  /** Around `latest` too. */
  readonly prefixLatest: boolean;
  readonly suffixLatest: boolean;
}

export function readFlavor(lines: readonly Item[]): Flavor {
  let flavor: Flavor = { latest: 'auto', prefix: [], suffix: [], prefixLatest: false, suffixLatest: false };
  for (const { template } of lines) {
    let around: 'prefix' | 'suffix' | undefined;
    for (const { key, value } of attributesOf(template).all) {
      const known = literal(value)?.trim();
      switch (key.trim().toLowerCase()) {
        case 'latest':
          flavor = { ...flavor, latest: known === 'auto' || known === 'true' || known === 'false' ? known : 'unknown' };
          break;
        case 'prefix':
        case 'suffix':
          around = key.trim().toLowerCase() === 'prefix' ? 'prefix' : 'suffix';
          flavor = { ...flavor, [around]: value };
          break;
        case 'onlatest':
          if (around) flavor = { ...flavor, [`${around}Latest`]: known === 'true' };
          break;
      }
    }
  }
  return flavor;
}
