import { referenceParts } from '../../../image/mobility.ts';
import { splitOnce } from '../../../image/split.ts';
import { alternatives, literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { itemIn } from '../flags.ts';
import { composed, unnamed } from '../references.ts';

/** A named value that is deployed: a chart's, a template's or a manifest's. */
export interface Setting {
  /** `image.tag`, `ImageUri`, `web_image`. */
  readonly key: string;
  readonly value: Item;
}

type Role = 'reference' | 'registry' | 'repository' | 'tag' | 'digest';

/** `key=value` as a setting; `undefined` where the key is not known. */
export function setting(item: Item): Setting | undefined {
  const pair = splitOnce(item.template, '=');
  const key = pair && literal(pair[0]);
  return pair && key !== undefined ? { key: key.trim(), value: itemIn(item, pair[1]) } : undefined;
}

/**
 * What settings deploy: those whose names speak of an image, its tag or its digest. What belongs to one image (`web.image.repository`,
 * `web.image.tag`) is one reference, at the place of its tag or digest. A name without a tag gets one that nobody knows: the chart's own.
 */
export function deploysOf(settings: readonly Setting[], target: string): readonly Fact[] {
  const images = new Map<string, Map<Role, Item>>();
  for (const { key, value } of settings) {
    const found = roleOf(key);
    if (!found || value.template.length === 0) continue;
    const image = images.get(found.image) ?? new Map<Role, Item>();
    images.set(found.image, image.set(found.role, value));
  }
  return [...images.values()].flatMap(image => {
    const reference = referenceOf(image);
    return reference ? [{ kind: 'deploy', at: reference.span, reference, target }] : [];
  });
}

function referenceOf(image: ReadonlyMap<Role, Item>): Item | undefined {
  const [registry, repository, whole, tag, digest] = (['registry', 'repository', 'reference', 'tag', 'digest'] as const).map(role =>
    image.get(role),
  );
  const path = repository ?? whole;
  const name = path && registry && registry.template.length > 0 ? composed(registry.template, '/', path) : path;
  const last = digest ?? tag ?? name;
  if (!last || last === registry) return undefined;
  const repositoryName = (name ?? unnamed('the image', last)).template;
  if (digest) return composed(repositoryName, '@', digest);
  if (tag) return composed(repositoryName, ':', tag);
  const isWhole = alternatives(last.template).every(form => {
    const parts = referenceParts(form);
    return parts.tag || parts.digest || parts.open;
  });
  return isWhole ? last : { ...composed(last.template, ':', unnamed('the tag that is set elsewhere', last)), span: last.span };
}

/** What a name says of its value, and for which image. Names are read without case and separators: `imageTag`, `image_tag`, `image.tag`. */
function roleOf(key: string): { readonly role: Role; readonly image: string } | undefined {
  const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  const segment = key.toLowerCase().split('.').at(-1) ?? '';
  const match = /^(.*?)(?:image)?(?:docker|container)?(registry|repository|repo|tag|digest)$/.exec(name);
  if (match) {
    const role = match[2] === 'repo' ? 'repository' : (match[2] as Role);
    // `registry` and `digest` alone say nothing of an image.
    const isPart = role === 'tag' || role === 'repository' || name.includes('image');
    return isPart ? { role, image: match[1] ?? '' } : undefined;
  }
  const named = /^(.*?)image(name|uri|url|version|identifier)?$/.exec(name);
  if (!named || (segment === 'name' && named[1] === undefined)) return undefined;
  const kind = named[2];
  return { role: kind === 'version' ? 'tag' : kind === 'name' ? 'repository' : 'reference', image: named[1] ?? '' };
}
