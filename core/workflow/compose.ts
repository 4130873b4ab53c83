import { isMap, isScalar, parseDocument } from 'yaml';
import type { Span } from '../text/span.ts';

/** A service of a compose file: its image as written, with the file's own variables in it. */
export interface ComposeService {
  readonly name: string;
  readonly image?: { readonly text: string; readonly span: Span };
  /** It has a `build:`, so that `image` is what the build is called. */
  readonly builds: boolean;
}

/** Larger files are not read: nobody writes them. */
const maxSize = 256 * 1024;

/** The services of a compose file; none where it cannot be read. Never throws. */
export function readCompose(text: string): readonly ComposeService[] {
  if (text.length > maxSize) return [];
  const document = parseDocument(text, { merge: true, logLevel: 'silent' });
  const root = document.contents;
  const services = isMap(root) ? root.get('services', true) : undefined;
  if (!isMap(services)) return [];
  return services.items.flatMap(({ key, value }): readonly ComposeService[] => {
    if (!isScalar(key) || !isMap(value)) return [];
    const image = value.get('image', true);
    const [start, end] = (isScalar(image) && image.range) || [0, 0];
    const known = isScalar(image) && typeof image.value === 'string' ? { image: { text: image.value, span: { start, end } } } : {};
    return [{ name: String(key.value), ...known, builds: value.has('build') }];
  });
}
