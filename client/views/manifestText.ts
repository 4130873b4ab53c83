import type { Manifest } from '../../core/registry/registry.ts';

// Characters that reorder or hide what is read; in JSON's strings an escape means the same.
const hidden = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A manifest as JSON with comments, indented to be read; the head says what it is and that its bytes are others. */
export function manifestText(name: string, { digest, mediaType, bytes }: Manifest): string {
  const head = [
    `// ${name}`,
    `// ${digest}`,
    `// ${mediaType.replace(/[^ -~]/g, '')}, ${bytes.byteLength} bytes`,
    '// Indented to be read: the digest is of the exact bytes, which "Copy Raw Manifest" has.',
  ];
  const text = JSON.stringify(JSON.parse(Buffer.from(bytes).toString()), null, 2);
  return `${head.join('\n')}\n${text.replace(hidden, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
