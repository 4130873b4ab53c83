import { expect, test } from 'vitest';
import { manifestText } from '../../client/views/manifestText.ts';
import { digestOf } from '../../core/image/digest.ts';

test('a manifest is indented, says what it is, and hides no character', () => {
  const bytes = Buffer.from('{"schemaVersion":2,"annotations":{"a":"x\u202ey\u200b"}}');
  const text = manifestText('ghcr.io/acme/app:prod', {
    digest: digestOf(bytes),
    mediaType: 'application/vnd.oci.image.index.v1+json\n// forged',
    size: bytes.length,
    bytes,
  });
  const lines = text.split('\n');
  expect(lines.slice(0, 3)).toEqual([
    '// ghcr.io/acme/app:prod',
    `// ${digestOf(bytes)}`,
    `// application/vnd.oci.image.index.v1+json// forged, ${bytes.length} bytes`,
  ]);
  expect(text).toContain('"a": "x\\u202ey\\u200b"');
  expect(JSON.parse(lines.slice(4).join('\n'))).toEqual(JSON.parse(bytes.toString()));
});
