import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alternatives, display, type Template } from '../../../core/image/template.ts';
import { analyze } from '../../../core/usage/analyze.ts';
import { parseHcl } from '../../../core/usage/bake/parse.ts';
import { noFiles } from '../../../core/usage/files.ts';
import type { Usage } from '../../../core/usage/usage.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

const shown = (template: Template) => alternatives(template).map(display).join(' | ');

const hcl = `
# What is built.
variable "REGISTRY" { default = "ghcr.io/acme" }
variable "TAG" {
  default = "dev"
  validation { condition = TAG != "" }
}
variable "VERSION" {}

function "ref" {
  params = [name, tag]
  result = "\${REGISTRY}/\${name}:\${tag}"
}

group "default" { targets = ["app", "worker"] }

target "docker-metadata-action" {}

target "_common" {
  platforms = ["linux/amd64", "linux/arm64"]
  args = { GO = "1.22", MODE = "x" }
  cache-from = ["type=gha"]
  cache-to = [{ type = "registry", ref = "\${REGISTRY}/cache:x", mode = "max" }]
}

target "app" {
  inherits = ["_common", "docker-metadata-action"]
  context = "."
  args = { MODE = "y" }
  tags = [ref("app", TAG), VERSION != "" ? "\${REGISTRY}/app:\${VERSION}" : "",]
}

target "worker" {
  inherits = ["_common"]
  dockerfile = "worker.Dockerfile"
  tags = ["\${REGISTRY}/worker:\${substr("0123456789", 0, 7)}"]
  output = ["type=registry"]
}

target "many" {
  name = "many-\${os}"
  matrix = { os = ["a", "b"] }
  tags = ["x/\${os}:1"]
}
`;

function usages(
  inputs: string,
  files: Readonly<Record<string, string>> = { 'docker-bake.hcl': hcl },
  before = '',
  env = '',
): readonly Usage[] {
  const bake = `- uses: docker/bake-action@v6\n${env}${inputs === '' ? '' : `  with:\n${inputs.replace(/^(?=.)/gm, '    ')}\n`}`;
  const text = `on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n${(before + bake).replace(/^(?=.)/gm, '      ')}\n`;
  return analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'), { ...noFiles, text: path => files[path] }).usages;
}

const tags = (found: readonly Usage[]) =>
  found.flatMap(usage =>
    usage.kind === 'build' ? [`${usage.pushes ? 'push ' : ''}${usage.tags.map(({ template }) => shown(template)).join(', ')}`] : [],
  );

describe('bake-action', () => {
  test.each([
    ['', ['ghcr.io/acme/app:dev', 'push ghcr.io/acme/worker:0123456']],
    ['push: true', ['push ghcr.io/acme/app:dev', 'push ghcr.io/acme/worker:0123456']],
    ['targets: app', ['ghcr.io/acme/app:dev']],
    ['targets: many', ['x/a:1', 'x/b:1']],
    ['targets: app\nset: |\n  *.tags=a/b:1\n  app.tags=a/b:2', ['a/b:1, a/b:2']],
    ['targets: app\nset: app.tags+=a/b:1', ['ghcr.io/acme/app:dev, a/b:1']],
    ['targets: worker\nset: wor*.output=type=docker', ['ghcr.io/acme/worker:0123456']],
    ['targets: nothing', []],
  ])('%j', (inputs, expected) => {
    expect(tags(usages(inputs))).toEqual(expected);
  });

  test('variables are those of the environment', () => {
    expect(tags(usages('targets: app', undefined, '', '  env:\n    TAG: ${{ github.sha }}\n    VERSION: "1.2.3"\n'))).toEqual([
      'ghcr.io/acme/app:${{ github.sha }}, ghcr.io/acme/app:1.2.3',
    ]);
  });

  test('a target takes what it inherits, and caches are usages', () => {
    const found = usages('targets: app');
    const [build] = found.flatMap(usage => (usage.kind === 'build' ? [usage] : []));
    expect(build?.platforms?.map(shown)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(build?.buildArgs.map(({ template }) => shown(template))).toEqual(['GO=1.22', 'MODE=y']);
    expect(found.flatMap(usage => (usage.kind === 'cacheExport' ? [shown(usage.entry.template)] : []))).toEqual([
      'type=registry,ref=ghcr.io/acme/cache:x,mode=max',
    ]);
    expect(build?.tags[0]?.template[0]?.via[0]).toMatchObject({ path: 'docker-bake.hcl' });
  });

  test("metadata-action's file gives the tags", () => {
    const meta = '- id: meta\n  uses: docker/metadata-action@v5\n  with: { images: a/b, tags: type=sha }\n';
    const inherits = 'target "docker-metadata-action" {}\ntarget "default" { inherits = ["docker-metadata-action"] }';
    const files = 'files: |\n  ./docker-bake.hcl\n  cwd://${{ steps.meta.outputs.bake-file }}';
    expect(tags(usages(files, { 'docker-bake.hcl': inherits }, meta))).toEqual(['a/b:sha-${{ github.sha }}']);
  });

  test('JSON is read too', () => {
    const json = JSON.stringify({ variable: { T: { default: '1' } }, target: { default: { tags: ['a/b:${T}'] } } });
    expect(tags(usages('', { 'docker-bake.json': json }))).toEqual(['a/b:1']);
  });

  test.each([
    ['files: other.hcl', 'one of its bake files is not in this workspace'],
    ['source: https://github.com/acme/other.git', 'its bake file is in another place'],
    ['targets: ${{ matrix.target }}', 'an expression decides what it builds'],
  ])('%s: what cannot be seen is said', (inputs, reason) => {
    expect(usages(inputs)).toContainEqual(expect.objectContaining({ kind: 'opaque', reason }));
  });
});

test('without the file the overrides say what they say', () => {
  const found = usages('targets: app\npush: true\nset: |\n  *.tags=a/b:1\n  *.cache-to=type=gha', {});
  expect(tags(found)).toEqual(['push a/b:1']);
  expect(found.map(({ kind }) => kind)).toEqual(['build', 'cacheExport', 'opaque']);
  expect(usages('targets: app', {}).map(({ kind }) => kind)).toEqual(['opaque']);
});

test('the command reads the same files', () => {
  const run = '- run: |\n    export TAG=v1\n    docker buildx bake --push --set app.tags+=a/b:1 app\n';
  const text = `on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n${run.replace(/^(?=.)/gm, '      ')}`;
  const found = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow'), {
    ...noFiles,
    text: path => (path === 'docker-bake.hcl' ? hcl : undefined),
  });
  expect(tags(found.usages)).toEqual(['push ghcr.io/acme/app:v1, a/b:1']);
});

test('a file that is half written keeps its other blocks', () => {
  const blocks = parseHcl('a.hcl', 'target "a" {\n  tags = ["x\n}\ntarget "b" {\n  tags = ["y"]\n}\n').blocks;
  expect(blocks.map(({ label }) => label)).toContain('b');
});

test('no text makes the reader throw', () => {
  const piece = fc.constantFrom(
    'target "a" {',
    '}',
    'tags = [',
    ']',
    '"x${',
    'VAR',
    '}"',
    '\n',
    '<<EOT\n',
    'EOT',
    '? :',
    '(',
    ')',
    '&&',
    'for ',
    '"',
    '.',
    '[*]',
    '/*',
    '#',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), pieces => void parseHcl('a.hcl', pieces.join(' '))),
    { numRuns: 3000 },
  );
});

test('deep nesting and long files are read in bounded time', () => {
  const started = process.cpuUsage();
  parseHcl('a.hcl', `target "a" { tags = ${'['.repeat(100_000)} }`);
  parseHcl('a.hcl', `target "a" { tags = "${'${'.repeat(100_000)}" }`);
  parseHcl('a.hcl', 'target "a" {\n'.repeat(20_000));
  const { user } = process.cpuUsage(started);
  expect(user / 1_000_000).toBeLessThan(3);
});
