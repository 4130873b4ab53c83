import { describe, expect, test } from 'vitest';
import { lines, shown, usagesOf } from './script.ts';

describe('a build', () => {
  test.each([
    ['docker build -t a/b:1 -ta/b:2 --tag=a/b:3 --build-arg X=1 .', ['build a/b:1 + a/b:2 + a/b:3']],
    ['docker --context prod buildx build --builder x -t "a/b:$GITHUB_SHA" --push .', ['build a/b:${{ github.sha }}, pushed']],
    ['docker buildx --builder x build -t a/b:1 .', ['build a/b:1']],
    ['docker image build -t a/b:1 .', ['build a/b:1']],
    ['docker builder build -t a/b:1 .', ['build a/b:1']],
    ['docker buildx b -t a/b:1 --push=false .', ['build a/b:1']],
    ['docker buildx build -t a/b:1 --push=$PUSH .', ['build a/b:1, perhaps pushed']],
    ['docker buildx build -t a/b:1 $ARGS .', ['build a/b:1, perhaps pushed']],
    ['docker build -t a/b:1 "$FOLDER"', ['build a/b:1']],
    ["docker buildx build ${{ inputs.push && '--push' || '--load' }} -t a/b:1 .", ['build a/b:1, perhaps pushed']],
    ["docker buildx build ${{ github.ref == 'refs/heads/main' && '-t a/b:2' || '' }} -t a/b:1 .", ['build a/b:2 + a/b:1']],
    ['docker buildx build -o type=registry -t a/b:1 .', ['build a/b:1, pushed']],
    [`docker buildx build --output 'type=image,"name=a/b:1,a/b:2",push=true' .`, ['build a/b:1 + a/b:2, pushed']],
    ['docker buildx build --output type=docker -t a/b:1 .', ['build a/b:1']],
    ['docker buildx build --output "type=image,push=$PUSH" -t a/b:1 .', ['build a/b:1, perhaps pushed']],
    ['buildah bud --layers -t a/b:1 -f Containerfile .', ['build a/b:1']],
    ['podman build --platform linux/amd64,linux/arm64 --manifest a/b:1 .', ['build a/b:1']],
    ['sudo -E nerdctl build -t a/b:1 .', ['build a/b:1']],
    ['docker import rootfs.tar a/b:1', ['build a/b:1']],
    ['docker buildx build --check .', []],
    ['docker buildx build --call=outline .', []],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test('tells everything that goes into the image', () => {
    const { of, at } = usagesOf(
      'docker buildx build --platform linux/amd64,linux/arm64 -f docker/Dockerfile --target prod --build-arg A=1 --build-arg B \\\n' +
        '  --build-context lib=../lib --label org=x --provenance=false -t a/b:1 --push ./app',
    );
    const [build] = of('build');
    expect(build?.platforms?.map(shown)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(build?.buildArgs.map(({ span }) => at(span))).toEqual(['A=1', 'B']);
    expect(build?.buildContexts.map(({ span }) => at(span))).toEqual(['lib=../lib']);
    expect(build?.labels.map(({ span }) => at(span))).toEqual(['org=x']);
    expect([build?.dockerfile, build?.target, build?.context].map(item => item && at(item.span))).toEqual([
      'docker/Dockerfile',
      'prod',
      './app',
    ]);
    expect(build?.attestations).toBe(false);
    expect(build?.tool).toBe('docker buildx build');
  });

  test.each([
    ['', 'the default'],
    ['--provenance=false', false],
    ['--provenance mode=max', true],
    ['--provenance=false --sbom=true', true],
    ['--attest type=provenance,disabled=true', false],
    ['--attest type=sbom', true],
    ['--sbom=false', 'the default'],
    ['--provenance=$P', undefined],
  ])('with `%s` comes with attestations: %s', (flags, expected) => {
    const [build] = usagesOf(`docker buildx build ${flags} --push -t a/b:1 .`).of('build');
    expect(build && 'attestations' in build ? build.attestations : 'the default').toBe(expected);
  });

  test('without a tag, to be merged later, is pushed by digest', () => {
    const { of } = usagesOf('docker buildx build --output type=image,name=a/b,push-by-digest=true,push=true .');
    expect(of('build')[0]).toMatchObject({ byDigest: true, pushes: true });
  });

  test('keeps the places of its caches, and Buildah’s are another kind', () => {
    const { of, at } = usagesOf(
      'docker buildx build --cache-to type=registry,ref=a/b:cache --cache-from=a/b:cache .\npodman build --cache-to a/c .',
    );
    expect(of('cacheExport').map(({ type, entry }) => [type, at(entry.span)])).toEqual([
      ['registry', 'type=registry,ref=a/b:cache'],
      ['buildah', 'a/c'],
    ]);
    expect(of('cacheImport').map(({ bare, entry }) => [bare, at(entry.span)])).toEqual([[true, 'a/b:cache']]);
  });
});

describe('images', () => {
  test.each([
    ['docker push --quiet a/b:2', ['push a/b:2']],
    ['docker image push a/c:1', ['push a/c:1']],
    ['docker push -a a/b', ['push a/b']],
    ['podman push localhost/b docker://quay.io/a/b:1', ['push quay.io/a/b:1']],
    ['podman push a/b:1 oci-archive:x.tar', []],
    ['buildah push --digestfile d quay.io/a/b:1', ['push quay.io/a/b:1']],
    ['docker pull -q a/b:1', ['pull a/b:1']],
    ['podman pull docker://a/b:1 a/c:1', ['pull a/b:1', 'pull a/c:1']],
    ['docker tag a/b:1 a/b:2', ['retag a/b:1 → a/b:2 here']],
    ['podman tag a/b:1 a/b:2 a/b:3', ['retag a/b:1 → a/b:2 here', 'retag a/b:1 → a/b:3 here']],
    ['docker manifest create a/b:1 --amend a/b:1-amd64 --amend a/b:1-arm64', ['retag a/b:1-amd64 + a/b:1-arm64 → a/b:1 here']],
    ['docker manifest annotate a/b:1 a/b:1-arm64 --arch arm64', []],
    ['docker manifest push --purge a/b:1', ['push a/b:1']],
    ['docker manifest inspect a/b:1 > /dev/null', ['inspect a/b:1']],
    ['podman manifest add a/b:1 docker://a/b:1-arm64', ['retag a/b:1-arm64 → a/b:1 here']],
    ['podman manifest push --all a/b:1 docker://a/b:1', ['push a/b:1']],
    ['docker trust sign a/b:1', ['sign a/b:1']],
    ['docker save a/b:1 | gzip > b.tgz', []],
    ['D=$(docker buildx imagetools inspect a/b:1 --format "{{json .Manifest}}")', ['inspect a/b:1']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test('all tags of a repository are said to be pushed', () => {
    expect(usagesOf('docker push --all-tags a/b').of('push')[0]?.allTags).toBe(true);
  });
});

describe('buildx imagetools create', () => {
  const meta = [
    '      - id: meta',
    '        uses: docker/metadata-action@v5',
    '        with: { images: a/b, tags: "type=raw,value=x" }',
    '',
  ].join('\n');

  test.each([
    ['-t a/b:prod --tag a/b:1 a/b:sha', ['retag a/b:sha → a/b:prod, all platforms', 'retag a/b:sha → a/b:1, all platforms']],
    ['-t a/b:1 a/b@sha256:aa a/b@sha256:bb', ['retag a/b@sha256:aa + a/b@sha256:bb → a/b:1, all platforms']],
    ['--dry-run -t a/b:1 a/b:2', []],
    ['--append -t a/b:1 a/b:2', ['retag a/b:2 → a/b:1, all platforms']],
    ["-t a/b:1 $(printf 'a/b@sha256:%s ' *)", ['retag a/b@(the names of files) → a/b:1, all platforms']],
    ['-t a/b:1 -f out.json', ['retag (what the file names) → a/b:1, all platforms']],
    ['$TAGS a/b:1', ['retag a/b:1 → $TAGS, all platforms']],
    ['-t a/b:1 "${A[@]}" $(f "a/b@%s" *)', ['retag $(f "a/b@%s" *) + ${A[@]} → a/b:1, all platforms']],
    ['$TAGS $SOURCES', ['retag $SOURCES → $TAGS, all platforms']],
    ['$ALL', ['retag (what the words name) → $ALL, all platforms']],
    [`-t a/b:1 sha256:${'a'.repeat(64)}`, [`retag a/b@sha256:${'a'.repeat(64)} → a/b:1, all platforms`]],
  ])('%s', (args, expected) => {
    expect(lines(`docker buildx imagetools create ${args}`)).toEqual(expected);
  });

  test('takes the tags that metadata-action wrote to the environment', () => {
    const script = `docker buildx imagetools create $(jq -cr '.tags | map("-t " + .) | join(" ")' <<< "$DOCKER_METADATA_OUTPUT_JSON") a/b@sha256:aa`;
    expect(
      usagesOf(script, {}, meta)
        .of('retag')
        .map(({ to }) => shown(to.template)),
    ).toEqual(['a/b:x']);
  });
});

describe('a login', () => {
  test.each([
    ['docker login -u x --password-stdin ghcr.io', ['login ghcr.io by stdin']],
    ['docker login -u x -p "$P" https://ghcr.io', ['login ghcr.io by argument']],
    ['docker login --username x --password=y', ['login by argument']],
    ['podman login -u x -p y quay.io', ['login quay.io by argument']],
    ['aws ecr get-login-password | docker login -u AWS --password-stdin "$HOST"', ['login $HOST (ECR) by stdin']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test.each([['echo "$TOKEN" | docker login -u x --password-stdin ghcr.io'], ['docker login -u x --password-stdin ghcr.io <<< "$TOKEN"']])(
    'knows the password of %s',
    script => {
      const [login] = usagesOf(script).of('login');
      expect(shown(login?.password?.template)).toBe('$TOKEN');
      expect(login?.passwordBy).toBe('stdin');
    },
  );
});

describe('docker run', () => {
  test.each([
    ['docker run --rm -it -v "$PWD:/x" -e A=b -dp 80:80 a/b:1 sh -c "docker push x"', ['pull a/b:1']],
    ['docker create --name x a/b:1', ['pull a/b:1']],
    ['docker build -t x .\ndocker run --rm x', ['build x']],
    ['docker pull a/b:1\ndocker run a/b:1', ['pull a/b:1']],
    ['docker build -t a/b:latest .\ndocker run a/b', ['build a/b:latest']],
    ['ssh host docker run -d --name web a/b:1', ['deploy a/b:1 to web']],
    ["ssh host 'docker pull a/b:1; docker run -d a/b:1'", ['pull a/b:1', 'deploy a/b:1 to']],
    ['docker -H ssh://deploy@host run -d a/b:1', ['deploy a/b:1 to ssh://deploy@host']],
    ['DOCKER_HOST=ssh://deploy@host docker run -d a/b:1', ['deploy a/b:1 to ssh://deploy@host']],
    ['ssh host docker run --rm a/b:1 migrate', ['pull a/b:1']],
    ['docker service update --image a/b:1 web', ['deploy a/b:1 to web']],
    ['docker service update --force web', ['restart web']],
    ['docker service create --name web --replicas 2 a/b:1 run', ['deploy a/b:1 to web']],
    ['docker buildx create --use --driver-opt image=moby/buildkit:v0.12.0', ['builder 0.12']],
    ['docker buildx create --name x --driver docker-container --bootstrap', ['builder']],
    ['docker buildx use default', []],
    ['docker exec web sh -c "docker push x"', []],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

test('a function that is called docker does what it says', () => {
  const script = 'docker() { command docker --context prod "$@"; }\ntagged() { docker tag "$1" a/b:2; }\ntagged a/b:1';
  expect(lines(script)).toEqual(['retag a/b:1 → a/b:2 here']);
});
