import { describe, expect, test } from 'vitest';
import { lines, usagesOf } from './script.ts';

describe('other builders', () => {
  test.each([
    ['/kaniko/executor --context . --destination a/b:1 --destination=a/b:2', ['build a/b:1 + a/b:2, pushed']],
    ['/kaniko/executor -c . -d a/b:1 --no-push', ['build a/b:1']],
    [
      '/kaniko/executor -d a/b:1 --cache=true --cache-repo a/c',
      ['build a/b:1, pushed', 'cacheExport kaniko a/c', 'cacheImport kaniko a/c'],
    ],
    [
      'docker run -v $PWD:/w gcr.io/kaniko-project/executor:v1 --context /w -d a/b:1',
      ['pull gcr.io/kaniko-project/executor:v1', 'build a/b:1, pushed'],
    ],
    ['KO_DOCKER_REPO=ghcr.io/a/b ko build --bare --tags 1,latest ./cmd/b', ['build ghcr.io/a/b:1 + ghcr.io/a/b:latest, pushed']],
    ['export KO_DOCKER_REPO=ghcr.io/a\nko publish -B -t 1 ./cmd/app', ['build ghcr.io/a/app:1, pushed']],
    ['ko build ./cmd/app', ['build $KO_DOCKER_REPO/(the name that ko makes):latest, pushed']],
    ['KO_DOCKER_REPO=ko.local ko build ./cmd/app --bare', ['build ko.local:latest']],
    ['KO_DOCKER_REPO=a.io/b ko build --bare --push=false .', ['build a.io/b:latest']],
    ['pack build a/b:1 --publish -t a/b:2 --builder x', ['build a/b:1 + a/b:2, pushed']],
    ['pack build a/b:1 --cache-image a/c', ['build a/b:1', 'cacheExport pack a/c', 'cacheImport pack a/c']],
    ['mvn -B compile jib:build -Djib.to.image=a/b:1 -Djib.to.tags=2,latest', ['build a/b:1 + a/b:2 + a/b:latest, pushed']],
    ['./gradlew jib --image=a/b:$TAG', ['build a/b:$TAG, pushed']],
    ['./mvnw spring-boot:build-image -Dspring-boot.build-image.imageName=a/b:1', ['build a/b:1']],
    ['./gradlew bootBuildImage --imageName=a/b:1 --publishImage', ['build a/b:1, pushed']],
    ['apko publish x.yaml a/b:1 a/b:2', ['build a/b:1 + a/b:2, pushed']],
    ['buildctl build --frontend dockerfile.v0 --output type=image,name=a/b:1,push=true', ['build a/b:1, pushed']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

describe('what is not understood and may handle images is said to be so', () => {
  test.each([
    ['make docker-push', 'make docker-push'],
    ['make', 'make'],
    ['make build', 'make build'],
    ['make -C app IMAGE=x release', 'make release'],
    ['npm run docker:build', 'npm run docker:build'],
    ['yarn deploy:prod', 'yarn deploy:prod'],
    ['pnpm --filter web run release-image', 'pnpm run release-image'],
    ['npx semantic-release', 'npx semantic-release'],
    ['npx cdk deploy --all', 'npx cdk deploy'],
    ['./gradlew jib', './gradlew jib'],
    ['./gradlew dockerPush', './gradlew dockerPush'],
    ['mvn package -Pdocker', 'mvn package'],
    ['bazel run //app:push_image', 'bazel run //app:push_image'],
    ['goreleaser release --clean', 'goreleaser release'],
    ['earthly --push +image', 'earthly +image'],
    ['dagger call publish', 'dagger call publish'],
    ['pulumi up --yes', 'pulumi up'],
    ['./scripts/deploy.sh prod', './scripts/deploy.sh prod'],
    ['"$GITHUB_WORKSPACE/hack/release"', '${{ github.workspace }}/hack/release'],
    ['bash ci/build.sh', 'bash ci/build.sh'],
    ['python tools/push_images.py', 'python tools/push_images.py'],
    ['push-images all', 'push-images all'],
  ])('%s', (script, name) => {
    expect(
      usagesOf(script)
        .of('opaque')
        .map(usage => usage.name),
    ).toEqual([name]);
  });

  test.each([
    ['npm ci && npm test && npm run lint && npm run build'],
    ['make lint test'],
    ['make verify-config-schema'],
    ['yarn install --frozen-lockfile'],
    ['pnpm -r build'],
    ['pnpm exec tsc'],
    ['npx playwright install'],
    ['./gradlew test build'],
    ['mvn -B verify'],
    ['cargo test'],
    ['bazel test //...'],
    ['goreleaser release --snapshot --clean'],
    ['goreleaser check'],
    ['earthly +test'],
    ['pulumi preview'],
    ['./scripts/test.sh'],
    ['bash -c "echo hi"'],
    ['python -m pytest'],
    ['python scripts/generate_matrix.py'],
    ['node -e "console.log(1)"'],
    ['dockerd &'],
    ['git push origin main'],
    ['gh release create v1'],
    ['deploy() { echo; }\ndeploy'],
    ['source scripts/logging.sh\nget_image_id x'],
    ['. /etc/os-release'],
    ['curl -sSf https://x.io/install | sh -s -- -b $HOME/bin v1'],
    ['./bin/server serve config.yml'],
    ['bin/linux/oras version'],
    ['./get_helm.sh'],
    ['./tests/snapshot-api.sh'],
    ['cosign initialize'],
  ])('%s is not', script => {
    expect(usagesOf(script).of('opaque')).toEqual([]);
  });

  test('a recipe in the repository that names no program for images is known to be harmless', () => {
    expect(lines('make build', { Makefile: 'build:\n\tgo build ./...\n' })).toEqual([]);
    expect(lines('make build', { Makefile: 'build:\n\tdocker build .\n' })).toEqual(['opaque make build']);
    expect(lines('npm run release', { 'package.json': '{"scripts": {"release": "rollup -c"}}' })).toEqual([]);
    expect(lines('npm run build', { 'package.json': '{"scripts": {"build": "docker build ."}}' })).toEqual(['opaque npm run build']);
    expect(lines('cd app && make', { 'app/Makefile': 'all:\n\tgo build\n' })).toEqual([]);
  });
});
