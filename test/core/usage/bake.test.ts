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

describe('what a bake file computes', () => {
  const head = 'variable "R" { default = "ghcr.io/acme" }\nvariable "TAGS" { default = "a b" }\nvariable "NONE" { default = "" }\n';
  test.each([
    ['[for tag in split(" ", TAGS) : "${R}/x:${tag}"]', ['ghcr.io/acme/x:a', 'ghcr.io/acme/x:b']],
    ['[for t in split(",", NONE) : "${R}/x:${t}" if t != ""]', ['']],
    ['concat(["${R}/x:1"], [for t in split(",", NONE) : "${R}/x:${t}" if t != ""])', ['ghcr.io/acme/x:1']],
    ['[for i, t in ["a", "b"] : "${R}/x:${i + 1}-${t}"]', ['ghcr.io/acme/x:1-a', 'ghcr.io/acme/x:2-b']],
    ['[for k, v in { b = "2", a = "1" } : "${R}/${k}:${v}"]', ['ghcr.io/acme/a:1', 'ghcr.io/acme/b:2']],
    ['values({ for t in ["a", "b"] : t => "${R}/x:${t}" })', ['ghcr.io/acme/x:a', 'ghcr.io/acme/x:b']],
    ['flatten([for r in ["x", "y"] : [for t in ["1", "2"] : "${r}/i:${t}"]])', ['x/i:1', 'x/i:2', 'y/i:1', 'y/i:2']],
    ['formatlist("%s/x:%s", R, split(" ", TAGS))', ['ghcr.io/acme/x:a', 'ghcr.io/acme/x:b']],
    ['[for p in setproduct(["x", "y"], ["1"]) : "${p[0]}/i:${p[1]}"]', ['x/i:1', 'y/i:1']],
    ['coalescelist(compact([NONE]), ["${R}/x:1"])', ['ghcr.io/acme/x:1']],
    ['[for t in split("\\n", UNKNOWN) : "${R}/x:${t}"]', ['ghcr.io/acme/x:${{ UNKNOWN }}']],
    ['[for t in ["a", "b"] : "${R}/x:${t}" if UNKNOWN == "1"]', ['ghcr.io/acme/x:a', 'ghcr.io/acme/x:b']],
    ['["${R}/x:${length(split(" ", TAGS)) > 1 ? "many" : "one"}"]', ['ghcr.io/acme/x:many']],
    ['["${R}/x:${element(split(" ", TAGS), 1)}", "x:${lookup({ a = "1" }, "a", "2")}"]', ['ghcr.io/acme/x:b', 'x:1']],
    ['["${R}/x:${replace("a/b", "/", "-")}", "x:${trimspace(" 1 ")}"]', ['ghcr.io/acme/x:a-b', 'x:1']],
    ['["x:%{ if TAGS != "" }a%{ endif }"]', ['${{ a part of the bake file }}']],
    ['[for bad syntax]', ['${{ a part of the bake file }}']],
  ])('%s', (list, expected) => {
    const found = usages('', { 'docker-bake.hcl': `${head}target "default" { tags = ${list} }` });
    expect(found.flatMap(usage => (usage.kind === 'build' ? usage.tags.map(({ template }) => shown(template)) : []))).toEqual(
      expected.filter(tag => tag !== ''),
    );
  });

  test('loops in loops end', () => {
    const loop = (inner: string) => `flatten([for a in range(200) : ${inner}])`;
    const text = `target "default" { tags = ${loop(loop(loop('["x:1"]')))} }`;
    const start = performance.now();
    usages('', { 'docker-bake.hcl': text });
    expect(performance.now() - start).toBeLessThan(500);
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
