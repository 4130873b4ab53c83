import { describe, expect, test } from 'vitest';
import { lines } from './script.ts';

const ecr = '(the account’s ECR registry)';

describe('what is named is removed', () => {
  test.each([
    ['crane delete ghcr.io/acme/app:pr-1', ['delete ghcr.io/acme/app:pr-1']],
    ['crane delete "$IMAGE:pr-${{ github.event.number }}"', ['delete $IMAGE:pr-${{ github.event.number }}']],
    ['regctl tag rm ghcr.io/acme/app:old', ['delete ghcr.io/acme/app:old']],
    ['regctl manifest delete ghcr.io/acme/app@sha256:aa', ['delete ghcr.io/acme/app@sha256:aa']],
    ['skopeo delete --creds "$C" docker://r.example/app:1', ['delete r.example/app:1']],
    ['oras manifest delete --force r.example/app:1', ['delete r.example/app:1']],
    ['az acr repository delete --name acme --image app:1 --yes', ['delete acme.azurecr.io/app:1']],
    ['az acr repository delete -n acme --repository app', ['delete acme.azurecr.io/app']],
    ['az acr manifest delete -r acme -n app:1 -y', ['delete acme.azurecr.io/app:1']],
    ['gcloud artifacts docker images delete eu-docker.pkg.dev/p/r/app:1 --quiet', ['delete eu-docker.pkg.dev/p/r/app:1']],
    ['gcloud container images delete --force-delete-tags -q gcr.io/p/app@sha256:aa', ['delete gcr.io/p/app@sha256:aa']],
    ['aws ecr batch-delete-image --repository-name app --image-ids imageTag=a imageTag=b', [`delete ${ecr}/app:a`, `delete ${ecr}/app:b`]],
    ['aws ecr delete-repository --force --repository-name app', [`delete ${ecr}/app`]],
    [
      'curl -s -X DELETE -H "Authorization: JWT $T" "https://hub.docker.com/v2/repositories/acme/app/tags/pr-$N/"',
      ['delete acme/app:pr-$N'],
    ],
    ['curl --request DELETE https://hub.docker.com/v2/namespaces/acme/repositories/app/tags/x', ['delete acme/app:x']],
    ['curl -sXDELETE https://r.example:5000/v2/team/app/manifests/sha256:aa', ['delete r.example:5000/team/app@sha256:aa']],
    ['gh api -X DELETE /orgs/acme/packages/container/app', ['delete ghcr.io/acme/app']],
    ['curl -X POST https://hub.docker.com/v2/users/login', []],
    ['gh api /orgs/acme/packages/container/app/versions', []],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

describe('a list chooses what is removed', () => {
  test.each([
    [
      'IDS=$(aws ecr list-images --repository-name app --filter tagStatus=UNTAGGED --query "imageIds[*]" --output json)\naws ecr batch-delete-image --repository-name app --image-ids "$IDS"',
      `delete ${ecr}/app of untagged, no children`,
    ],
    [
      'IDS=$(aws ecr describe-images --repository-name app --query \'sort_by(imageDetails,& imagePushedAt)[:-10].{imageDigest:imageDigest}\' --output json)\naws ecr batch-delete-image --repository-name app --image-ids "$IDS"',
      `delete ${ecr}/app of tagged and untagged, no children`,
    ],
    [
      'IDS=$(aws ecr describe-images --repository-name app --query \'imageDetails[?!contains(imageTags, `prod`)].{imageDigest:imageDigest}\' --output json)\naws ecr batch-delete-image --repository-name app --image-ids "$IDS"',
      `delete ${ecr}/app of perhaps tagged and perhaps untagged, who knows which, no children`,
    ],
    [
      'aws ecr batch-delete-image --repository-name app --image-ids file://ids.json',
      `delete ${ecr}/app of perhaps tagged and perhaps untagged, who knows which, perhaps children`,
    ],
    [
      "gh api /orgs/acme/packages/container/app/versions --paginate --jq '.[] | select(.metadata.container.tags | length == 0) | .id' | while read -r id; do\n  gh api --method DELETE /orgs/acme/packages/container/app/versions/$id\ndone",
      'delete ghcr.io/acme/app of untagged',
    ],
    [
      "for id in $(gh api user/packages/container/app%2Fweb/versions --jq '.[30:][].id'); do gh api --method DELETE user/packages/container/app%2Fweb/versions/$id; done",
      'delete ghcr.io/(the account)/app/web of tagged and untagged',
    ],
    [
      'gh api /orgs/acme/packages/container/app/versions --jq \'.[] | select(.metadata.container.tags[] == "pr-1") | .id\' | xargs -I{} gh api -X DELETE /orgs/acme/packages/container/app/versions/{}',
      'delete ghcr.io/acme/app of perhaps tagged and perhaps untagged, who knows which',
    ],
    ['crane ls ghcr.io/acme/app | head -n -20 | xargs -I{} crane delete ghcr.io/acme/app:{}', 'delete ghcr.io/acme/app of tagged'],
    [
      'for t in $(crane ls ghcr.io/acme/app | grep ^pr-); do crane delete ghcr.io/acme/app:$t; done',
      'delete ghcr.io/acme/app of perhaps tagged and perhaps untagged, who knows which',
    ],
  ])('%s', (script, expected) => {
    expect(lines(script).filter(line => line.startsWith('delete'))).toEqual([expected]);
  });
});
