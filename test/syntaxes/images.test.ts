import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from 'vscode-textmate';

const file = join(import.meta.dirname, '..', '..', 'syntaxes', 'images.tmLanguage.json');
// The editor's YAML grammar is not ours to test: one with its scopes takes its place, and ours is injected into it as in VS Code. Outside a
// string nothing may be injected, or what follows would no longer begin one.
const yaml = JSON.stringify({
  scopeName: 'source.yaml',
  patterns: [
    { match: '#.*$', name: 'comment.line.yaml' },
    { match: '^\\s*[\\w-]+(?=:)', name: 'string.unquoted.plain.yaml entity.name.tag.yaml' },
    {
      begin: '(?=[^\\s:#])',
      end: '$',
      name: 'string.unquoted.plain.out.yaml',
      patterns: [{ match: '\\G,', name: 'invalid.illegal.yaml' }],
    },
  ],
});
let grammar: IGrammar;

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    getInjections: scope => (scope === 'source.yaml' ? ['tallyman.images.injection'] : []),
    loadGrammar: async scope =>
      scope === 'source.yaml' ? parseRawGrammar(yaml, 'yaml.json') : parseRawGrammar(readFileSync(file, 'utf8'), file),
  });
  const loaded = await registry.loadGrammar('source.yaml');
  if (!loaded) throw new Error('no grammar');
  grammar = loaded;
});

/** The pieces of a line that the grammar names, as `text:last part of the scope`. */
function named(line: string): readonly string[] {
  return grammar
    .tokenizeLine(line, INITIAL)
    .tokens.filter(({ scopes }) => scopes.some(scope => scope.endsWith('.tallyman')))
    .map(({ startIndex, endIndex, scopes }) => `${line.slice(startIndex, endIndex)}:${scopes.at(-1)?.split('.').at(-2)}`);
}

test.each([
  ['tags: ghcr.io/acme/app:v1', ['ghcr.io:registry', '/acme/app:repository', '::tag', 'v1:tag']],
  ['image: localhost:5000/app', ['localhost:5000:registry', '/app:repository']],
  [
    'cache-to: type=registry,ref=ghcr.io/a/b:cache,mode=max',
    [
      'type:attribute',
      '=:assignment',
      'registry:language',
      'ref:attribute',
      '=:assignment',
      'ghcr.io:registry',
      '/a/b:repository',
      '::tag',
      'cache:tag',
      'mode:attribute',
      '=:assignment',
      'max:language',
    ],
  ],
  ['  type=semver,pattern={{version}}', ['type:attribute', '=:assignment', 'semver:language']],
])('%s', (line, expected) => {
  expect(named(line)).toEqual(expected);
});

test.each(['# ghcr.io/acme/app:v1', 'uses: docker/build-push-action@v6', 'url: https://ghcr.io/acme/app', 'run: cat file.yml', 'on: push'])(
  'nothing in %s',
  line => {
    expect(named(line)).toEqual([]);
  },
);

test('a long hostile line is tokenised in time that grows with it', () => {
  const started = performance.now();
  named(`x: ${'a-'.repeat(20_000)}`);
  named(`x: ${'a.'.repeat(20_000)}/`);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('the string around a name stays the string it was', () => {
  const { tokens } = grammar.tokenizeLine('cache-to: type=registry,ref=${{ env.ECR }}/app:buildcache,mode=max', INITIAL);
  const value = tokens.filter(({ startIndex }) => startIndex >= 10);
  expect(value.every(({ scopes }) => scopes.includes('string.unquoted.plain.out.yaml'))).toBe(true);
  expect(grammar.tokenizeLine('type: x', INITIAL).tokens[0]?.scopes.at(-1)).toBe('entity.name.tag.yaml');
});
