import { expect, test } from 'vitest';
import { parseEntry } from '../../client/entry.ts';

test.each([
  ['ghcr.io', { host: 'ghcr.io' }],
  [' https://registry.example.com/ ', { host: 'registry.example.com' }],
  ['localhost:5000', { host: 'localhost:5000' }],
  ['localhost:5000/shop', { host: 'localhost:5000', repository: 'shop' }],
  ['ghcr.io/acme/shop', { host: 'ghcr.io', repository: 'acme/shop' }],
  ['index.docker.io', { host: 'docker.io' }],
  ['127.0.0.1:5005', { host: '127.0.0.1:5005' }],
])('%s is understood', (text, entry) => {
  expect(parseEntry(text)).toEqual(entry);
});

test.each(['', 'ghcr.io:99999', 'user:secret@ghcr.io', 'ghcr.io/Acme', 'acme/shop', 'ghcr.io?x=1', '../etc'])('%j is none', text => {
  expect(parseEntry(text)).toBeUndefined();
});
