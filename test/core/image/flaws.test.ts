import { expect, test } from 'vitest';
import { referenceFlaw } from '../../../core/image/flaws.ts';
import { hole, type Template, text } from '../../../core/image/template.ts';

/** `app:{}x`: `{}` is a part that is not known. */
function reference(written: string): Template {
  const at = { start: 0, end: 0 };
  return written.split('{}').flatMap((known, index) => {
    const start = written.split('{}').slice(0, index).join('{}').length + (index > 0 ? 2 : 0);
    return [...(index > 0 ? hole('x', 'unknown', at) : []), ...text(known, { start, end: start + known.length })];
  });
}

test.for([
  ['acme/app:feature/x', 'tagCharacter', '/'],
  ['app:feature/x', 'tagCharacter', '/'],
  ['ghcr.io/acme/app:{}/x', 'tagCharacter', '/'],
  ['localhost:5000/app:a/b', 'tagCharacter', '/'],
  ['acme/app:1.0:amd64', 'tagCharacter', ':'],
  ['app:1.0+build', 'tagCharacter', '+'],
  ['app:-{}', 'tagStart', '-'],
  ['app:.1', 'tagStart', '.'],
  ['app:', 'noTag', ':'],
  ['ghcr.io/Acme/app:1', 'capitals', 'Acme/app'],
  ['{}/acme/myApp:{}', 'capitals', 'App'],
  ['MyApp', 'capitals', 'MyApp'],
  ['{}-Debug:1', 'capitals', 'Debug'],
  ['https://ghcr.io/acme/app:1', 'scheme', 'https://'],
  ['acme/app:1 acme/app:2', 'space', ' '],
  [`app:${'a'.repeat(129)}`, 'tagLength', 'a'.repeat(129)],
] as const)('%s is wrong by its %s', ([written, kind, wrong]) => {
  expect(referenceFlaw(reference(written))).toMatchObject({ kind, text: wrong });
});

test.for([
  'acme/app:1.0',
  'app',
  'localhost:5000/acme/app',
  'localhost:5000/app:1',
  '{}:5000/app:{}',
  '{}:{}/app:1',
  '{}/app:V1-{}',
  'Registry/app:1',
  'Registry{}:1',
  '{}',
  '{}:{}',
  'app:{}-amd64',
  'app@sha256:{}',
  'ghcr.io/acme/app:1@{}',
  'oci://ghcr.io/acme/Chart:1',
  'docker-archive:image.tar:app:1',
  'app:{{ .Version }}',
  'app:<version>',
  '',
])('%s may be right', written => {
  expect(referenceFlaw(reference(written))).toBeUndefined();
});
