import { referenceParts } from '../../../image/mobility.ts';
import { derived, display, type Template } from '../../../image/template.ts';
import type { Span } from '../../../text/span.ts';
import { type YamlValue, yamlValues } from '../../../workflow/yamlValues.ts';
import type { Item } from '../../usage.ts';
import type { CommandContext, RepositoryFile } from '../command.ts';
import { fileValue, imagesIn } from './files.ts';

/** Files and folders that one kustomization leads to at most. */
const maxFiles = 64;
/** The names of its file: kubectl.docs.kubernetes.io/references/kustomize/kustomization. */
const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The images that the files at `paths` (manifests, folders of them) make run; each at the place that names them. */
export function manifestImages(path: string, at: Span, context: CommandContext, deep = false): readonly Item[] {
  const file = /\.(?:ya?ml|json)$/.test(path) ? context.repositoryFile(path) : undefined;
  if (file) return imagesIn(file, at);
  const entries = context.repositoryFolder(path);
  return entries.slice(0, maxFiles).flatMap(name => {
    const inner = join(path, name);
    if (name.endsWith('/')) return deep ? manifestImages(inner.replace(/\/$/, ''), at, context, deep) : [];
    const manifest = /\.(?:ya?ml|json)$/.test(name) ? context.repositoryFile(inner) : undefined;
    return manifest ? imagesIn(manifest, at) : [];
  });
}

/** The images that a kustomization makes run, with those that it sets in place of its manifests' own. */
export function kustomizedImages(folder: string, at: Span, context: CommandContext, budget = { files: maxFiles }): readonly Item[] {
  if (budget.files-- <= 0) return [];
  const file = names.map(name => context.repositoryFile(join(folder, name))).find(found => found !== undefined);
  if (!file) return [];
  const values = yamlValues(file.text);
  const below = values
    .filter(({ path: [key] }) => key === 'resources' || key === 'bases' || key === 'components')
    .flatMap(({ text }) => {
      const path = join(folder, text);
      if (/^\w+:\/\/|\?ref=|^github\.com\//.test(text)) return [];
      return /\.(?:ya?ml|json)$/.test(text) ? manifestImages(path, at, context) : kustomizedImages(path, at, context, budget);
    });
  const changes = imageChanges(values, file, at);
  return below.map(item => changes.reduce((image, change) => change(image), item));
}

type Change = (image: Item) => Item;

/** `images:`: each names an image of the manifests, and its new name, tag or digest. */
function imageChanges(values: readonly YamlValue[], file: RepositoryFile, at: Span): readonly Change[] {
  const entries = new Map<string, Map<string, YamlValue>>();
  for (const value of values) {
    const [key, index = '', field = ''] = value.path;
    if (key !== 'images' || value.path.length !== 3) continue;
    const entry = entries.get(index) ?? new Map<string, YamlValue>();
    entries.set(index, entry.set(field, value));
  }
  return [...entries.values()].map((entry): Change => {
    const field = (name: string): Template | undefined => {
      const value = entry.get(name);
      return value && fileValue(value, file, at);
    };
    const [newName, newTag, digest] = [field('newName'), field('newTag'), field('digest')];
    const wanted = entry.get('name')?.text;
    return image => {
      const { name, tag } = referenceParts(image.template);
      if (display(name) !== wanted) return image;
      const start = newName ?? name;
      if (digest) return { ...image, template: [...start, ...derived('@', at), ...digest] };
      if (newTag) return { ...image, template: [...start, ...derived(':', at), ...newTag] };
      return { ...image, template: newName && tag ? [...newName, ...tag.colon, ...tag.value] : newName ? newName : image.template };
    };
  });
}

/** A path below a folder, with `..` taken together by whoever reads it. */
function join(folder: string, path: string): string {
  const plain = folder.endsWith('/') ? folder.slice(0, -1) : folder;
  return plain === '' || plain === '.' ? path : `${plain}/${path}`;
}
