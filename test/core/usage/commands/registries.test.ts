import { describe, expect, test } from 'vitest';
import { lines, shown, usagesOf } from './script.ts';

describe('copies between names in a registry', () => {
  test.each([
    ['skopeo copy --all docker://a.io/b:1 docker://a.io/b:prod', ['retag a.io/b:1 → a.io/b:prod, all platforms']],
    ['skopeo copy docker://a.io/b@sha256:aa docker://c.io/b:1', ['retag a.io/b@sha256:aa → c.io/b:1, one platform']],
    ['skopeo --debug copy --multi-arch all --retry-times 3 "docker://$A" "docker://$B"', ['retag $A → $B, all platforms']],
    ['skopeo copy $FLAGS docker://a.io/b:1 docker://a.io/b:2', ['retag a.io/b:1 → a.io/b:2']],
    ['skopeo copy --dest-tls-verify=false docker://a.io/b:1 docker://l:5000/b:1', ['retag a.io/b:1 → l:5000/b:1, one platform']],
    ['skopeo copy -a oci-archive:x.tar docker://a.io/b:1', ['push a.io/b:1']],
    ['skopeo copy docker://a.io/b:1 docker-archive:x.tar:b:1', ['pull a.io/b:1']],
    ['skopeo copy dir:a oci:b', []],
    ['skopeo sync --all --src docker --dest docker a.io/x/b:1 c.io/y', ['retag a.io/x/b:1 → c.io/y/b:1, all platforms']],
    ['skopeo sync --src yaml --dest docker x.yml c.io/y', []],
    ['crane cp a.io/b:1 a.io/b:2', ['retag a.io/b:1 → a.io/b:2, all platforms']],
    ['crane copy --platform linux/amd64 a.io/b:1 a.io/b:2', ['retag a.io/b:1 → a.io/b:2, one platform']],
    ['crane --platform=linux/amd64 copy a.io/b:1 a.io/b:2', ['retag a.io/b:1 → a.io/b:2, one platform']],
    ['crane tag a.io/b@sha256:aa prod', ['retag a.io/b@sha256:aa → a.io/b:prod, all platforms']],
    ['crane tag "a.io/b:$GITHUB_SHA" prod', ['retag a.io/b:${{ github.sha }} → a.io/b:prod, all platforms']],
    ['crane mutate a.io/b:1 --label x=y -t a.io/b:2', ['retag a.io/b:1 → a.io/b:2']],
    ['crane index append -t a.io/b:1 -m a.io/b:1-a -m a.io/b:1-b', ['retag a.io/b:1-a + a.io/b:1-b → a.io/b:1, all platforms']],
    ['crane append -b base -f x.tar -t a.io/b:1', ['build a.io/b:1, pushed']],
    ['crane push x.tar a.io/b:1', ['push a.io/b:1']],
    ['regctl image copy --digest-tags a.io/b:1 a.io/b:2', ['retag a.io/b:1 → a.io/b:2, all platforms']],
    ['regctl image cp -p linux/amd64 a.io/b:1 a.io/b:2', ['retag a.io/b:1 → a.io/b:2, one platform']],
    ['regctl image copy ocidir://x:1 a.io/b:2', ['push a.io/b:2']],
    ['regctl image mod a.io/b:1 --create 2 --to-oci', ['retag a.io/b:1 → a.io/b:2, all platforms']],
    ['regctl image mod a.io/b:1 --replace --to-oci', ['retag a.io/b:1 → a.io/b:1, all platforms']],
    ['regctl index create a.io/b:1 --digest sha256:aa --ref a.io/b:x', ['retag a.io/b:x + a.io/b@sha256:aa → a.io/b:1, all platforms']],
    ['regctl tag rm a.io/b:1', ['delete a.io/b:1']],
    ['oras cp a.io/b:1 c.io/b:1,2', ['retag a.io/b:1 → c.io/b:1, all platforms', 'retag a.io/b:1 → c.io/b:2, all platforms']],
    ['oras cp --from-oci-layout x:1 c.io/b:1', ['push c.io/b:1']],
    ['oras tag a.io/b:1 2 3', ['retag a.io/b:1 → a.io/b:2, all platforms', 'retag a.io/b:1 → a.io/b:3, all platforms']],
    ['oras push --plain-http a.io/b:1,$TAG x.json:application/json', ['push a.io/b:1', 'push a.io/b:$TAG']],
    ['cosign copy a.io/b:1 c.io/b:1', ['retag a.io/b:1 → c.io/b:1, all platforms']],
    [
      'docker run --rm quay.io/skopeo/stable:v1 copy -a docker://a.io/b:1 docker://a.io/b:2',
      ['pull quay.io/skopeo/stable:v1', 'retag a.io/b:1 → a.io/b:2, all platforms'],
    ],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test.each([
    ['crane tag a.io/b:1 prod', undefined],
    ['crane mutate a.io/b:1 --label x=y -t a.io/b:2', 'crane mutate'],
    ['regctl image mod a.io/b:1 --create 2', 'regctl image mod'],
    ['skopeo copy --all --format v2s2 docker://a.io/b:1 docker://a.io/b:2', '--format'],
    ['skopeo copy --preserve-digests --format oci docker://a.io/b:1 docker://a.io/b:2', undefined],
    ['docker buildx imagetools create --annotation index:a=b -t a.io/b:2 a.io/b:1', '--annotation'],
    ['docker buildx imagetools create -t a.io/b:2 a.io/b:1', 'wraps'],
    ['docker buildx imagetools create --prefer-index=false -t a.io/b:2 a.io/b:1', undefined],
    ['docker buildx imagetools create --prefer-index=$P -t a.io/b:2 a.io/b:1', undefined],
    ['docker manifest create a.io/b:2 a.io/b:1', 'docker manifest create'],
  ])('what gives the copy another digest in `%s`: %s', (script, expected) => {
    const [retag] = usagesOf(script).of('retag');
    expect(retag?.rewrites?.by ?? (retag?.wraps ? 'wraps' : undefined)).toBe(expected);
  });

  test('the place of a reference is its own, without the transport', () => {
    const { of, at } = usagesOf('skopeo copy "docker://a.io/b:$TAG" docker://a.io/b:prod');
    expect(of('retag').map(({ from, to }) => [at(from.span), at(to.span)])).toEqual([['a.io/b:$TAG', 'a.io/b:prod']]);
  });
});

describe('questions and evidence', () => {
  test.each([
    ['skopeo inspect --raw docker://a.io/b:1', ['inspect a.io/b:1']],
    ['skopeo inspect oci:x', []],
    ['skopeo list-tags docker://a.io/b', []],
    ['D=$(crane digest a.io/b:1)', ['inspect a.io/b:1']],
    ['if crane manifest a.io/b:1 >/dev/null 2>&1; then exit 0; fi', ['inspect a.io/b:1']],
    ['crane digest --tarball x.tar', []],
    ['regctl image digest a.io/b:1', ['inspect a.io/b:1']],
    ['oras resolve a.io/b:1', ['inspect a.io/b:1']],
    ['oras pull a.io/b:1', ['pull a.io/b:1']],
    ['oras attach --artifact-type x a.io/b@sha256:aa x.json', ['sign a.io/b@sha256:aa']],
    ['cosign sign --yes --recursive "a.io/b@$DIGEST"', ['sign a.io/b@$DIGEST']],
    ['cosign sign -a x=y -y a.io/b:1 a.io/b:2', ['sign a.io/b:1', 'sign a.io/b:2']],
    ['cosign attest --predicate p.json --type spdxjson a.io/b:1', ['sign a.io/b:1']],
    ['cosign verify --certificate-identity x --certificate-oidc-issuer y a.io/b@sha256:aa | jq .', ['verify a.io/b@sha256:aa']],
    ['cosign verify-attestation --type slsaprovenance --key k a.io/b:1', ['verify a.io/b:1']],
    ['cosign sign-blob --yes x.txt', []],
    ['cosign triangulate a.io/b:1', ['inspect a.io/b:1']],
    ['gh attestation verify oci://a.io/b@sha256:aa --owner acme', ['verify a.io/b@sha256:aa']],
    ['gh attestation verify x.zip --owner acme', []],
    ['notation sign --id x a.io/b@sha256:aa', ['sign a.io/b@sha256:aa']],
    ['slsa-verifier verify-image a.io/b@sha256:aa --source-uri x', ['verify a.io/b@sha256:aa']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

describe('whose signature a check asks for', () => {
  const signers = (script: string) =>
    usagesOf(script)
      .of('verify')
      .map(({ reference, signer }) => {
        const { key, open, ...items } = signer ?? { key: undefined, open: undefined };
        const named = Object.entries(items).map(([name, item]) => `${name} ${shown(item.template)}`);
        return [shown(reference.template), ...(key ? ['key'] : []), ...(open ? ['open'] : []), ...named].join(', ');
      });

  test.each([
    ['cosign verify a.io/b:1', ['a.io/b:1']],
    ['cosign verify --certificate-identity=x --certificate-oidc-issuer y a.io/b:1', ['a.io/b:1, identity x, issuer y']],
    [
      'cosign verify-attestation --type slsa --certificate-identity-regexp "^x$" --certificate-oidc-issuer-regexp y a.io/b:1 a.io/b:2',
      ['a.io/b:1, identityPattern ^x$, issuerPattern y', 'a.io/b:2, identityPattern ^x$, issuerPattern y'],
    ],
    ['cosign verify --certificate-github-workflow-repository a/b a.io/b:1', ['a.io/b:1, repository a/b']],
    ['cosign verify --key k8s://a/b --insecure-ignore-tlog a.io/b:1', ['a.io/b:1, key']],
    ['cosign verify --sk a.io/b:1', ['a.io/b:1, key']],
    ['cosign verify --ca-roots ca.pem a.io/b:1', ['a.io/b:1, key']],
    ['cosign verify "$IMAGE"', ['$IMAGE']],
    ['cosign verify $FLAGS a.io/b:1', ['a.io/b:1, open']],
    [
      'gh attestation verify oci://a.io/b:1 -R a/b --signer-workflow a/c/.github/workflows/x.yml',
      ['a.io/b:1, identity a/c/.github/workflows/x.yml, repository a/b'],
    ],
    ['notation verify a.io/b:1', ['a.io/b:1']],
  ])('%s', (script, expected) => {
    expect(signers(script)).toEqual(expected);
  });
});

describe('logins of registry tools', () => {
  test.each([
    ['skopeo login -u x -p y quay.io', ['login quay.io by argument']],
    ['crane auth login ghcr.io -u x --password-stdin', ['login ghcr.io by stdin']],
    ['regctl registry login ghcr.io --user x --pass y', ['login ghcr.io by argument']],
    ['oras login ghcr.io -u x --password-stdin', ['login ghcr.io by stdin']],
    ['cosign login ghcr.io -u x -p y', ['login ghcr.io by argument']],
    ['skopeo inspect --creds "u:$P" docker://a.io/b:1', ['login a.io by argument', 'inspect a.io/b:1']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test('credentials of a copy are those of their side', () => {
    const { of } = usagesOf('skopeo copy --src-creds a:b --dest-creds "c:$P" docker://a.io/b:1 docker://c.io/b:1');
    expect(of('login').map(({ registry, user, password }) => [registry, user?.template, password?.template].map(shown))).toEqual([
      ['a.io', 'a', 'b'],
      ['c.io', 'c', '$P'],
    ]);
  });
});
