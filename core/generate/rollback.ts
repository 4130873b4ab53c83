import { environmentBlock } from './promotion.ts';
import type { Settings } from './settings.ts';
import { confirmStep, loginSteps, movePermissions, moveSteps, recordStep, verifySteps } from './steps.ts';
import { indented, type Step, stepList } from './yaml.ts';

/** Moves an environment's tag back to what it named before the promotion that is in force, as its record says. */
export function rollback(settings: Settings): string {
  const { environment } = settings;
  const steps: readonly Step[] = [
    confirmStep(environment),
    ...loginSteps(settings),
    predecessorStep(environment.tag),
    ...verifySteps(settings, 'predecessor'),
    ...moveSteps(settings, 'predecessor'),
    recordStep(settings, 'rollback', 'predecessor'),
  ];
  return `name: Roll back ${environment.name}

# Moves \`${environment.tag}\` back to the image that it named before the promotion that is in force. The promotions record that in their
# releases; a second rollback goes one further back, and never forward to what was rolled back from.
on:
  workflow_dispatch:
    inputs:
      confirm:
        description: Type ${environment.tag} to confirm
        type: string
        required: true

permissions:
${indented(movePermissions(settings).join('\n'), 2)}

# Promotions and rollbacks of one tag wait for each other.
concurrency:
  group: ${settings.group}
  cancel-in-progress: false
${environmentBlock(settings)}
jobs:
  rollback:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    environment: ${environment.name}
    steps:
${indented(stepList(steps), 6)}
`;
}

/**
 * Reads the records as a stack, the oldest first: a promotion lays its image on top (and first the one that it found, where that is
 * another), a rollback takes one away. What lies below the current image is its predecessor.
 */
function predecessorStep(tag: string): Step {
  return {
    name: 'Find what was there before',
    id: 'predecessor',
    env: { GH_TOKEN: '${{ github.token }}' },
    run: `
set -euo pipefail
current="$(skopeo inspect --no-tags --format '{{.Digest}}' "docker://\${IMAGE}:${tag}")"
releases="$(gh api --paginate "repos/\${GITHUB_REPOSITORY}/releases?per_page=100" | jq -s 'add | sort_by(.id)')"
digest="$(jq -r --arg image "$IMAGE" --arg current "$current" '
  [ .[] | (.body // "") | scan("<!-- tallyman (\\\\{.*\\\\}) -->")[0] | (try fromjson catch empty) | select(.image == $image and .tag == "${tag}") ]
  | reduce .[] as $move ([];
      if $move.kind == "rollback" then .[:-1]
      else (if .[-1] == $move.from then . else . + [$move.from] end) + [$move.to] end)
  | if .[-1] == $current then .[-2] // "" else "" end
' <<< "$releases")"
if [[ ! "$digest" =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "::error::No promotion to \${current} is recorded, so nobody knows what was there before. Promote a digest instead."
  exit 1
fi
{
  echo "digest=\${digest}"
  echo "previous=\${current}"
} >> "$GITHUB_OUTPUT"`,
  };
}
