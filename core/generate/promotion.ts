import type { Settings } from './settings.ts';
import { confirmStep, imageEntry, loginSteps, movePermissions, moveSteps, recordStep, verifySteps } from './steps.ts';
import { indented, type Step, scalar, stepList } from './yaml.ts';

const validSource = '^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9._-]{0,127})$';

/** Moves an environment's tag to an image that is there: resolved once, checked, read back, recorded. */
export function promotion(settings: Settings): string {
  const { environment, sources } = settings;
  const example = sources.length > 0 ? sources.find(source => !/[*?]/.test(source)) : 'staging';
  const known = sources.length > 0 ? `${sources.join(', ')}` : `a tag (${example}) or a digest`;
  const steps: readonly Step[] = [
    confirmStep(environment, sourceCheck(settings), { SOURCE: '${{ inputs.source }}' }),
    ...loginSteps(settings),
    resolveStep(environment.tag),
    ...verifySteps(settings, 'source'),
    ...moveSteps(settings, 'source'),
    recordStep(settings, 'promotion', 'source'),
  ];
  return `name: Promote to ${environment.name}

# Moves \`${environment.tag}\` to an image that was built before. The source is resolved once, to a digest; from there on only that is used.
on:
  workflow_dispatch:
    inputs:
      source:
        description: ${scalar(`The image that ${environment.name} gets: ${known}`)}
        type: string${example === undefined ? '' : `\n        default: ${example}`}
        required: true
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
  promote:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    environment: ${environment.name}
    steps:
${indented(stepList(steps), 6)}
`;
}

/** The form of what was typed, and whether the policy lets it be promoted here. */
function sourceCheck({ environment, sources }: Settings): string {
  const form = `if [[ ! "$SOURCE" =~ ${validSource} ]]; then
  echo "::error::The source has to be a tag or a digest."
  exit 1
fi`;
  if (sources.length === 0) return form;
  return `${form}
case "$SOURCE" in
  ${sources.join(' | ')}) ;;
  *)
    echo "::error::Only ${sources.join(', ')} may be promoted to ${environment.name}."
    exit 1
    ;;
esac`;
}

/** The workflow's `env:`, with empty lines around it. */
export function environmentBlock(settings: Settings): string {
  const entries = imageEntry(settings);
  return entries.length > 0 ? `\nenv:\n${indented(entries.join('\n'), 2)}\n` : '';
}

function resolveStep(tag: string): Step {
  return {
    name: 'Resolve the digest once',
    id: 'source',
    env: { SOURCE: '${{ inputs.source }}' },
    run: `
set -euo pipefail
if [[ "$SOURCE" == sha256:* ]]; then
  digest="$SOURCE"
else
  digest="$(skopeo inspect --no-tags --format '{{.Digest}}' "docker://\${IMAGE}:\${SOURCE}")"
fi
tags="$(skopeo list-tags "docker://\${IMAGE}")"
previous=""
if jq -e '.Tags | index("${tag}") != null' <<< "$tags" > /dev/null; then
  previous="$(skopeo inspect --no-tags --format '{{.Digest}}' "docker://\${IMAGE}:${tag}")"
fi
{
  echo "digest=\${digest}"
  echo "previous=\${previous}"
} >> "$GITHUB_OUTPUT"`,
  };
}
