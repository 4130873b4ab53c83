import { environmentBlock } from './promotion.ts';
import { removeSteps } from './removal.ts';
import type { Settings } from './settings.ts';
import { buildStep, loginSteps, pushPermissions } from './steps.ts';
import { indented, type Step, stepList } from './yaml.ts';

/** An image for each commit of a pull request from the repository itself, and their removal when it is closed. */
export function preview(settings: Settings): string {
  const { uses } = settings;
  const rights = indented(pushPermissions(settings).join('\n'), 6);
  const own = 'github.event.pull_request.head.repo.full_name == github.repository';
  const build: readonly Step[] = [
    { uses: uses('actions/checkout', 'v4'), with: { ref: '${{ github.event.pull_request.head.sha }}' } },
    { uses: uses('docker/setup-buildx-action', 'v3') },
    ...loginSteps(settings),
    buildStep(settings, {
      push: 'true',
      tags: '${{ env.IMAGE }}:pr-${{ github.event.pull_request.number }}-${{ github.event.pull_request.head.sha }}',
      labels: 'org.opencontainers.image.revision=${{ github.event.pull_request.head.sha }}',
      'cache-from': 'type=gha',
      'cache-to': 'type=gha,mode=max,ignore-error=true',
    }),
  ];
  return `name: Preview image

on:
  pull_request:
    types: [opened, synchronize, reopened, closed]

permissions:
  contents: read

# A newer commit's build replaces the one that is under way.
concurrency:
  group: preview-\${{ github.event.pull_request.number }}
  cancel-in-progress: true
${environmentBlock(settings)}
jobs:
  build:
    # Pull requests from forks get neither secrets nor a token that may push.
    if: github.event.action != 'closed' && ${own}
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
${rights}
    steps:
${indented(stepList(build), 6)}

  remove:
    if: github.event.action == 'closed' && ${own}
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
${rights}
    steps:
${indented(stepList(removeSteps(settings)), 6)}
`;
}
