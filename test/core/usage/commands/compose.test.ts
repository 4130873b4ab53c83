import { expect, test } from 'vitest';
import { display } from '../../../../core/image/template.ts';
import { lines, usagesOf } from './script.ts';

const files = {
  'compose.yml': 'services:\n  web:\n    image: a/b:${TAG:-latest}\n    build: .\n  db:\n    image: postgres:17\n',
  'prod/docker-compose.yml': 'services:\n  web:\n    image: a/b:${TAG}\n',
};

test.each([
  ['docker compose build', ['build a/b:latest']],
  ['TAG=1 docker compose build --push web', ['build a/b:1, pushed']],
  ['export TAG=2\ndocker compose push', ['push a/b:2']],
  ['docker compose pull db', ['pull postgres:17']],
  ['docker compose up -d', ['pull postgres:17']],
  ['docker-compose -f prod/docker-compose.yml pull', ['pull a/b:${TAG}']],
  ['docker compose -f prod/docker-compose.yml config', []],
  ['docker compose down', []],
  ['ssh host docker compose -f prod/docker-compose.yml up -d', ['deploy a/b:${TAG} to prod/docker-compose.yml']],
  ['docker --context prod compose -f prod/docker-compose.yml up -d web', ['deploy a/b:${TAG} to prod/docker-compose.yml web prod']],
  ['ssh host "cd /srv && docker compose -f other.yml up -d"', ['deploy (the images of the compose file) to other.yml']],
  ['docker compose -f other.yml up -d', []],
  ['docker compose -f other.yml push', ['opaque docker compose push']],
  ['TAG=3 docker stack deploy -c prod/docker-compose.yml shop', ['deploy a/b:3 to shop']],
  ['cd prod && docker compose pull', ['pull a/b:${TAG}']],
])('%s', (script, expected) => {
  expect(lines(script, files)).toEqual(expected);
});

const built = `
x-build: &build
  cache_from: [type=gha]
services:
  app:
    image: ghcr.io/acme/app:\${TAG:-dev}
    build:
      <<: *build
      context: app
      args: { MODE: x }
      cache_to:
        - type=registry,ref=ghcr.io/acme/cache:\${BRANCH-main},mode=max
      x-bake:
        platforms: [linux/amd64, linux/arm64]
        tags: ["ghcr.io/acme/app:\${TAG:-dev}", "ghcr.io/acme/app:latest"]
  db:
    image: postgres:17
  web.front:
    image: ghcr.io/acme/web:1
    build: ./web
`;

test.each([
  ['docker buildx bake --push', ['build ghcr.io/acme/app:dev + ghcr.io/acme/app:latest, pushed', 'build ghcr.io/acme/web:1, pushed']],
  ['TAG=2 docker buildx bake app', ['build ghcr.io/acme/app:2 + ghcr.io/acme/app:latest']],
  ['docker buildx bake web_front', ['build ghcr.io/acme/web:1']],
  ['docker buildx bake db', []],
  ['docker buildx bake -f compose.yaml --set "*.tags=a/b:1"', ['build a/b:1', 'build a/b:1']],
  ['docker compose build web.front', ['build ghcr.io/acme/web:1']],
])('compose files are bake files: %s', (script, expected) => {
  expect(lines(script, { 'compose.yaml': built }).filter(line => line.startsWith('build'))).toEqual(expected);
});

test('the caches and arguments of a service belong to its build', () => {
  for (const script of ['docker buildx bake app', 'docker compose build app']) {
    const found = usagesOf(script, { 'compose.yaml': built });
    expect(found.of('cacheExport').map(({ entry }) => display(entry.template))).toEqual([
      'type=registry,ref=ghcr.io/acme/cache:main,mode=max',
    ]);
    expect(found.of('cacheImport').map(({ type }) => type)).toEqual(['gha']);
    expect(found.of('build')[0]?.buildArgs.map(({ template }) => display(template))).toEqual(['MODE=x']);
    expect(found.of('build')[0]?.context && display(found.of('build')[0]?.context?.template ?? [])).toBe('app');
  }
});

test('the images of services are used as services, where they are not built', () => {
  expect(usagesOf('docker compose up -d', files).of('pull')[0]?.purpose).toBe('service');
});

test('a file that is no compose file says nothing', () => {
  for (const text of ['', '[]', 'services: x', 'services: {a: b, c: {image: [x]}}', '{', 'a: &a [*a]'])
    expect(lines('docker compose up', { 'compose.yml': text })).toEqual([]);
});

test.each([
  ['docker buildx bake --push', ['build a/b:dev, pushed']],
  ['TAG=1 docker buildx bake -f docker-bake.hcl web --push', ['build a/b:1, pushed']],
  ['docker buildx bake --set web.tags=a/b:2 --set "*.output=type=registry"', ['build a/b:2, pushed']],
  ['docker buildx bake --print', []],
  ['docker buildx bake -f other.hcl', ['opaque docker buildx bake']],
  ['depot bake', ['build a/b:dev']],
])('%s', (script, expected) => {
  const hcl = 'variable "TAG" { default = "dev" }\ngroup "default" { targets = ["web"] }\ntarget "web" { tags = ["a/b:${TAG}"] }\n';
  expect(lines(script, { 'docker-bake.hcl': hcl })).toEqual(expected);
});
