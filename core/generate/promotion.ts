import type { Settings } from './settings.ts';
import { confirmStep, imageEntry, loginSteps, movePermissions, moveSteps, recordStep, verifySteps } from './steps.ts';
import { indented, type Step, scalar, stepList } from './yaml.ts';

const validSource = '^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9._-]{0,127})$';

/** Moves an environment's tag to an image that is there: resolved once, checked, read back, recorded. */
export function promotion(settings: Settings): string {
  const { environment } = settings;
  const [from] = environment.from;
  const example = from !== undefined && /^[\w.-]+$/.test(from) ? from : 'staging';
  const steps: readonly Step[] = [
    confirmStep(
      environment.tag,
      `if [[ ! "$SOURCE" =~ ${validSource} ]]; then
  echo "::error::The source has to be a tag or a digest."
  exit 1
fi`,
      { SOURCE: '${{ inputs.source }}' },
    ),
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
        description: ${scalar(`The image that ${environment.name} gets, as a tag (${example}) or a digest`)}
        type: string
        default: ${example}
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
