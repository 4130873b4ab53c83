import { alternatives, derived, display, extent, literal, type Template } from '../../image/template.ts';
import type { StepReader } from '../stepReader.ts';
import type { Item } from '../usage.ts';

/** `registry/image:tag` from what a step gives in several inputs; a registry that stands in the image's name already is not put before it. */
export function reference(step: StepReader, registry: Template | undefined, image: Template, tag: Template | undefined): Item {
  const named = registry ? withoutScheme(registry) : [];
  const isThere = named.length === 0 || display(image).startsWith(display(named));
  const head = isThere ? image : [...named, ...derived('/', step.at), ...image];
  const template = tag && tag.length > 0 ? [...head, ...derived(':', step.at), ...tag] : head;
  return { template, span: extent(tag ?? []) ?? extent(image) ?? step.at };
}

/** A tag that is a whole reference already is that. */
export function tagged(step: StepReader, registry: Template | undefined, image: Template, tags: readonly Item[]): readonly Item[] {
  return tags.map(tag => {
    const isReference = alternatives(tag.template).every(form => form.some(part => part.kind === 'text' && /[/:]/.test(part.text)));
    return isReference ? tag : reference(step, registry, image, tag.template);
  });
}

function withoutScheme(registry: Template): Template {
  const known = literal(registry);
  const bare = known?.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return bare === undefined || bare === known ? registry : registry.flatMap((part, index) => (index === 0 ? derived(bare, part.at) : []));
}
