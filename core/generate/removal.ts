import type { Settings } from './settings.ts';
import { loginSteps } from './steps.ts';
import type { Step } from './yaml.ts';

const NUMBER = '${{ github.event.pull_request.number }}';

/** Removes the images of one pull request, each registry in its own way; images that have another name too stay. */
export function removeSteps(settings: Settings): readonly Step[] {
  const { access } = settings.repository;
  const name = 'Remove the images of this pull request';
  switch (access.kind) {
    case 'ghcr':
      return [{ name, env: { NUMBER, GH_TOKEN: '${{ github.token }}' }, run: onGitHub }];
    case 'ecr':
      return [...loginSteps(settings), { name, env: { NUMBER }, run: onEcr }];
    case 'login':
      return access.registry === ''
        ? [{ name, env: { NUMBER, HUB_USER: access.user, HUB_TOKEN: access.password }, run: onHub }]
        : [...loginSteps(settings), { name, env: { NUMBER }, run: elsewhere }];
  }
}

const onGitHub = `
set -euo pipefail
path="\${IMAGE#ghcr.io/}"
owner="\${path%%/*}"
package="$(jq -rn --arg name "\${path#*/}" '$name | @uri')"
kind="$(gh api "users/\${owner}" --jq 'if .type == "Organization" then "orgs" else "users" end')"
versions="$(gh api --paginate "\${kind}/\${owner}/packages/container/\${package}/versions?per_page=100" | jq -s 'add')"
jq -r --arg prefix "pr-\${NUMBER}-" '
  .[] | select((.metadata.container.tags | length > 0) and all(.metadata.container.tags[]; startswith($prefix))) | .id
' <<< "$versions" | while read -r id; do
  gh api --method DELETE "\${kind}/\${owner}/packages/container/\${package}/versions/\${id}"
done`;

const onEcr = `
set -euo pipefail
repository="\${IMAGE#*/}"
images="$(aws ecr list-images --repository-name "$repository" --filter tagStatus=TAGGED --query "imageIds[?starts_with(imageTag, 'pr-\${NUMBER}-')].{imageTag: imageTag}" --output json)"
if [[ "$(jq length <<< "$images")" -gt 0 ]]; then
  jq -c '_nwise(100)' <<< "$images" | while read -r some; do
    aws ecr batch-delete-image --repository-name "$repository" --image-ids "$some"
  done
fi`;

const onHub = `
set -euo pipefail
token="$(jq -n --arg identifier "$HUB_USER" --arg secret "$HUB_TOKEN" '{identifier: $identifier, secret: $secret}' |
  curl -fsS -H 'Content-Type: application/json' --data @- https://hub.docker.com/v2/auth/token | jq -r .access_token)"
path="\${IMAGE#docker.io/}"
url="https://hub.docker.com/v2/repositories/\${path}/tags"
tags="$(curl -fsS -H "Authorization: Bearer \${token}" "\${url}?page_size=100&name=pr-\${NUMBER}-")"
jq -r --arg prefix "pr-\${NUMBER}-" '.results[].name | select(startswith($prefix))' <<< "$tags" | while read -r tag; do
  curl -fsS -X DELETE -H "Authorization: Bearer \${token}" "\${url}/\${tag}/"
done`;

const elsewhere = `
set -euo pipefail
tags="$(skopeo list-tags "docker://\${IMAGE}")"
jq -r --arg prefix "pr-\${NUMBER}-" '.Tags[] | select(startswith($prefix))' <<< "$tags" | while read -r tag; do
  skopeo delete "docker://\${IMAGE}:\${tag}"
done`;
